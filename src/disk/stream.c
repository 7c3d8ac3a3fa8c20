/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "disk/access.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/place.h"
#include "disk/stream_file.h"

/* Names one answer tells at most. */
#define STREAMS_MAX 4096

#define CHUNK ((size_t)64 << 10)

const char *
disk_stream_of(const char *path)
{
	const char *colon = strchr(path, ':');

	return colon != NULL ? colon + 1 : NULL;
}

bool
disk_stream_valid(const char *name)
{
	return *name != '\0' && strlen(name) <= SIDE_NAME_MAX && strpbrk(name, "/\\:") == NULL;
}

bool
disk_has_streams(const struct disk_root *root)
{
	return root->options.named_streams;
}

/* FNV-1a of the upper-cased characters. */
uint64_t
disk_stream_number(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	while (*name != '\0')
		h = (h ^ char_upcase(utf8_next(&name))) * UINT64_C(0x100000001b3);
	return h != 0 ? h : 1;
}

static char *
base_path(struct arena *a, const char *path)
{
	return arena_printf(a, "%.*s", (int)strcspn(path, ":"), path);
}

static struct disk_id
id_of(const struct disk_id *base, const char *name)
{
	return (struct disk_id){ base->dev, base->ino, disk_stream_number(name) };
}

static nt_status
check(const struct disk *d, const char *name)
{
	return d->root->options.named_streams && disk_stream_valid(name)
	    ? STATUS_SUCCESS
	    : STATUS_OBJECT_NAME_INVALID;
}

/* "file:" */
static nt_status
open_unnamed(const struct disk *d, struct arena *a, struct disk_open *o)
{
	const char *path = o->path;
	nt_status status;

	o->path = base_path(a, path);
	o->type = DISK_FILE;
	status = disk_open(d, a, o);
	o->path = path;
	return status;
}

