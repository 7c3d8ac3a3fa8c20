/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/spelling.h"

#define TOKEN_FORMAT "@GMT-%Y.%m.%d-%H.%M.%S"
#define AUTO         "auto"

/* More than anybody looks through; the rest is not seen. */
#define SNAPSHOTS_MAX 1024

bool
disk_has_snapshots(const struct disk_root *root)
{
	return root != NULL && root->snap_dir != NULL;
}

bool
snapshot_token(const char *part, size_t n)
{
	static const char shape[] = "@GMT-0000.00.00-00.00.00";
	size_t i;

	if (n != SNAPSHOT_TOKEN)
		return false;
	for (i = 0; i < n; i++) {
		if (shape[i] == '0' ? !isdigit((unsigned char)part[i]) : part[i] != shape[i])
			return false;
	}
	return true;
}

/* A number of so many digits behind at most one separator. */
static const char *
read_field(const char *p, size_t digits, bool first, int *out)
{
	*out = 0;
	if (!first && *p != '\0' && strchr("-_.:T ", *p) != NULL)
		p++;
	for (; digits > 0; digits--, p++) {
		if (!isdigit((unsigned char)*p))
			return NULL;
		*out = *out * 10 + *p - '0';
	}
	return p;
}

/* A date of this century, perhaps with a time of day; what follows it does not matter. */
static bool
read_date(const char *p, struct tm *tm)
{
	int fields[6] = { 0 }, n = 0, value;

	for (; n < 6; n++) {
		p = read_field(p, n == 0 ? 4 : 2, n == 0, &value);
		if (p == NULL)
			break;
		fields[n] = value;
	}
	if (n < 3 || fields[0] / 100 != 20 || fields[1] < 1 || fields[1] > 12 || fields[2] < 1 ||
	    fields[2] > 31)
		return false;
	tm->tm_year = fields[0] - 1900;
	tm->tm_mon = fields[1] - 1;
	tm->tm_mday = fields[2];
	tm->tm_hour = fields[3];
	tm->tm_min = fields[4];
	tm->tm_sec = fields[5];
	return true;
}

static bool
find_date(const char *name, struct tm *tm)
{
	for (; *name != '\0'; name++) {
		if (read_date(name, tm))
			return true;
	}
	return false;
}

bool
snapshot_time(const struct snapshot_times *t, const char *name, time_t *when)
{
	struct tm tm = { .tm_mday = 1, .tm_isdst = -1 };
	const char *end;

	if (strcmp(t->format, AUTO) == 0) {
		if (!find_date(name, &tm))
			return false;
	} else {
		end = strptime(name, t->format, &tm);
		if (end == NULL || *end != '\0')
			return false;
	}
	tm.tm_isdst = -1;
	*when = t->local ? mktime(&tm) : timegm(&tm);
	return *when != (time_t)-1;
}

void
snapshot_name(const struct snapshot *s, char out[SNAPSHOT_TOKEN + 1])
{
	struct tm tm;

	if (gmtime_r(&s->when, &tm) == NULL ||
	    strftime(out, SNAPSHOT_TOKEN + 1, TOKEN_FORMAT, &tm) != SNAPSHOT_TOKEN)
		out[0] = '\0';
}

/*
 * Snapper numbers its snapshots and puts each one level deeper; their time is that at which the
 * subvolume was made.
 */
static bool
is_numbered(int dirfd, const char *name, time_t *when)
{
	char path[NAME_MAX + sizeof("/snapshot")];
	struct statx stx;

	snprintf(path, sizeof(path), "%s/snapshot", name);
	if (statx(dirfd, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &stx) != 0 ||
	    !S_ISDIR(stx.stx_mode))
		return false;
	*when = (stx.stx_mask & STATX_BTIME) != 0 ? stx.stx_btime.tv_sec : stx.stx_mtime.tv_sec;
	return true;
}

static bool
take(const struct disk_root *root, struct arena *a, int dirfd, const char *name,
    struct snapshot *out)
{
	const struct snapshot_times times = { root->snap_format, root->options.snap_local };
	const char *deeper = "";

	if (name[0] == '.')
		return false;
	if (!snapshot_time(&times, name, &out->when)) {
		if (strcmp(root->snap_format, AUTO) != 0 || !is_numbered(dirfd, name, &out->when))
			return false;
		deeper = "/snapshot";
	}
	out->path = arena_printf(a, "%s/%s%s", root->snap_dir, name, deeper);
	return true;
}

static int
newest_first(const void *a, const void *b)
{
	const struct snapshot *x = a, *y = b;

	return x->when == y->when ? 0 : x->when < y->when ? 1 : -1;
}

/* Two of one second cannot be told apart by clients. */
static size_t
drop_same(struct snapshot *s, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || s[kept - 1].when != s[i].when)
			s[kept++] = s[i];
	}
	return kept;
}

nt_status
disk_snapshots(const struct disk *d, struct arena *a, struct snapshot **out, size_t *count)
{
	struct disk blocking = *d;
	struct dirent *e;
	DIR *dir;
	int fd;

	*count = 0;
	*out = NULL;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	if (!disk_has_snapshots(d->root))
		return STATUS_SUCCESS;
	blocking.nowait = false;
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	fd = beneath_open(&blocking, d->root->snap_dir, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return errno == ENOENT ? STATUS_SUCCESS : disk_status(errno);
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return STATUS_NO_MEMORY;
	}
	*out = arena_alloc(a, SNAPSHOTS_MAX * sizeof(**out));
	while (*count < SNAPSHOTS_MAX && (e = readdir(dir)) != NULL) {
		if (take(d->root, a, fd, e->d_name, &(*out)[*count]))
			++*count;
	}
	closedir(dir);
	qsort(*out, *count, sizeof(**out), newest_first);
	*count = drop_same(*out, *count);
	return STATUS_SUCCESS;
}

static nt_status
find(const struct disk *d, struct arena *a, const char *token, const char **path)
{
	char name[SNAPSHOT_TOKEN + 1];
	struct snapshot *all;
	size_t n, i;
	nt_status status = disk_snapshots(d, a, &all, &n);

	for (i = 0; status == STATUS_SUCCESS && i < n; i++) {
		snapshot_name(&all[i], name);
		if (memcmp(name, token, SNAPSHOT_TOKEN) == 0) {
			*path = all[i].path;
			return STATUS_SUCCESS;
		}
	}
	if (status != STATUS_SUCCESS)
		return status;
	return token[SNAPSHOT_TOKEN] == '\0' ? STATUS_OBJECT_NAME_NOT_FOUND
					     : STATUS_OBJECT_PATH_NOT_FOUND;
}

nt_status
snapshot_resolve(const struct disk *d, const char *path, char out[PATH_MAX])
{
	const char *on_disk = NULL, *rest = path + SNAPSHOT_TOKEN;
	struct arena a;
	nt_status status;
	char *prefix;
	int n;

	arena_init(&a);
	status = find(d, &a, path, &on_disk);
	if (status == STATUS_SUCCESS) {
		prefix = arena_alloc(&a, 3 * strlen(on_disk) + 1);
		spelling_path_from_disk(on_disk, prefix);
		n = snprintf(out, PATH_MAX, "%s%s", prefix, rest);
		if (n >= PATH_MAX)
			status = STATUS_OBJECT_NAME_INVALID;
	}
	arena_clear(&a);
	return status;
}
