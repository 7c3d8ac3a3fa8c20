/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/stream_store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "disk/xattr.h"
#include "disk/watch.h"

#define PREFIX "user.DosStream."
#define SUFFIX ":$DATA"

/* Two files may share one: no more than a wait. */
#define LOCKS 64

/* Space in an attribute is given in such pieces, as NTFS gives it in a file record. */
#define ROUNDING 8u

/* Shorter ones are not worth moving away. */
#define EVICTED_MIN 64

struct attr_name {
	char text[XATTR_NAME_MAX + 1];
};

pthread_mutex_t *
store_lock(const struct disk_id *id)
{
	static pthread_mutex_t locks[LOCKS] = { [0 ... LOCKS - 1] = PTHREAD_MUTEX_INITIALIZER };

	return &locks[((uint64_t)id->ino ^ (uint64_t)id->dev) % LOCKS];
}

static int
assume(const struct stream_base *b)
{
	if (cred_assume(b->cred) == 0)
		return 0;
	errno = EACCES;
	return -1;
}

/* False when no attribute can have the name. */
static bool
attr_of(const char *name, struct attr_name *out)
{
	size_t n = strlen(name);

	if (n > XATTR_NAME_MAX - strlen(PREFIX) - strlen(SUFFIX))
		return false;
	memcpy(out->text, PREFIX, strlen(PREFIX));
	memcpy(out->text + strlen(PREFIX), name, n);
	memcpy(out->text + strlen(PREFIX) + n, SUFFIX, strlen(SUFFIX) + 1);
	return true;
}

/* The stream's name in an attribute's. False: it is something else, or no client could say it. */
static bool
name_of(const char *attr, char out[SIDE_NAME_MAX + 1])
{
	const size_t prefix = strlen(PREFIX), suffix = strlen(SUFFIX);
	size_t n = strlen(attr);

	if (n <= prefix + suffix || strncmp(attr, PREFIX, prefix) != 0 ||
	    strcasecmp(attr + n - suffix, SUFFIX) != 0)
		return false;
	memcpy(out, attr + prefix, n - prefix - suffix);
	out[n - prefix - suffix] = '\0';
	return strpbrk(out, ":/\\") == NULL;
}

static bool
has_attr(const struct stream_base *b, const char *name)
{
	struct attr_name attr;

	return attr_of(name, &attr) && xattr_get(b->fd, attr.text, NULL, 0) >= 0;
}

struct side_walk {
	const struct stream_base *b;
	bool (*each)(void *arg, const char *name, bool side);
	void *arg;
};

static bool
side_one(void *arg, const char *name, int dir)
{
	const struct side_walk *w = arg;

	(void)dir;
	if (has_attr(w->b, name))
		return true;
	return w->each(w->arg, name, true);
}

int
store_each(
    const struct stream_base *b, bool (*each)(void *arg, const char *name, bool side), void *arg)
{
	struct side_walk walk = { b, each, arg };
	char name[SIDE_NAME_MAX + 1], *list;
	bool more = true;
	ssize_t n;

	if (assume(b) != 0)
		return -1;
	n = xattr_list(b->fd, &list);
	if (n < 0)
		return -1;
	for (const char *p = list; more && p < list + n; p += strlen(p) + 1) {
		if (name_of(p, name))
			more = each(arg, name, false);
	}
	free(list);
	if (more)
		side_each(b, side_one, &walk);
	return 0;
}

void
store_measure(const struct stream_base *b, struct stream_entry *e)
{
	struct attr_name attr;
	struct stat st;
	ssize_t n;
	int fd;

	e->size = e->allocated = 0;
	if (!e->side) {
		n = assume(b) == 0 && attr_of(e->name, &attr) ? xattr_get(b->fd, attr.text, NULL, 0)
							      : 0;
		e->size = n > 0 ? (uint64_t)n - 1 : 0;
		e->allocated = (e->size + ROUNDING - 1) / ROUNDING * ROUNDING;
		return;
	}
	fd = side_open(b, e->name, O_RDONLY);
	if (fd >= 0 && fstat(fd, &st) == 0) {
		e->size = (uint64_t)st.st_size;
		e->allocated = (uint64_t)st.st_blocks * 512;
	}
	if (fd >= 0)
		close(fd);
}

struct search {
	const char *name;
	struct stream_entry *e;
	bool found;
};

/* The exact spelling ends it. */
static bool
compare(void *arg, const char *name, bool side)
{
	struct search *s = arg;
	bool exact = strcmp(name, s->name) == 0;

	if (!exact && (s->found || name_casecmp(name, s->name) != 0))
		return true;
	s->found = true;
	s->e->side = side;
	memcpy(s->e->name, name, strlen(name) + 1);
	return !exact;
}

int
store_find(const struct stream_base *b, const char *name, struct stream_entry *e)
{
	struct search s = { name, e, false };

	if (store_each(b, compare, &s) != 0)
		return -1;
	if (!s.found) {
		errno = ENOENT;
		return -1;
	}
	store_measure(b, e);
	return 0;
}

int
store_load(const struct stream_base *b, const char *name, struct stream_content *out)
{
	struct attr_name attr;
	ssize_t n;

	out->bytes = NULL;
	out->size = 0;
	errno = ENODATA;
	if (!attr_of(name, &attr) || assume(b) != 0)
		return -1;
	n = xattr_get(b->fd, attr.text, NULL, 0);
	if (n < 0)
		return -1;
	out->bytes = xrealloc(NULL, (size_t)n + 2);
	n = xattr_get(b->fd, attr.text, out->bytes, (size_t)n + 1);
	if (n < 0) {
		free(out->bytes);
		out->bytes = NULL;
		return -1;
	}
	out->size = n > 0 ? (size_t)n - 1 : 0;
	return 0;
}

