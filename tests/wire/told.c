/* SPDX-License-Identifier: BSD-2-Clause */
#include "told.h"

#include <err.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static void
tell_attributes(FILE *to, const char *path)
{
	char names[1024], value[1024];
	ssize_t n = llistxattr(path, names, sizeof(names));

	for (char *p = names; n > 0 && p < names + n; p += strlen(p) + 1) {
		ssize_t got = lgetxattr(path, p, value, sizeof(value));

		fprintf(to, " %s=", p);
		fwrite(value, 1, got > 0 ? (size_t)got : 0, to);
	}
}

void
told_one(FILE *to, const char *path, bool accessed)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		fprintf(to, "%s is gone\n", path);
		return;
	}
	fprintf(to, "%s %lu %o %u %u %lu %ld", path, (unsigned long)st.st_ino, st.st_mode,
	    st.st_uid, st.st_gid, (unsigned long)st.st_nlink, (long)st.st_size);
	if (accessed)
		fprintf(to, " %ld.%ld", st.st_atim.tv_sec, st.st_atim.tv_nsec);
	fprintf(to, " %ld.%ld %ld.%ld", st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_ctim.tv_sec,
	    st.st_ctim.tv_nsec);
	tell_attributes(to, path);
	fputc('\n', to);
}

static void
tell_content(FILE *to, const char *path)
{
	char chunk[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		err(99, "%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		fwrite(chunk, 1, n, to);
	fclose(f);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

char *
told_tree(const char *top)
{
	char *const tops[] = { (char *)(uintptr_t)top, NULL };
	FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	char *text = NULL;
	FTSENT *e;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (fts == NULL || to == NULL)
		err(99, "%s", top);
	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_DP)
			continue;
		told_one(to, e->fts_path, false);
		if (e->fts_info == FTS_F)
			tell_content(to, e->fts_path);
	}
	fts_close(fts);
	fclose(to);
	return text;
}
