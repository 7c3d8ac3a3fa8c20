/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The input as a configuration file. What loads must print as something that loads as the same;
 * what does not must have been told why, in single lines.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hear(void *arg, const char *mistake)
{
	size_t *count = arg;

	(*count)++;
	for (; *mistake != '\0'; mistake++)
		if ((unsigned char)*mistake < ' ')
			abort();
}

static struct config *
load(const void *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct config *c;
	char path[64];
	size_t mistakes = 0;

	if (fd < 0 || fchmod(fd, 0600) < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c = config_load(path, hear, &mistakes);
	close(fd);
	if ((c == NULL) != (mistakes > 0))
		abort();
	return c;
}

static char *
print(const struct config *c, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (f == NULL)
		abort();
	config_print(c, f);
	fclose(f);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c = load(data, size), *again;
	char *text, *text_again;
	size_t n, n_again;

	if (c == NULL)
		return 0;
	text = print(c, &n);
	again = load(text, n);
	if (again == NULL)
		abort();
	text_again = print(again, &n_again);
	if (n != n_again || memcmp(text, text_again, n) != 0)
		abort();
	free(text);
	free(text_again);
	config_free(&again);
	config_free(&c);
	return 0;
}
