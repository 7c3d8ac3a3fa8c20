/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/stream_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/stream.h"

struct stream {
	struct disk_id id; /* first: the key */
	UT_hash_handle hh;
	unsigned refs; /* with the table locked, as all above */
	bool listed;   /* in the table */
	atomic_int fd; /* of the content once it has a file; the rest with the file's lock */
	int old_fd;    /* what fd was before a rename to "": somebody may be reading there */
	char name[SIDE_NAME_MAX + 1];
};

static struct stream *table;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

/* Ids are hash keys: padding must not differ. */
static struct disk_id
clean_id(const struct disk_id *id)
{
	struct disk_id clean;

	memset(&clean, 0, sizeof(clean));
	clean.dev = id->dev;
	clean.ino = id->ino;
	clean.stream = id->stream;
	return clean;
}

static struct stream *
find(const struct disk_id *id)
{
	struct disk_id key = clean_id(id);
	struct stream *s;

	HASH_FIND(hh, table, &key, sizeof(key), s);
	return s;
}

static struct stream *
add(const struct disk_id *id, const char *name)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->id = clean_id(id);
	s->old_fd = -1;
	s->listed = true;
	atomic_init(&s->fd, -1);
	memcpy(s->name, name, strlen(name) + 1);
	HASH_ADD(hh, table, id, sizeof(s->id), s);
	return s;
}

struct stream *
stream_get(const struct disk_id *id, const char *name)
{
	struct stream *s;

	pthread_mutex_lock(&table_lock);
	s = find(id);
	if (s == NULL)
		s = add(id, name);
	else if (name_casecmp(s->name, name) != 0)
		s = NULL;
	if (s != NULL)
		s->refs++;
	pthread_mutex_unlock(&table_lock);
	return s;
}

void
stream_close(struct stream *s)
{
	bool last;

	if (s == NULL)
		return;
	pthread_mutex_lock(&table_lock);
	last = --s->refs == 0;
	if (last && s->listed)
		HASH_DEL(table, s);
	pthread_mutex_unlock(&table_lock);
	if (!last)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->old_fd >= 0)
		close(s->old_fd);
	free(s);
}

bool
stream_is_open(const struct disk_id *id)
{
	bool open;

	pthread_mutex_lock(&table_lock);
	open = find(id) != NULL;
	pthread_mutex_unlock(&table_lock);
	return open;
}

void
stream_renamed(const struct disk_id *from, const struct disk_id *to, const char *name, int fd)
{
	struct stream *s;

	pthread_mutex_lock(&table_lock);
	s = find(from);
	if (s != NULL) {
		s->refs++; /* its last close may come meanwhile */
		HASH_DEL(table, s);
		s->id = clean_id(to);
		s->listed = to->stream != 0;
		if (s->listed)
			HASH_ADD(hh, table, id, sizeof(s->id), s);
	}
	pthread_mutex_unlock(&table_lock);
	if (s != NULL && fd >= 0) {
		s->old_fd = s->fd;
		atomic_store(&s->fd, fd);
	} else if (fd >= 0) {
		close(fd);
	}
	if (s != NULL)
		memcpy(s->name, name, strlen(name) + 1);
	stream_close(s);
}

struct stream_base
stream_base_of(const struct disk_file *f)
{
	return (struct stream_base){ f->root, f->cred, f->fd };
}

int
stream_fd(const struct disk_file *f)
{
	return atomic_load(&f->stream->fd);
}

/* It was in an attribute, and is not any more. */
static nt_status
moved(const struct disk_file *f, int *fd)
{
	const struct stream_base b = stream_base_of(f);
	struct stream *s = f->stream;

	*fd = side_open(&b, s->name, O_RDWR);
	if (*fd < 0)
		return errno == ENOENT ? STATUS_FILE_DELETED : disk_status(errno);
	atomic_store(&s->fd, *fd);
	return STATUS_SUCCESS;
}

