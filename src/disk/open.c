/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/access.h"
#include "disk/acl.h"
#include "disk/place.h"
#include "disk/stream.h"
#include "disk/stream_file.h"

/* How often a file that comes and goes is tried again. */
#define RACES 8

static struct disk_file *
new_file(const struct disk *d, const struct disk_open *o, int fd)
{
	struct disk_file *f = xcalloc(1, sizeof(*f));

	f->fd = fd;
	f->root = disk_root_ref(d->root);
	f->id = o->stat.id;
	f->directory = o->stat.directory;
	return f;
}

static int
flags_of(unsigned access)
{
	if (access == (DISK_READ | DISK_WRITE))
		return O_RDWR;
	return access == DISK_WRITE ? O_WRONLY : O_RDONLY;
}

static nt_status
check_type(const struct disk_open *o, const struct place *p)
{
	if (S_ISDIR(p->stx.stx_mode))
		return o->type == DISK_FILE ? STATUS_FILE_IS_A_DIRECTORY : STATUS_SUCCESS;
	if (o->type == DISK_DIRECTORY)
		return STATUS_NOT_A_DIRECTORY;
	return S_ISREG(p->stx.stx_mode) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static nt_status
open_error(const struct disk *d, int error)
{
	return error == EAGAIN && d->nowait ? STATUS_CANT_WAIT : disk_status(error);
}

static int
take_over(struct place *p)
{
	int fd = p->fd;

	p->fd = -1;
	return fd;
}

/* The place's own descriptor serves where no contents are wanted. */
static nt_status
open_again(const struct disk *d, struct place *p, unsigned access, int *fd)
{
	if (access == 0 && !p->opened)
		*fd = take_over(p);
	else
		*fd = beneath_reopen(p->fd, access != 0 ? flags_of(access) : O_PATH);
	return *fd >= 0 ? STATUS_SUCCESS : open_error(d, errno);
}

/* As much of the access as may be had: writing may be left out when it is optional. */
static nt_status
open_most(
    const struct disk *d, const struct disk_open *o, struct place *p, unsigned *access, int *fd)
{
	nt_status status = STATUS_ACCESS_DENIED;

	if (p->opened) {
		*fd = take_over(p);
		return STATUS_SUCCESS;
	}
	if ((*access & DISK_WRITE) == 0 || !disk_is_read_only(d))
		status = open_again(d, p, *access, fd);
	if (status != STATUS_ACCESS_DENIED || (*access & DISK_WRITE) == 0 || !o->optional_write)
		return status;
	*access &= ~(unsigned)DISK_WRITE;
	return open_again(d, p, *access, fd);
}

/* The READONLY attribute, which is cheaper to read once the file is open. */
static nt_status
honour_readonly(
    const struct disk *d, const struct disk_open *o, struct place *p, unsigned *access, int *fd)
{
	if ((*access & DISK_WRITE) == 0 || (o->stat.attributes & FILE_ATTRIBUTE_READONLY) == 0)
		return STATUS_SUCCESS;
	if (p->opened)
		p->fd = *fd;
	else
		close(*fd);
	if (!o->optional_write)
		return STATUS_ACCESS_DENIED;
	*access &= ~(unsigned)DISK_WRITE;
	return open_again(d, p, *access, fd);
}

/* Who wants all there is has the file opened as far as that goes. */
static unsigned
access_for(const struct disk_open *o)
{
	unsigned access = o->access;

	if ((o->wanted & ACCESS_MAXIMUM_ALLOWED) == 0)
		return access;
	if ((o->granted & (FILE_READ_DATA | FILE_EXECUTE)) != 0)
		access |= DISK_READ;
	if ((o->granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0)
		access |= DISK_WRITE;
	return access;
}

static nt_status
check_access(const struct disk *d, struct disk_open *o, struct place *p)
{
	const struct access_ask ask = {
		.wanted = o->wanted, .implied = o->implied, .may_go = o->may_go, .opens = o->access
	};
	const struct disk_id id = disk_id_of(&p->stx);
	nt_status status;

	if (o->made != NULL && !disk_id_equal(o->made, &id))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	status = o->made != NULL ? access_of_creator(d, &ask, &o->granted)
				 : access_check(d, p, &ask, &o->granted);

	if (status == STATUS_SUCCESS && o->tell_maximal)
		status = access_maximal(d, p, &o->maximal);
	return status;
}

static nt_status
open_existing(const struct disk *d, struct disk_open *o, struct place *p)
{
	nt_status status = check_type(o, p);
	unsigned access;
	int fd;

	if (status == STATUS_SUCCESS)
		status = check_access(d, o, p);
	if (status != STATUS_SUCCESS)
		return status;
	access = access_for(o);
	if (S_ISDIR(p->stx.stx_mode) && (access & DISK_WRITE) != 0) {
		if (disk_is_read_only(d) && !o->optional_write)
			return STATUS_ACCESS_DENIED;
		access &= ~(unsigned)DISK_WRITE;
	}
	status = open_most(d, o, p, &access, &fd);
	if (status != STATUS_SUCCESS)
		return status;
	o->stat = disk_stat_fd(d, fd, &p->stx, *place_name(p) == '.');
	status = honour_readonly(d, o, p, &access, &fd);
	if (status != STATUS_SUCCESS)
		return status;
	o->file = new_file(d, o, fd);
	o->file->path_only = access == 0;
	o->file->readable = (access & DISK_READ) != 0;
	o->file->writable = (access & DISK_WRITE) != 0;
	o->created = false;
	return STATUS_SUCCESS;
}

static uint32_t
new_attributes(const struct disk_open *o)
{
	const uint32_t may = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |
	    FILE_ATTRIBUTE_SYSTEM;

	return (o->attributes & may) | FILE_ATTRIBUTE_ARCHIVE;
}

static nt_status
may_create(const struct disk *d, struct disk_open *o, struct place *p)
{
	const struct access_ask ask = { .wanted = o->wanted };
	nt_status status = place_parent(d, p);

	if (status == STATUS_SUCCESS)
		status = access_may_add(d, p, false);
	if (status == STATUS_SUCCESS)
		status = access_of_creator(d, &ask, &o->granted);
	o->maximal = FILE_ALL_ACCESS;
	return status;
}

static mode_t
new_mode(const struct disk *d, const struct disk_open *o)
{
	return (o->has_mode ? o->mode : 0666) & 0777 & d->root->options.create_mask;
}

/* What a new file carries from the start. */
static nt_status
equip(const struct disk *d, const struct disk_open *o, struct place *p, int fd)
{
	const mode_t mode = new_mode(d, o);
	nt_status status;

	if (!disk_store_new(d->root, fd, new_attributes(o)) &&
	    (o->attributes & FILE_ATTRIBUTE_READONLY) != 0)
		fchmod(fd, mode & ~(mode_t)0222);
	status = acl_inherit(d, p->parent, fd);
	if (status == STATUS_SUCCESS && beneath_stat(fd, &p->stx) != 0)
		status = disk_status(errno);
	return status;
}

/* EEXIST: somebody was quicker. */
static nt_status
create(const struct disk *d, struct disk_open *o, struct place *p)
{
	const mode_t mode = new_mode(d, o);
	int fd, flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	nt_status status = may_create(d, o, p);
	unsigned access = access_for(o);

	if (status != STATUS_SUCCESS)
		return status;
	place_restore_name(d, p);
	fd = openat(p->parent, place_name(p), flags | flags_of(access), mode);
	if (fd < 0)
		return disk_status(errno);
	status = equip(d, o, p, fd);
	if (status != STATUS_SUCCESS) {
		(void)unlinkat(p->parent, place_name(p), 0);
		close(fd);
		return status;
	}
	o->stat = disk_stat_fd(d, fd, &p->stx, *place_name(p) == '.');
	o->file = new_file(d, o, fd);
	o->file->readable = (access & DISK_READ) != 0;
	o->file->writable = (access & DISK_WRITE) != 0;
	o->created = true;
	return STATUS_SUCCESS;
}

static nt_status
create_missing(const struct disk *d, struct disk_open *o, struct place *p)
{
	if (o->create == DISK_OPEN)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (o->type == DISK_DIRECTORY)
		return STATUS_INVALID_PARAMETER;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	return create(d, o, p);
}

static int
first_flags(const struct disk *d, const struct disk_open *o)
{
	if (o->access == 0 || o->create == DISK_CREATE || (o->wanted & ACCESS_MAXIMUM_ALLOWED) != 0)
		return O_PATH;
	if ((o->access & DISK_WRITE) != 0 && disk_is_read_only(d))
		return O_PATH;
	return flags_of(o->access);
}

nt_status
disk_open(const struct disk *d, struct arena *a, struct disk_open *o)
{
	struct place p;
	nt_status status;
	bool raced;
	int tries = 0;

	if (disk_stream_of(o->path) != NULL)
		return stream_open(d, a, o);
	o->file = NULL;
	do {
		status = place_find_open(d, o->path, first_flags(d, o), &p);
		if (status != STATUS_SUCCESS)
			return status;
		raced = false;
		if (p.fd < 0) {
			status = create_missing(d, o, &p);
			raced = status == STATUS_OBJECT_NAME_COLLISION && o->create == DISK_OPEN_IF;
		} else if (o->create == DISK_CREATE) {
			status = STATUS_OBJECT_NAME_COLLISION;
		} else {
			status = open_existing(d, o, &p);
		}
		if (status == STATUS_SUCCESS) {
			o->file->dot_name = *place_name(&p) == '.';
			o->real = place_real(a, &p);
		}
		place_done(&p);
	} while (raced && ++tries < RACES);
	/* Still there and still not to be seen: a link. */
	return raced ? STATUS_ACCESS_DENIED : status;
}

void
disk_close(struct disk_file **f)
{
	if (*f == NULL)
		return;
	stream_close((*f)->stream);
	close((*f)->fd);
	disk_root_unref(&(*f)->root);
	free(*f);
	*f = NULL;
}

nt_status
disk_file_stat(const struct disk *d, const struct disk_file *f, struct disk_stat *out)
{
	const struct disk of = { .root = f->root, .cred = d->cred };
	struct statx stx;

	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (beneath_stat(f->fd, &stx) != 0)
		return disk_status(errno);
	*out = disk_stat_fd(&of, f->fd, &stx, f->dot_name);
	if (f->stream != NULL)
		stream_stat(f, out);
	return STATUS_SUCCESS;
}
