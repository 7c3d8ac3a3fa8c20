/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/ea.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/stored.h"
#include "disk/watch.h"

#define PREFIX     "user."
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define NAME_BYTES (XATTR_NAME_MAX - PREFIX_LEN)

/* Which EAs must be understood: their names, each ended by a NUL. Samba forgets that flag. */
#define NEEDED "user.smb1d.need_ea"

/* Names that are read while others wait. */
#define FEW_BYTES 1024

#define LIST_LENGTH 4
#define EA_HEAD     5 /* of one entry: flags, two lengths, the NUL behind its name */

/* One attribute as the system calls want it. */
struct key {
	char text[XATTR_NAME_MAX + 1];
};

static struct key
key_of(const char *name)
{
	struct key k;

	snprintf(k.text, sizeof(k.text), PREFIX "%s", name);
	return k;
}

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static uint32_t
size_of(const struct disk_ea *ea)
{
	return EA_HEAD + (uint32_t)characters(ea->name) + ea->size;
}

uint32_t
disk_eas_size(const struct disk_eas *eas)
{
	uint32_t n = 0;

	for (size_t i = 0; i < eas->n; i++)
		n += size_of(&eas->ea[i]);
	return n == 0 ? 0 : LIST_LENGTH + n;
}

static bool
name_valid(const char *name)
{
	const char *p = name;
	uint32_t c;

	if (*name == '\0' || strlen(name) > NAME_BYTES)
		return false;
	while ((c = utf8_next(&p)) != 0) {
		if (c < 0x20 || c == 0xFFFD || (c < 0x80 && strchr("\"*+,/:;<=>?[\\]|", (int)c)))
			return false;
	}
	return true;
}

/* What the server, or Samba, keeps beside the EAs of clients. One that ends in a dot stands for all
 * that begin so. */
static bool
is_reserved(const char *name)
{
	static const char *const reserved[] = { "DOSATTRIB", "DosStream.", "NTACL", "SAMBA_PAI",
		"SAMBA_STREAMS", "org.netatalk.Metadata", "smb1d." };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		size_t n = strlen(reserved[i]);

		if (strncasecmp(name, reserved[i], n) == 0 &&
		    (reserved[i][n - 1] == '.' || name[n] == '\0'))
			return true;
	}
	return false;
}

static bool
is_ea(const char *key)
{
	return strncmp(key, PREFIX, PREFIX_LEN) == 0 && name_valid(key + PREFIX_LEN) &&
	    !is_reserved(key + PREFIX_LEN);
}

static int
by_name(const void *a, const void *b)
{
	const struct disk_ea *x = a, *y = b;

	return name_casecmp(x->name, y->name);
}

static void
sort(struct disk_eas *eas)
{
	if (eas->n > 1)
		qsort(eas->ea, eas->n, sizeof(*eas->ea), by_name);
}

/* In a list that is sorted. */
static const struct disk_ea *
find(const struct disk_eas *eas, const struct disk_ea *like)
{
	if (eas->n == 0)
		return NULL;
	return bsearch(like, eas->ea, eas->n, sizeof(*eas->ea), by_name);
}

/* The names of all attributes, each ended by a NUL; the bytes they take. */
static size_t
list_names(const char *path, struct arena *a, char **out)
{
	char few[FEW_BYTES];
	size_t cap = XATTR_LIST_MAX;
	ssize_t n = listxattr(path, few, sizeof(few));

	if (n >= 0) {
		*out = arena_memdup(a, few, (size_t)n);
		return (size_t)n;
	}
	*out = NULL;
	if (errno != ERANGE)
		return 0;
	*out = arena_alloc_raw(a, cap);
	n = listxattr(path, *out, cap);
	return n > 0 ? (size_t)n : 0;
}

/* False: no EA of ours, or one that has gone, or that nobody could be told of. */
static bool
read_one(const char *path, struct arena *a, const char *key, struct disk_ea *out)
{
	const char *name = key + PREFIX_LEN;
	ssize_t n;
	uint8_t *value;

	if (!is_ea(key))
		return false;
	n = getxattr(path, key, NULL, 0);
	if (n <= 0 || n > UINT16_MAX)
		return false;
	value = arena_alloc_raw(a, (size_t)n);
	n = getxattr(path, key, value, (size_t)n);
	if (n <= 0)
		return false;
	*out = (struct disk_ea){ .name = name, .value = value, .size = (uint16_t)n };
	return true;
}