/* The file of a path with a stream; place_done must follow. */
static nt_status
find_base(const struct disk *d, const char *path, struct place *p)
{
	char base[PATH_MAX];
	size_t n = strcspn(path, ":");
	nt_status status;

	if (n >= sizeof(base))
		return STATUS_OBJECT_NAME_INVALID;
	memcpy(base, path, n);
	base[n] = '\0';
	status = place_find(d, base, p);
	if (status != STATUS_SUCCESS)
		return status;
	if (p->fd >= 0)
		return STATUS_SUCCESS;
	place_done(p);
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

static nt_status
check_right(const struct disk *d, struct place *p, uint32_t right)
{
	const struct access_ask ask = { .wanted = right };
	uint32_t granted;

	return access_check(d, p, &ask, &granted);
}

/* Another stream of a file that is there is a change of its data: of the file that is open,
 * whatever has its name by now. */
static nt_status
may_add(const struct disk *d, const struct disk_open *o)
{
	struct disk_id found;
	struct place p;
	nt_status status;

	if (disk_is_read_only(d) || (o->stat.attributes & FILE_ATTRIBUTE_READONLY) != 0)
		return STATUS_ACCESS_DENIED;
	status = find_base(d, o->path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	found = disk_id_of(&p.stx);
	status = disk_id_equal(&found, &o->file->id) ? check_right(d, &p, FILE_WRITE_DATA)
						     : STATUS_OBJECT_NAME_NOT_FOUND;
	place_done(&p);
	return status;
}

static nt_status
find_or_create(const struct disk *d, struct disk_open *o, const char *name, struct stream_entry *e)
{
	const struct stream_base b = stream_base_of(o->file);
	nt_status status;

	if (store_find(&b, name, e) == 0) {
		o->created = false;
		return o->create == DISK_CREATE ? STATUS_OBJECT_NAME_COLLISION : STATUS_SUCCESS;
	}
	if (errno != ENOENT)
		return disk_status(errno);
	if (o->create == DISK_OPEN)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (!o->created && (status = may_add(d, o)) != STATUS_SUCCESS)
		return status;
	if (store_create(&b, name) != 0)
		return disk_status(errno);
	*e = (struct stream_entry){ .side = false };
	memcpy(e->name, name, strlen(name) + 1);
	o->created = true;
	return STATUS_SUCCESS;
}

/* A directory is never open for writing, whoever may write it. */
static nt_status
may_write_directory(const struct disk *d, const struct disk_open *o)
{
	if ((o->stat.attributes & FILE_ATTRIBUTE_READONLY) != 0 || disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (faccessat(o->file->fd, "", W_OK, AT_EMPTY_PATH | AT_EACCESS) == 0)
		return STATUS_SUCCESS;
	return disk_status(errno);
}

static nt_status
allow_writing(const struct disk *d, struct disk_open *o)
{
	const bool asked = (o->access & DISK_WRITE) != 0;
	const bool granted = (o->wanted & ACCESS_MAXIMUM_ALLOWED) != 0 &&
	    (o->granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
	nt_status status;

	if (!o->file->directory || !(asked || granted))
		return STATUS_SUCCESS;
	status = may_write_directory(d, o);
	o->file->writable = status == STATUS_SUCCESS;
	return asked && !o->optional_write ? status : STATUS_SUCCESS;
}

/* o->file is the file the stream belongs to; makes it the stream. */
static nt_status
become_stream(const struct disk *d, struct disk_open *o, const char *name, char *spelled)
{
	struct disk_file *f = o->file;
	struct stream_entry e;
	nt_status status;

	f->cred = d->cred;
	status = find_or_create(d, o, name, &e);
	if (status != STATUS_SUCCESS)
		return status;
	f->id = id_of(&f->id, name);
	f->stream = stream_get(&f->id, e.name);
	f->directory = false;
	memcpy(spelled, e.name, strlen(e.name) + 1);
	return f->stream != NULL ? STATUS_SUCCESS : STATUS_SHARING_VIOLATION;
}

/* The file the stream belongs to, made if the stream may be. */
static nt_status
open_base(const struct disk *d, struct arena *a, struct disk_open *o)
{
	const enum disk_create create = o->create;
	const char *path = o->path;
	nt_status status;

	o->path = base_path(a, path);
	o->create = create == DISK_OPEN ? DISK_OPEN : DISK_OPEN_IF;
	o->type = DISK_ANY;
	status = disk_open(d, a, o);
	o->path = path;
	o->create = create;
	return status;
}

nt_status
stream_open(const struct disk *d, struct arena *a, struct disk_open *o)
{
	const char *name = disk_stream_of(o->path);
	char spelled[SIDE_NAME_MAX + 1];
	pthread_mutex_t *lock;
	bool base_created;
	nt_status status;

	o->file = NULL;
	if (o->type == DISK_DIRECTORY)
		return STATUS_NOT_A_DIRECTORY;
	if (*name == '\0')
		return open_unnamed(d, a, o);
	status = check(d, name);
	if (status != STATUS_SUCCESS)
		return status;
	status = open_base(d, a, o);
	if (status != STATUS_SUCCESS)
		return status;
	base_created = o->created;
	lock = store_lock(&o->file->id);
	status = allow_writing(d, o);
	pthread_mutex_lock(lock);
	if (status == STATUS_SUCCESS)
		status = become_stream(d, o, name, spelled);
	pthread_mutex_unlock(lock);
	if (status == STATUS_SUCCESS) {
		o->real = arena_printf(a, "%s:%s", o->real, spelled);
		stream_stat(o->file, &o->stat);
		return STATUS_SUCCESS;
	}
	if (base_created)
		(void)disk_unlink(d, o->real, &o->file->id);
	disk_close(&o->file);
	return status;
}

static void
stat_stream(struct disk_stat *st, const struct stream_entry *e)
{
	st->id = id_of(&st->id, e->name);
	st->directory = false;
	st->attributes &= ~FILE_ATTRIBUTE_DIRECTORY;
	if (st->attributes == 0)
		st->attributes = FILE_ATTRIBUTE_NORMAL;
	st->size = e->size;
	st->allocated = e->allocated;
}

/* "file:" */
static nt_status
look_up_unnamed(
    const struct disk *d, struct arena *a, const char *path, struct disk_stat *out, char **real)
{
	struct disk_stat st;
	nt_status status = disk_lookup(d, a, base_path(a, path), &st, real);

	if (status == STATUS_SUCCESS && st.directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	if (out != NULL)
		*out = st;
	return status;
}

nt_status
stream_lookup(
    const struct disk *d, struct arena *a, const char *path, struct disk_stat *out, char **real)
{
	const char *name = disk_stream_of(path);
	struct stream_entry e;
	struct place p;
	nt_status status;

	if (*name == '\0')
		return look_up_unnamed(d, a, path, out, real);
	status = check(d, name);
	if (status == STATUS_SUCCESS)
		status = find_base(d, path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	const struct stream_base b = { d->root, d->cred, p.fd };
	if (store_find(&b, name, &e) != 0) {
		status = disk_status(errno);
	} else {
		if (out != NULL) {
			*out = place_stat(d, &p);
			stat_stream(out, &e);
		}
		if (real != NULL)
			*real = arena_printf(a, "%s:%s", place_real(a, &p), e.name);
	}
	place_done(&p);
	return status;
}

/* Begins a change: the file, which must be the one with this id, and may be changed. */
static nt_status
find_for_change(const struct disk *d, const char *path, const struct disk_id *id, struct place *p)
{
	nt_status status = check(d, disk_stream_of(path));
	struct disk_id found;

	if (status != STATUS_SUCCESS)
		return status;
	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	status = find_base(d, path, p);
	if (status != STATUS_SUCCESS)
		return status;
	found = disk_id_of(&p->stx);
	if (id != NULL && (id->dev != found.dev || id->ino != found.ino))
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	else if (place_stat(d, p).attributes & FILE_ATTRIBUTE_READONLY)
		status = STATUS_CANNOT_DELETE;
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

static nt_status
unlink_unnamed(const struct disk *d, const char *path, const struct disk_id *id)
{
	char base[PATH_MAX];
	size_t n = strlen(path) - 1;

	if (n >= sizeof(base))
		return STATUS_OBJECT_NAME_INVALID;
	memcpy(base, path, n);
	base[n] = '\0';
	return disk_unlink(d, base, id);
}

/* On success place_done must follow. */
static nt_status
find_to_unlink(const struct disk *d, const char *path, const struct disk_id *id, struct place *p)
{
	nt_status status = find_for_change(d, path, id, p);

	if (status != STATUS_SUCCESS)
		return status;
	status = access_may_remove(d, p);
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

nt_status
stream_may_unlink(const struct disk *d, const char *path, const struct disk_id *id)
{
	struct place p;
	nt_status status = find_to_unlink(d, path, id, &p);

	if (status == STATUS_SUCCESS)
		place_done(&p);
	return status;
}

nt_status
stream_unlink(const struct disk *d, const char *path, const struct disk_id *id)
{
	const char *name = disk_stream_of(path);
	struct stream_entry e;
	struct disk_id base;
	struct place p;
	nt_status status;

	if (*name == '\0')
		return unlink_unnamed(d, path, id);
	status = find_to_unlink(d, path, id, &p);
	if (status != STATUS_SUCCESS)
		return status;
	const struct stream_base b = { d->root, d->cred, p.fd };
	base = disk_id_of(&p.stx);
	pthread_mutex_lock(store_lock(&base));
	if (store_find(&b, name, &e) != 0 || store_remove(&b, &e) != 0)
		status = disk_status(errno);
	pthread_mutex_unlock(store_lock(&base));
	place_done(&p);
	return status;
}

/* What a rename of a stream is about. */
struct stream_move {
	struct stream_base b;
	struct disk_id base, id;
	struct stream_entry from;
	const struct disk_rename *asked;
	const char *to;
};

static nt_status
make_way(const struct stream_move *m)
{
	struct disk_id id = id_of(&m->base, m->to);
	struct stream_entry there;

	if (id.stream == m->id.stream)
		return STATUS_SUCCESS;
	if (store_find(&m->b, m->to, &there) != 0)
		return errno == ENOENT ? STATUS_SUCCESS : disk_status(errno);
	if (!m->asked->replace)
		return STATUS_OBJECT_NAME_COLLISION;
	if (there.size > 0 || stream_is_open(&id))
		return STATUS_INVALID_PARAMETER;
	return store_remove(&m->b, &there) == 0 ? STATUS_SUCCESS : disk_status(errno);
}

static nt_status
rename_named(const struct stream_move *m)
{
	struct disk_id id = id_of(&m->base, m->to);
	nt_status status = make_way(m);

	if (status != STATUS_SUCCESS || strcmp(m->from.name, m->to) == 0)
		return status;
	if (store_rename(&m->b, &m->from, m->to) != 0)
		return disk_status(errno);
	stream_renamed(&m->id, &id, m->to, -1);
	return STATUS_SUCCESS;
}

static nt_status
copy_content(const struct stream_base *b, const struct stream_entry *e, int out)
{
	struct stream_content c = { .bytes = xrealloc(NULL, CHUNK), .size = CHUNK };
	int in = e->side ? side_open(b, e->name, O_RDONLY) : -1;
	ssize_t n = -1;
	off_t at = 0;

	if (!e->side) {
		free(c.bytes);
		n = store_load(b, e->name, &c) == 0 ? (ssize_t)c.size : -1;
		if (n > 0 && pwrite(out, c.bytes, c.size, 0) != n)
			n = -1;
	} else if (in >= 0) {
		while ((n = pread(in, c.bytes, c.size, at)) > 0 &&
		    pwrite(out, c.bytes, (size_t)n, at) == n)
			at += n;
		n = n > 0 ? -1 : n;
	}
	free(c.bytes);
	if (in >= 0)
		close(in);
	return n < 0 ? disk_status(errno != 0 ? errno : ENOSPC) : STATUS_SUCCESS;
}

/* The stream becomes the file's data. */
static nt_status
rename_to_unnamed(const struct stream_move *m, const struct statx *stx)
{
	nt_status status;
	int out;

	if (!m->asked->replace)
		return STATUS_OBJECT_NAME_COLLISION;
	if (!S_ISREG(stx->stx_mode) || stx->stx_size > 0)
		return STATUS_INVALID_PARAMETER;
	if (cred_assume(m->b.cred) != 0)
		return STATUS_ACCESS_DENIED;
	out = beneath_reopen(m->b.fd, O_RDWR);
	if (out < 0)
		return disk_status(errno);
	status = copy_content(&m->b, &m->from, out);
	if (status == STATUS_SUCCESS && store_remove(&m->b, &m->from) != 0)
		status = disk_status(errno);
	if (status == STATUS_SUCCESS) {
		stream_renamed(&m->id, &m->base, "", out);
		return status;
	}
	if (ftruncate(out, 0) != 0)
		status = disk_status(errno);
	close(out);
	return status;
}

static nt_status
rename_found(struct stream_move *m, const struct place *p)
{
	if (store_find(&m->b, disk_stream_of(m->asked->from), &m->from) != 0)
		return disk_status(errno);
	return *m->to == '\0' ? rename_to_unnamed(m, &p->stx) : rename_named(m);
}

nt_status
stream_rename(const struct disk *d, struct arena *a, struct disk_rename *r)
{
	struct stream_move m = { .asked = r };
	struct place p;
	nt_status status;

	r->real = NULL;
	if (*r->to != ':')
		return STATUS_INVALID_PARAMETER;
	m.to = r->to + 1;
	if (*m.to != '\0' && !disk_stream_valid(m.to))
		return STATUS_OBJECT_NAME_INVALID;
	status = find_for_change(d, r->from, r->id, &p);
	if (status != STATUS_SUCCESS)
		return status;
	m.b = (struct stream_base){ d->root, d->cred, p.fd };
	m.base = disk_id_of(&p.stx);
	m.id = id_of(&m.base, disk_stream_of(r->from));
	status = r->granted ? STATUS_SUCCESS : check_right(d, &p, ACCESS_DELETE);
	pthread_mutex_lock(store_lock(&m.base));
	if (status == STATUS_SUCCESS)
		status = rename_found(&m, &p);
	pthread_mutex_unlock(store_lock(&m.base));
	if (status == STATUS_SUCCESS)
		r->real = arena_printf(a, *m.to != '\0' ? "%s:%s" : "%s", place_real(a, &p), m.to);
	place_done(&p);
	return status;
}

struct listing {
	const struct stream_base *b;
	struct arena *a;
	struct disk_streams *out;
	size_t room;
};

static bool
add_stream(void *arg, const char *name, bool side)
{
	struct listing *l = arg;
	struct disk_streams *out = l->out;
	struct stream_entry e = { .side = side };
	struct disk_stream *more;

	if (out->n == STREAMS_MAX)
		return false;
	if (out->n == l->room) {
		l->room = l->room * 2 + 8;
		more = arena_alloc(l->a, l->room * sizeof(*more));
		if (out->n > 0)
			memcpy(more, out->stream, out->n * sizeof(*more));
		out->stream = more;
	}
	memcpy(e.name, name, strlen(name) + 1);
	store_measure(l->b, &e);
	out->stream[out->n++] = (struct disk_stream){
		.name = arena_strdup(l->a, name),
		.size = e.size,
		.allocated = e.allocated,
	};
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct disk_stream *x = a, *y = b;

	return name_casecmp(x->name, y->name);
}

nt_status
disk_streams(
    const struct disk *d, struct arena *a, const struct disk_file *f, struct disk_streams *out)
{
	const struct stream_base b = { f->root, d->cred, f->fd };
	struct listing l = { &b, a, out, 0 };
	nt_status status = STATUS_SUCCESS;
	struct stat st;

	*out = (struct disk_streams){ .n = 0 };
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode))
		out->data = (struct disk_stream){
			.name = "",
			.size = (uint64_t)st.st_size,
			.allocated = (uint64_t)st.st_blocks * 512,
		};
	if (!disk_has_streams(f->root))
		return STATUS_SUCCESS;
	pthread_mutex_lock(store_lock(&f->id));
	if (store_each(&b, add_stream, &l) != 0)
		status = disk_status(errno);
	if (out->n > 0)
		qsort(out->stream, out->n, sizeof(*out->stream), by_name);
	pthread_mutex_unlock(store_lock(&f->id));
	return status;
}

struct removal {
	const struct stream_base *b;
	struct stream_entry e;
	bool found;
};

static bool
take_one(void *arg, const char *name, bool side)
{
	struct removal *r = arg;

	r->found = true;
	r->e.side = side;
	memcpy(r->e.name, name, strlen(name) + 1);
	return false;
}

nt_status
disk_streams_remove(const struct disk *d, const struct disk_file *f)
{
	const struct stream_base b = { f->root, d->cred, f->fd };
	struct removal r = { .b = &b };
	nt_status status = STATUS_SUCCESS;

	if (!disk_has_streams(f->root))
		return STATUS_SUCCESS;
	pthread_mutex_lock(store_lock(&f->id));
	do {
		r.found = false;
		if (store_each(&b, take_one, &r) != 0 || (r.found && store_remove(&b, &r.e) != 0))
			status = disk_status(errno);
	} while (r.found && status == STATUS_SUCCESS);
	pthread_mutex_unlock(store_lock(&f->id));
	return status;
}

static nt_status
copy_one(const struct stream_base *from, const struct stream_base *to, const char *name)
{
	struct stream_entry e;
	struct stream_content c;
	nt_status status;
	int fd, r;

	if (store_find(from, name, &e) != 0)
		return disk_status(errno);
	if (store_create(to, name) != 0)
		return disk_status(errno);
	if (!e.side && store_load(from, e.name, &c) == 0) {
		r = store_save(to, name, &c);
		if (r != 0 && (r = store_spill(to, name, &c)) >= 0)
			close(r);
		free(c.bytes);
		return r >= 0 ? STATUS_SUCCESS : disk_status(errno);
	}
	fd = store_spill(to, name, &(struct stream_content){ .bytes = NULL });
	if (fd < 0)
		return disk_status(errno);
	status = copy_content(from, &e, fd);
	close(fd);
	return status;
}

nt_status
disk_streams_copy(const struct disk *d, const struct disk_file *from, const struct disk_file *to)
{
	const struct stream_base in = { from->root, d->cred, from->fd };
	const struct stream_base out = { to->root, d->cred, to->fd };
	struct disk_streams list;
	struct arena a;
	nt_status status;

	arena_init(&a);
	status = disk_streams(d, &a, from, &list);
	if (!disk_has_streams(to->root))
		list.n = 0;
	pthread_mutex_lock(store_lock(&to->id));
	for (size_t i = 0; i < list.n && status == STATUS_SUCCESS; i++)
		status = copy_one(&in, &out, list.stream[i].name);
	pthread_mutex_unlock(store_lock(&to->id));
	arena_clear(&a);
	return status;
}
