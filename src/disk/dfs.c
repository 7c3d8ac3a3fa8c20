/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/dfs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/charset.h"
#include "disk/place.h"

#define MARK       "msdfs:"
#define MARK_SIZE  (sizeof(MARK) - 1)
#define SEPARATORS "\\/"

struct dfs {
	char *proxy;   /* targets as configured; NULL: no proxy */
	size_t nnames; /* of links; the targets of one may be in several rows */
	struct {
		char *name, *target;
		bool again; /* a row before has the name */
	} row[];
};

bool
disk_is_dfs_root(const struct disk_root *root)
{
	return root != NULL && root->dfs != NULL;
}

bool
disk_is_dfs_proxy(const struct disk_root *root)
{
	return disk_is_dfs_root(root) && root->dfs->proxy != NULL;
}

static void
add_row(struct dfs *dfs, const char *word)
{
	const size_t n = strcspn(word, "="), at = dfs->nnames++;

	dfs->row[at].name = xcalloc(1, n + 1);
	memcpy(dfs->row[at].name, word, n);
	dfs->row[at].target = xstrdup(word[n] != '\0' ? word + n + 1 : "");
	for (size_t i = 0; i < at; i++)
		dfs->row[at].again = dfs->row[at].again ||
		    name_casecmp(dfs->row[i].name, dfs->row[at].name) == 0;
}

struct dfs *
dfs_new(const struct disk_options *options)
{
	const char *const *links = options->dfs_links;
	struct dfs *dfs;
	size_t n = 0;

	if (!options->dfs_root)
		return NULL;
	while (links != NULL && links[n] != NULL)
		n++;
	dfs = xcalloc(1, sizeof(*dfs) + n * sizeof(dfs->row[0]));
	for (size_t i = 0; i < n; i++)
		add_row(dfs, links[i]);
	if (options->dfs_proxy != NULL && options->dfs_proxy[0] != '\0')
		dfs->proxy = xstrdup(options->dfs_proxy);
	return dfs;
}

void
dfs_free(struct dfs *dfs)
{
	for (size_t i = 0; dfs != NULL && i < dfs->nnames; i++) {
		free(dfs->row[i].name);
		free(dfs->row[i].target);
	}
	if (dfs != NULL)
		free(dfs->proxy);
	free(dfs);
}

/* Is name, n bytes, that of the row? */
static bool
row_is(const struct dfs *dfs, size_t i, const char *name, size_t n)
{
	char part[NAME_MAX + 1];

	if (n >= sizeof(part))
		return false;
	memcpy(part, name, n);
	part[n] = '\0';
	return name_casecmp(dfs->row[i].name, part) == 0;
}

static bool
has_row(const struct dfs *dfs, const char *name, size_t n)
{
	for (size_t i = 0; i < dfs->nnames; i++) {
		if (row_is(dfs, i, name, n))
			return true;
	}
	return false;
}

nt_status
dfs_covers(const struct disk_root *root, const char *path)
{
	if (root->dfs == NULL)
		return STATUS_SUCCESS;
	return root->dfs->proxy != NULL || has_row(root->dfs, path, strcspn(path, "/"))
	    ? STATUS_PATH_NOT_COVERED
	    : STATUS_SUCCESS;
}

/* The text of such a symbolic link behind its mark; 0: it is none. */
static size_t
read_link(int dirfd, const char *name, char text[PATH_MAX])
{
	ssize_t n = readlinkat(dirfd, name, text, PATH_MAX - 1);

	if (n <= (ssize_t)MARK_SIZE || memcmp(text, MARK, MARK_SIZE) != 0)
		return 0;
	text[n] = '\0';
	memmove(text, text + MARK_SIZE, (size_t)n - MARK_SIZE + 1);
	return (size_t)n - MARK_SIZE;
}

bool
dfs_is_link(const struct disk_root *root, int dirfd, const char *name)
{
	char text[PATH_MAX];

	return root->dfs != NULL && read_link(dirfd, name, text) > 0;
}

const char *
dfs_name(const struct disk_root *root, size_t i)
{
	const struct dfs *dfs = root->dfs;

	for (size_t at = 0; dfs != NULL && at < dfs->nnames; at++) {
		if (!dfs->row[at].again && i-- == 0)
			return dfs->row[at].name;
	}
	return NULL;
}

bool
dfs_has_name(const struct disk_root *root, const char *name)
{
	return root->dfs != NULL && has_row(root->dfs, name, strlen(name));
}

/* Adds what a text lists, each as "\server\share"; what names no share is left out. */
static void
add_targets(struct arena *a, const char *text, struct dfs_link *out)
{
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == ',')) {
		const char *end, *server = text + strspn(text, SEPARATORS " ");
		char *target;

		n = strcspn(text, ",");
		end = text + n;
		if (server >= end || server + strcspn(server, SEPARATORS) + 1 >= end ||
		    out->n == DFS_TARGETS_MAX)
			continue;
		target = arena_printf(a, "\\%.*s", (int)(end - server), server);
		for (char *p = target; *p != '\0'; p++) {
			if (*p == '/')
				*p = '\\';
		}
		out->target[out->n++] = target;
	}
}

/* The link at the end of path, which a look-up found not to be covered. */
static void
read_targets(const struct disk *d, struct arena *a, const struct place *p, struct dfs_link *out)
{
	char text[PATH_MAX];
	int fd = beneath_open(d, p->path, O_PATH | O_NOFOLLOW);

	if (fd >= 0 && read_link(fd, "", text) > 0)
		add_targets(a, text, out);
	if (fd >= 0)
		close(fd);
}

static void
configured_targets(
    const struct dfs *dfs, struct arena *a, const char *path, size_t n, struct dfs_link *out)
{
	if (dfs->proxy != NULL)
		add_targets(a, dfs->proxy, out);
	for (size_t i = 0; dfs->proxy == NULL && i < dfs->nnames; i++) {
		if (row_is(dfs, i, path, n))
			add_targets(a, dfs->row[i].target, out);
	}
}

nt_status
disk_dfs_find(const struct disk *d, struct arena *a, const char *path, struct dfs_link *out)
{
	const struct dfs *dfs = d->root->dfs;
	size_t n = strcspn(path, "/");
	nt_status status = STATUS_SUCCESS;
	struct place p;

	memset(out, 0, sizeof(*out));
	if (dfs == NULL)
		return STATUS_NOT_FOUND;
	configured_targets(dfs, a, path, n, out);
	out->parts = dfs->proxy != NULL ? 0 : 1;
	while (out->n == 0 && status == STATUS_SUCCESS && n > 0) {
		status = place_find(d, arena_strndup(a, path, n), &p);
		if (status == STATUS_PATH_NOT_COVERED) {
			read_targets(d, a, &p, out);
		} else if (status == STATUS_SUCCESS) {
			place_done(&p);
			out->parts++;
			n = path[n] != '\0' ? n + 1 + strcspn(path + n + 1, "/") : 0;
		}
	}
	if (status == STATUS_CANT_WAIT)
		return status;
	return out->n > 0 ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}