static size_t
read_needed(const char *path, char *names, size_t n)
{
	ssize_t got = getxattr(path, NEEDED, names, n);

	return got > 0 && names[got - 1] == '\0' ? (size_t)got : 0;
}

static void
mark_needed(const char *path, struct arena *a, struct disk_eas *eas)
{
	char *names = arena_alloc_raw(a, EAS_SIZE_MAX);
	size_t n = read_needed(path, names, EAS_SIZE_MAX);

	for (size_t at = 0; at < n; at += strlen(names + at) + 1) {
		for (size_t i = 0; i < eas->n; i++) {
			if (name_casecmp(eas->ea[i].name, names + at) == 0)
				eas->ea[i].flags |= EA_NEED;
		}
	}
}

static size_t
count(const char *names, size_t n)
{
	size_t found = 0;

	for (size_t at = 0; at < n; at++)
		found += names[at] == '\0';
	return found;
}

/* Others than our clients may have stored more than fits a list: what is beyond that is left out.
 */
static void
read_path(const char *path, struct arena *a, struct disk_eas *out)
{
	uint32_t left = EAS_SIZE_MAX - LIST_LENGTH;
	bool needed = false;
	struct disk_ea ea;
	char *names;
	size_t n = list_names(path, a, &names);

	out->n = 0;
	out->ea = arena_alloc(a, count(names, n) * sizeof(*out->ea));
	for (size_t at = 0; at < n; at += strlen(names + at) + 1) {
		needed |= strcmp(names + at, NEEDED) == 0;
		if (!read_one(path, a, names + at, &ea) || size_of(&ea) > left)
			continue;
		left -= size_of(&ea);
		out->ea[out->n++] = ea;
	}
	/* File systems tell them in any order. */
	sort(out);
	if (needed)
		mark_needed(path, a, out);
}

static bool
eas_any(const char *names, size_t n)
{
	for (size_t at = 0; at < n; at += strlen(names + at) + 1) {
		if (is_ea(names + at))
			return true;
	}
	return false;
}

void
eas_read_fd(const struct disk_root *root, struct arena *a, int fd, struct disk_eas *out)
{
	*out = (struct disk_eas){ .n = 0 };
	if (root->options.ea_support)
		read_path(fd_path(fd).path, a, out);
}

bool
eas_none(const struct disk *d, const char *path, const struct statx *stx, bool entry)
{
	bool keep = stx != NULL && stored_cache_keeps(d, stx);
	char names[512];
	ssize_t n;

	if (!d->root->options.ea_support)
		return true;
	if (stx != NULL && stored_cache_lacks(d, stx, STORED_EAS))
		return true;
	n = entry ? llistxattr(path, names, sizeof(names)) : listxattr(path, names, sizeof(names));
	if (n < 0 || eas_any(names, (size_t)n))
		return false;
	if (keep)
		stored_cache_note_lack(d, stx, STORED_EAS);
	return true;
}

static bool
has_none(const struct disk *d, int fd)
{
	struct statx stx;

	return eas_none(d, fd_path(fd).path, beneath_stat(fd, &stx) == 0 ? &stx : NULL, false);
}

nt_status
disk_eas_read(
    const struct disk *d, struct arena *a, const struct disk_file *f, struct disk_eas *out)
{
	*out = (struct disk_eas){ .n = 0 };
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (has_none(d, f->fd))
		return STATUS_SUCCESS;
	if (d->nowait && listxattr(fd_path(f->fd).path, NULL, 0) > FEW_BYTES)
		return STATUS_CANT_WAIT;
	eas_read_fd(f->root, a, f->fd, out);
	return STATUS_SUCCESS;
}

nt_status
disk_eas_of_path(
    const struct disk *d, struct arena *a, const char *path, uint32_t wanted, struct disk_eas *out)
{
	struct disk_open o = { .path = path, .wanted = wanted };
	nt_status status = disk_open(d, a, &o);

	if (status != STATUS_SUCCESS)
		return status;
	status = disk_eas_read(d, a, o.file, out);
	disk_close(&o.file);
	return status;
}

