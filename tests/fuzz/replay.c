/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Stands in for libFuzzer: gives the target tests/fuzz/fuzz_x every file of tests/fuzz/corpus/x,
 * whole and cut short, and prints TAP. A target that finds something ends the program.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* A copy of exactly that size, so that the address sanitizer sees one byte too far. */
static void
give(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int
replay(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		printf("# %s: %s\n", path, strerror(errno));
		return 0;
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	give(data, n);
	give(data, n / 2);
	give(data, n > 0 ? n - 1 : 0);
	return 1;
}

static int
is_input(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	const char *top = getenv("srcdir");
	const char *name = strstr(argv[0], "fuzz_");
	struct dirent **inputs;
	char dir[PATH_MAX / 2], path[PATH_MAX];
	int count;

	if (LLVMFuzzerInitialize != NULL)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		printf("%sok %d - %s\n", replay(argv[i]) ? "" : "not ", i, argv[i]);
	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		return 0;
	}
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".",
	    name != NULL ? name + strlen("fuzz_") : "?");
	count = scandir(dir, &inputs, is_input, alphasort);
	if (count <= 0) {
		printf("1..1\nnot ok 1 - %s: %s\n", dir, count < 0 ? strerror(errno) : "empty");
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, inputs[i]->d_name);
		printf("%sok %d - %s\n", replay(path) ? "" : "not ", i + 1, inputs[i]->d_name);
		free(inputs[i]);
	}
	free(inputs);
	return 0;
}
