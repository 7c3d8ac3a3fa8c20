/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The input as a password file. What loads must be saved as something that loads as the same;
 * what does not must have been told why, with the line.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/logon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* In memory: saving syncs. */
static char folder[] = "/dev/shm/smb1d-fuzz-XXXXXX";
static char file[sizeof(folder) + 8];

static void
clean_up(void)
{
	unlink(file);
	rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (logon_crypto_init() != NULL || mkdtemp(folder) == NULL)
		abort();
	snprintf(file, sizeof(file), "%s/passwd", folder);
	atexit(clean_up);
	return 0;
}

static struct account_db *
load_bytes(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64], err[512] = "";
	struct account_db *db;

	if (fd < 0 || fchmod(fd, 0600) < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	db = account_db_load(path, err, sizeof(err));
	close(fd);
	if (db == NULL && strncmp(err, path, strlen(path)) != 0)
		abort();
	return db;
}

static void
compare(const struct account *a, const struct account *b)
{
	if (strcmp(a->name, b->name) != 0 || a->uid != b->uid || a->changed != b->changed ||
	    a->has_lm != b->has_lm || a->has_nt != b->has_nt || a->disabled != b->disabled ||
	    a->no_password != b->no_password || memcmp(a->lm_hash, b->lm_hash, 16) != 0 ||
	    memcmp(a->nt_hash, b->nt_hash, 16) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct account_db *db = load_bytes(data, size), *again;
	const struct account *a;
	size_t pos = 0, pos_again = 0;
	char err[512];

	if (db == NULL)
		return 0;
	if (account_db_save(db, file) < 0)
		abort();
	again = account_db_load(file, err, sizeof(err));
	if (again == NULL)
		abort();
	while ((a = account_next(db, &pos)) != NULL) {
		const struct account *b = account_next(again, &pos_again);

		if (b == NULL || account_find(again, a->name) != b)
			abort();
		compare(a, b);
	}
	if (account_next(again, &pos_again) != NULL)
		abort();
	account_db_free(&again);
	account_db_free(&db);
	return 0;
}