void
disk_eas_select(struct arena *a, const struct disk_eas *have, const struct disk_eas *names,
    struct disk_eas *out)
{
	out->n = names->n;
	out->ea = arena_alloc(a, names->n * sizeof(*out->ea));
	for (size_t i = 0; i < names->n; i++) {
		const struct disk_ea *ea = find(have, &names->ea[i]);

		out->ea[i] = names->ea[i];
		out->ea[i].value = ea != NULL ? ea->value : NULL;
		out->ea[i].size = ea != NULL ? ea->size : 0;
		out->ea[i].flags = ea != NULL ? ea->flags : 0;
	}
}

nt_status
disk_eas_check(const struct disk *d, const struct disk_eas *eas, size_t *bad)
{
	if (!d->root->options.ea_support)
		return STATUS_EAS_NOT_SUPPORTED;
	for (size_t i = 0; i < eas->n; i++) {
		*bad = i;
		if (!name_valid(eas->ea[i].name))
			return STATUS_INVALID_EA_NAME;
		if (is_reserved(eas->ea[i].name))
			return STATUS_ACCESS_DENIED;
	}
	return STATUS_SUCCESS;
}

bool
disk_eas_exist(const struct disk *d, const struct disk_file *f)
{
	struct arena a;
	char *names;
	size_t n;
	bool any;

	if (cred_assume(d->cred) != 0 || has_none(d, f->fd))
		return false;
	arena_init(&a);
	n = list_names(fd_path(f->fd).path, &a, &names);
	any = eas_any(names, n);
	arena_clear(&a);
	return any;
}

bool
disk_eas_needed(const struct disk *d, const struct disk_file *f)
{
	return d->root->options.ea_support && cred_assume(d->cred) == 0 &&
	    getxattr(fd_path(f->fd).path, NEEDED, NULL, 0) > 0;
}

/* A list as it is being changed. Both are sorted, and want has each name once. */
struct change {
	const char *path;
	struct disk_eas have, want;
};

/* An EA block is full long before the disk is. */
static nt_status
write_error(const char *path, int error)
{
	struct statfs fs;

	if (error == EOPNOTSUPP)
		return STATUS_EAS_NOT_SUPPORTED;
	if (error == E2BIG)
		return STATUS_EA_TOO_LARGE;
	if (error == ENOSPC && statfs(path, &fs) == 0 && fs.f_bavail > 0)
		return STATUS_EA_TOO_LARGE;
	return disk_status(error);
}

static nt_status
write_one(const char *path, const char *name, const struct disk_ea *ea)
{
	struct key key = key_of(name);

	if (ea->size > 0)
		return setxattr(path, key.text, ea->value, ea->size, 0) == 0
		    ? STATUS_SUCCESS
		    : write_error(path, errno);
	return removexattr(path, key.text) == 0 || errno == ENODATA ? STATUS_SUCCESS
								    : write_error(path, errno);
}

static void
undo(const struct change *c)
{
	for (size_t i = 0; i < c->want.n; i++) {
		const struct disk_ea gone = { .name = c->want.ea[i].name };
		const struct disk_ea *old = find(&c->have, &c->want.ea[i]);

		old = old != NULL ? old : &gone;
		(void)write_one(c->path, old->name, old);
	}
}

/* Either what is removed or what is set. */
static nt_status
write_some(const struct change *c, bool removed)
{
	nt_status status = STATUS_SUCCESS;

	for (size_t i = 0; i < c->want.n && status == STATUS_SUCCESS; i++) {
		const struct disk_ea *ea = &c->want.ea[i], *old = find(&c->have, ea);

		if ((ea->size == 0) == removed)
			status = write_one(c->path, old != NULL ? old->name : ea->name, ea);
	}
	return status;
}

/* First what goes, so that there is room for what comes. */
static nt_status
write_all(const struct change *c)
{
	nt_status status = write_some(c, true);

	if (status == STATUS_SUCCESS)
		status = write_some(c, false);
	if (status != STATUS_SUCCESS)
		undo(c);
	return status;
}

/* By name, and those of one name as they stand in the list. */
static int
by_name_and_turn(const void *a, const void *b)
{
	const struct disk_ea *const *x = a, *const *y = b;
	int order = name_casecmp((*x)->name, (*y)->name);

	if (order != 0)
		return order;
	return *x < *y ? -1 : 1;
}