/* With the lock held. */
static nt_status
load(const struct disk_file *f, struct stream_content *out, int *fd)
{
	const struct stream_base b = stream_base_of(f);

	*out = (struct stream_content){ .bytes = NULL };
	*fd = stream_fd(f);
	if (*fd >= 0 || store_load(&b, f->stream->name, out) == 0)
		return STATUS_SUCCESS;
	return errno == ENODATA ? moved(f, fd) : disk_status(errno);
}

nt_status
stream_read_attr(const struct disk_file *f, struct stream_content *out, int *fd)
{
	pthread_mutex_t *lock = store_lock(&f->id);
	nt_status status;

	pthread_mutex_lock(lock);
	status = load(f, out, fd);
	pthread_mutex_unlock(lock);
	return status;
}

/* What becomes of the content, unless it is too much for an attribute: false. */
static bool
apply(struct stream_content *content, const struct stream_change *c)
{
	size_t size = content->size;

	if (c->off > STORE_SMALL_MAX || c->n > STORE_SMALL_MAX - c->off)
		return false;
	if (c->bytes == NULL)
		size = c->off;
	else if (c->n > 0 && c->off + c->n > size)
		size = c->off + c->n;
	content->bytes = xrealloc(content->bytes, size + 1);
	if (size > content->size)
		memset(content->bytes + content->size, 0, size - content->size);
	if (c->bytes != NULL)
		memcpy(content->bytes + c->off, c->bytes, c->n);
	content->size = size;
	return true;
}

static nt_status
spill(const struct disk_file *f, const struct stream_content *content, int *fd)
{
	const struct stream_base b = stream_base_of(f);

	*fd = store_spill(&b, f->stream->name, content);
	if (*fd < 0)
		return disk_status(errno);
	atomic_store(&f->stream->fd, *fd);
	return STATUS_SUCCESS;
}

static nt_status
change(const struct disk_file *f, struct stream_content *content, const struct stream_change *c,
    int *fd)
{
	const struct stream_base b = stream_base_of(f);

	/* Far beyond what an attribute holds: what there is moves, the change is made there. */
	if (!apply(content, c))
		return spill(f, content, fd);
	if (store_save(&b, f->stream->name, content) == 0)
		return STATUS_SUCCESS;
	if (errno == ENODATA)
		return STATUS_FILE_DELETED;
	return errno == ENOSPC ? spill(f, content, fd) : disk_status(errno);
}

nt_status
stream_change_attr(const struct disk_file *f, const struct stream_change *c, int *fd)
{
	pthread_mutex_t *lock = store_lock(&f->id);
	struct stream_content content;
	nt_status status;

	pthread_mutex_lock(lock);
	status = load(f, &content, fd);
	if (status == STATUS_SUCCESS && *fd < 0)
		status = change(f, &content, c, fd);
	pthread_mutex_unlock(lock);
	free(content.bytes);
	return status;
}

void
stream_touch(const struct disk_file *f)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, UTIME_NOW } };

	/* Who may write but does not own it cannot; then the change of the attribute must do. */
	if (cred_assume(f->cred) == 0)
		(void)utimensat(AT_FDCWD, fd_path(f->fd).path, times, 0);
}

void
stream_stat(const struct disk_file *f, struct disk_stat *st)
{
	struct stream_content content = { .bytes = NULL };
	struct stat of;
	int fd = stream_fd(f);

	st->id.stream = f->id.stream;
	st->directory = false;
	st->attributes &= ~FILE_ATTRIBUTE_DIRECTORY;
	if (st->attributes == 0)
		st->attributes = FILE_ATTRIBUTE_NORMAL;
	st->size = st->allocated = 0;
	if (fd < 0 && stream_read_attr(f, &content, &fd) != STATUS_SUCCESS)
		return;
	free(content.bytes);
	st->size = content.size;
	st->allocated = (content.size + 7) / 8 * 8;
	if (fd >= 0 && fstat(fd, &of) == 0) {
		st->size = (uint64_t)of.st_size;
		st->allocated = (uint64_t)of.st_blocks * 512;
	}
}