/* However a file system says that an attribute is too much for it. */
static int
no_room(int r)
{
	if (r != 0 && (errno == E2BIG || errno == ERANGE || errno == ENAMETOOLONG))
		errno = ENOSPC;
	return r;
}

static int
store_value(
    const struct stream_base *b, const char *name, const struct stream_content *c, int flags)
{
	struct attr_name attr;
	struct watch_own own;
	int r;

	errno = ENOSPC;
	if (c->size > STORE_SMALL_MAX || !attr_of(name, &attr) || assume(b) != 0)
		return -1;
	c->bytes[c->size] = 0;
	if (flags == XATTR_CREATE)
		watch_stream_begin(b->root, b->fd, name, FILE_ACTION_ADDED_STREAM, &own);
	else
		watch_stream_begin(b->root, b->fd, name, FILE_ACTION_MODIFIED_STREAM, &own);
	r = no_room(xattr_set(b->fd, attr.text, c->bytes, c->size + 1, flags));
	watch_own_end(&own);
	return r;
}

int
store_save(const struct stream_base *b, const char *name, const struct stream_content *c)
{
	return store_value(b, name, c, XATTR_REPLACE);
}

static int
write_all(int fd, const struct stream_content *c)
{
	size_t done = 0;
	ssize_t n;

	while (done < c->size) {
		n = pwrite(fd, c->bytes + done, c->size - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	/* What replaces the attribute must be as safe as it was. */
	return c->size > 0 ? fdatasync(fd) : 0;
}

static void
drop_attr(const struct stream_base *b, const char *name)
{
	struct attr_name attr;

	if (attr_of(name, &attr) && assume(b) == 0)
		(void)xattr_remove(b->fd, attr.text);
}

static int
move_out(const struct stream_base *b, const char *name, const struct stream_content *c)
{
	int fd = side_open(b, name, O_RDWR | O_CREAT | O_TRUNC), saved;

	if (fd < 0)
		return -1;
	if (write_all(fd, c) == 0) {
		drop_attr(b, name);
		return fd;
	}
	saved = errno;
	close(fd);
	(void)side_remove(b, name);
	errno = saved;
	return -1;
}

struct largest {
	const struct stream_base *b;
	struct stream_entry e;
};

static bool
keep_largest(void *arg, const char *name, bool side)
{
	struct largest *l = arg;
	struct stream_entry e = { .side = side };

	if (side)
		return false;
	memcpy(e.name, name, strlen(name) + 1);
	store_measure(l->b, &e);
	if (e.size > l->e.size)
		l->e = e;
	return true;
}

/*
 * Not even the key of the side store finds room beside the attributes there are. The largest stream
 * makes way: it lies in memory while the key takes its place.
 */
static int
prepare_in_its_place(const struct stream_base *b)
{
	struct largest l = { .b = b };
	struct stream_content c;
	int fd = -1;

	if (store_each(b, keep_largest, &l) != 0)
		return -1;
	errno = ENOSPC;
	if (l.e.size < EVICTED_MIN || store_load(b, l.e.name, &c) != 0)
		return -1;
	drop_attr(b, l.e.name);
	if (side_prepare(b) == 0)
		fd = move_out(b, l.e.name, &c);
	if (fd < 0)
		(void)store_value(b, l.e.name, &c, 0);
	else
		close(fd);
	free(c.bytes);
	return fd >= 0 ? 0 : -1;
}

static int
prepare(const struct stream_base *b)
{
	int r = no_room(side_prepare(b));

	return r != 0 && errno == ENOSPC ? prepare_in_its_place(b) : r;
}

int
store_spill(const struct stream_base *b, const char *name, const struct stream_content *c)
{
	return prepare(b) == 0 ? move_out(b, name, c) : -1;
}

int
store_create(const struct stream_base *b, const char *name)
{
	unsigned char nul;
	const struct stream_content none = { &nul, 0 };
	int fd;

	if (store_value(b, name, &none, XATTR_CREATE) == 0)
		return 0;
	if (errno != ENOSPC)
		return -1;
	fd = store_spill(b, name, &none);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

int
store_remove(const struct stream_base *b, const struct stream_entry *e)
{
	struct attr_name attr;
	struct watch_own own;
	int r;

	if (e->side)
		return side_remove(b, e->name);
	if (!attr_of(e->name, &attr) || assume(b) != 0)
		return -1;
	watch_stream_begin(b->root, b->fd, e->name, FILE_ACTION_REMOVED_STREAM, &own);
	r = xattr_remove(b->fd, attr.text);
	watch_own_end(&own);
	if (r != 0) {
		errno = errno == ENODATA ? ENOENT : errno;
		return -1;
	}
	/* A move to the side store that was cut short may have left something there. */
	(void)side_remove(b, e->name);
	return 0;
}

static int
rename_attr(const struct stream_base *b, const struct stream_entry *e, const char *to)
{
	struct stream_content c;
	int r = store_load(b, e->name, &c), fd;

	if (r != 0)
		return r;
	r = store_value(b, to, &c, XATTR_CREATE);
	if (r == 0) {
		drop_attr(b, e->name);
	} else if (errno == ENOSPC && (fd = store_spill(b, e->name, &c)) >= 0) {
		close(fd);
		r = side_rename(b, e->name, to);
	}
	free(c.bytes);
	return r;
}

int
store_rename(const struct stream_base *b, const struct stream_entry *e, const char *to)
{
	return e->side ? side_rename(b, e->name, to) : rename_attr(b, e, to);
}