static struct disk_eas
last_of_each(const struct disk_eas *eas, struct arena *a)
{
	const struct disk_ea **turns = arena_alloc(a, eas->n * sizeof(*turns));
	struct disk_eas last = { .ea = arena_alloc(a, eas->n * sizeof(*last.ea)) };

	for (size_t i = 0; i < eas->n; i++)
		turns[i] = &eas->ea[i];
	if (eas->n > 1)
		qsort(turns, eas->n, sizeof(*turns), by_name_and_turn);
	for (size_t i = 0; i < eas->n; i++) {
		if (i + 1 == eas->n || by_name(turns[i], turns[i + 1]) != 0)
			last.ea[last.n++] = *turns[i];
	}
	return last;
}

/* What was there and is not in want is to go as well. */
static void
want_others_gone(struct change *c, struct arena *a)
{
	struct disk_eas all = { .ea = arena_alloc(a, (c->have.n + c->want.n) * sizeof(*all.ea)) };

	for (size_t i = 0; i < c->have.n; i++) {
		if (find(&c->want, &c->have.ea[i]) != NULL)
			continue;
		all.ea[all.n] = c->have.ea[i];
		all.ea[all.n++].size = 0;
	}
	for (size_t i = 0; i < c->want.n; i++)
		all.ea[all.n++] = c->want.ea[i];
	sort(&all);
	c->want = all;
}

/* What the file has in the end. */
static struct disk_eas
outcome(const struct change *c, struct arena *a)
{
	struct disk_eas all = { .ea = arena_alloc(a, (c->have.n + c->want.n) * sizeof(*all.ea)) };

	for (size_t i = 0; i < c->have.n; i++) {
		if (find(&c->want, &c->have.ea[i]) == NULL)
			all.ea[all.n++] = c->have.ea[i];
	}
	for (size_t i = 0; i < c->want.n; i++) {
		if (c->want.ea[i].size > 0)
			all.ea[all.n++] = c->want.ea[i];
	}
	return all;
}

static bool
any_needed(const struct disk_eas *eas)
{
	for (size_t i = 0; i < eas->n; i++) {
		if ((eas->ea[i].flags & EA_NEED) != 0)
			return true;
	}
	return false;
}

static void
write_needed(const char *path, struct arena *a, const struct disk_eas *eas)
{
	char *names = arena_alloc_raw(a, eas->n * (NAME_BYTES + 1));
	size_t n = 0;

	for (size_t i = 0; i < eas->n; i++) {
		if ((eas->ea[i].flags & EA_NEED) == 0)
			continue;
		memcpy(names + n, eas->ea[i].name, strlen(eas->ea[i].name) + 1);
		n += strlen(eas->ea[i].name) + 1;
	}
	if (n == 0)
		(void)removexattr(path, NEEDED);
	else
		(void)setxattr(path, NEEDED, names, n, 0);
}

static nt_status
write_file(const char *path, struct arena *a, const struct disk_eas *eas, bool only)
{
	struct change c = { .path = path, .want = last_of_each(eas, a) };
	struct disk_eas all;
	nt_status status;

	read_path(path, a, &c.have);
	if (only)
		want_others_gone(&c, a);
	all = outcome(&c, a);
	if (disk_eas_size(&all) > EAS_SIZE_MAX)
		return STATUS_EA_TOO_LARGE;
	status = write_all(&c);
	if (status == STATUS_SUCCESS && (any_needed(&c.have) || any_needed(&all)))
		write_needed(path, a, &all);
	return status;
}

nt_status
disk_eas_write(
    const struct disk *d, const struct disk_file *f, const struct disk_eas *eas, bool only)
{
	struct fd_path path = fd_path(f->fd);
	struct watch_own own;
	struct arena a;
	nt_status status;

	if (!d->root->options.ea_support)
		return eas->n == 0 ? STATUS_SUCCESS : STATUS_EAS_NOT_SUPPORTED;
	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	arena_init(&a);
	watch_own_begin(f->root, f->fd, FILE_NOTIFY_CHANGE_EA, &own);
	status = write_file(path.path, &a, eas, only);
	watch_own_end(&own);
	arena_clear(&a);
	return status;
}

nt_status
disk_eas_copy(const struct disk *d, const struct disk_file *from, const struct disk_file *to)
{
	struct disk_eas eas;
	struct arena a;
	nt_status status;

	arena_init(&a);
	status = disk_eas_read(d, &a, from, &eas);
	if (status == STATUS_SUCCESS)
		status = disk_eas_write(d, to, &eas, true);
	arena_clear(&a);
	return status;
}
