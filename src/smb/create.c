/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/create.h"

#include <string.h>
#include <strings.h>

#include "base/loop.h"
#include "disk/attr.h"
#include "disk/ea.h"
#include "disk/io.h"
#include "disk/lock.h"
#include "disk/name.h"
#include "disk/stream.h"
#include "file/node.h"
#include "file/streams.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/access.h"
#include "smb/oplock_break.h"

#define UNKNOWN_ACCESS  0x0CE0FE00u /* bits that stand for no right of a file */
#define UNKNOWN_OPTIONS (0xFF000000u | FILE_RESERVE_OPFILTER)
#define SYNCHRONIZES \
	(ACCESS_SYNCHRONIZE | GENERIC_ALL | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE)
#define STAT_ACCESS     (ACCESS_SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)
#define KEPT_ATTRIBUTES (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)

/* What contradicts itself ([MS-FSA] 2.1.5.1). */
static nt_status
check(const struct create *c)
{
	if (c->disposition > FILE_OVERWRITE_IF)
		return STATUS_INVALID_PARAMETER;
	if ((c->options & FILE_DIRECTORY_FILE) != 0 &&
	    ((c->options & FILE_NON_DIRECTORY_FILE) != 0 || access_truncates(c->disposition)))
		return STATUS_INVALID_PARAMETER;
	if ((c->options & UNKNOWN_OPTIONS) != 0 || (c->share & ~FILE_SHARE_ALL) != 0)
		return STATUS_INVALID_PARAMETER;
	if ((c->options & FILE_SYNCHRONOUS) != 0 && (c->access & SYNCHRONIZES) == 0)
		return STATUS_INVALID_PARAMETER;
	if ((c->options & FILE_OPEN_BY_FILE_ID) != 0)
		return STATUS_NOT_SUPPORTED;
	if ((c->access & UNKNOWN_ACCESS) != 0)
		return STATUS_ACCESS_DENIED;
	if ((c->options & FILE_DELETE_ON_CLOSE) != 0 &&
	    (c->access & (ACCESS_DELETE | GENERIC_ALL | ACCESS_MAXIMUM_ALLOWED)) == 0)
		return STATUS_INVALID_PARAMETER;
	if ((c->options & FILE_DELETE_ON_CLOSE) != 0 && c->disposition != FILE_OPEN &&
	    (c->attributes & FILE_ATTRIBUTE_READONLY) != 0)
		return STATUS_CANNOT_DELETE;
	return STATUS_SUCCESS;
}

/* Before anything is made: what cannot be given its EAs is not to appear, however briefly. */
static nt_status
check_eas(const struct request *req, struct create *c)
{
	size_t bad = 0;
	nt_status status;

	if (c->eas.n == 0)
		return STATUS_SUCCESS;
	if ((c->options & FILE_NO_EA_KNOWLEDGE) != 0)
		return STATUS_ACCESS_DENIED;
	status = disk_eas_check(&req->disk, &c->eas, &bad);
	c->ea_error = status == STATUS_SUCCESS ? 0 : c->eas.ea[bad].at;
	return status;
}

static enum disk_create
disk_disposition(const struct request *req, uint32_t disposition)
{
	if (disposition == FILE_CREATE)
		return DISK_CREATE;
	if (disposition == FILE_OPEN || disposition == FILE_OVERWRITE)
		return DISK_OPEN;
	/* Where nothing can be created, an existing file can still be opened. */
	return req->disk.read_only ? DISK_OPEN : DISK_OPEN_IF;
}

static enum disk_type
disk_type(const struct create *c)
{
	if ((c->options & FILE_DIRECTORY_FILE) != 0)
		return DISK_DIRECTORY;
	if ((c->options & FILE_NON_DIRECTORY_FILE) != 0 || access_truncates(c->disposition))
		return DISK_FILE;
	return DISK_ANY;
}

static void
prepare(const struct request *req, struct create *c)
{
	c->disk = (struct disk_open){
		.path = c->path,
		.create = disk_disposition(req, c->disposition),
		.type = disk_type(c),
		.attributes = c->attributes,
		.has_mode = c->has_mode,
		.mode = c->mode,
	};
	c->truncate = access_truncates(c->disposition);
	access_ask(req, c);
	c->disk.optional_write = c->optional_write ||
	    (!c->truncate && (c->access & (CONTENT_WRITE | GENERIC_WRITE | GENERIC_ALL)) == 0);
}

static bool
is_program(const char *path)
{
	static const char *const suffixes[] = { ".exe", ".com", ".dll", ".sym" };
	size_t n = strlen(path), i;

	for (i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		if (n >= 4 && strcasecmp(path + n - 4, suffixes[i]) == 0)
			return true;
	}
	return false;
}

/* DENY_DOS keeps writers of data to themselves; programs are meant to be shared. */
static uint32_t
share_of(const struct create *c, bool program)
{
	if (!c->deny_dos)
		return c->deny_fcb ? 0 : c->share;
	if (program)
		return FILE_SHARE_READ | FILE_SHARE_WRITE;
	return (c->granted & CONTENT_WRITE) != 0 ? 0 : FILE_SHARE_READ;
}

/* What an open file must allow, once it is known what it is. */
static nt_status
check_found(const struct create *c)
{
	const struct disk_stat *st = &c->disk.stat;

	if (c->disk.created)
		return STATUS_SUCCESS;
	if (c->truncate && (st->attributes & KEPT_ATTRIBUTES & ~c->attributes) != 0)
		return STATUS_ACCESS_DENIED;
	if ((c->options & FILE_DELETE_ON_CLOSE) != 0 &&
	    (st->attributes & FILE_ATTRIBUTE_READONLY) != 0)
		return STATUS_CANNOT_DELETE;
	return STATUS_SUCCESS;
}

static struct share_mode
mode_of(const struct request *req, const struct create *c)
{
	struct share_mode mode = {
		.access = c->granted | (c->truncate && !c->disk.created ? FILE_WRITE_DATA : 0),
		.deny_dos = c->deny_dos,
		.deny_fcb = c->deny_fcb,
		.owner = req->conn,
		.pid = req->hdr.pid,
	};

	mode.executable = is_program(c->disk.real);
	mode.share = share_of(c, mode.executable);
	return mode;
}

static nt_status start(struct request *req, struct create *c);

/* The file may have got another name meanwhile, or gone: all over again. */
static nt_status
again(struct request *req, void *arg, nt_status why)
{
	struct create *c = arg;

	if (smb_starts_over(why))
		return start(req, c);
	/* Whoever cannot wait hears what he would have heard. */
	return why == STATUS_CANCELLED && c->deadline != 0 && !req->orphan
	    ? STATUS_SHARING_VIOLATION
	    : why;
}

static nt_status
break_oplocks(struct request *req, struct create *c, bool batch_only)
{
	const struct oplock_conflict conflict = {
		.batch_only = batch_only,
		.left = c->truncate || c->changes_data || c->renames ? OPLOCK_NONE
								     : OPLOCK_LEVEL_II,
	};

	return smb_break_oplocks(req, &c->disk.file->id, conflict, again, c);
}

/*
 * Whoever holds a batch oplock may have closed the file long ago, so he is asked before his sharing
 * counts; the others are asked once it is known that their sharing allows it.
 */
static nt_status
face_others(struct request *req, struct create *c)
{
	const struct file_table *files = req->conn->server->files;
	const struct share_mode mode = mode_of(req, c);
	nt_status status = check_found(c);
	bool looks_only = (c->granted & ~STAT_ACCESS) == 0 && !c->truncate;

	if (status == STATUS_SUCCESS && !looks_only)
		status = break_oplocks(req, c, true);
	if (status == STATUS_SUCCESS)
		status = file_may_open(files, &c->disk.file->id, &mode);
	/* To empty a file is to delete its streams. */
	if (status == STATUS_SUCCESS && c->truncate && file_streams_stay(files, &c->disk.file->id))
		status = STATUS_SHARING_VIOLATION;
	if (status == STATUS_SUCCESS && !looks_only && !c->renames)
		status = break_oplocks(req, c, false);
	return status;
}

/* They may be done in a moment; Windows tries five times, 200 ms apart. */
static nt_status
wait_for_others(struct request *req, struct create *c)
{
	uint64_t now = loop_now_ms();
	struct request_timeout t;

	if (c->deadline == 0)
		c->deadline = now + req->conn->set->config->sharing_violation_delay;
	if (c->at_once || now >= c->deadline || conn_is_busy(req->conn))
		return STATUS_SHARING_VIOLATION;
	t.ms = (uint32_t)(c->deadline - now);
	t.list = file_waiters(req->conn->server->files, &c->disk.file->id);
	return request_wait_for(req, &t, again, c);
}

static void
grant_oplock(const struct request *req, struct create *c)
{
	const struct share_conf *conf = req->tree->share->conf;
	/* A stream, named or not, may be cached but not be kept open. */
	bool none = !conf->oplocks ||
	    (c->oplock == OPLOCK_BATCH && disk_stream_of(c->path) != NULL);
	const struct oplock_wish wish = {
		.level = none ? OPLOCK_NONE : c->oplock,
		.level2 = c->level2 && conf->level2_oplocks && req->conn->level2_oplocks,
		.ops = &smb_oplock_ops,
		.holder = c->handle,
	};

	c->oplock_granted = file_oplock_grant(c->handle->open, &wish);
}

/*
 * Do its locks show outside? On another machine's file system each might keep everybody waiting;
 * those of a stream are not the file's.
 */
static bool
shows_locks(const struct request *req, const struct disk_file *file)
{
	enum conf_kernel_locks wanted = req->tree->share->conf->kernel_locks;

	if (file->stream != NULL)
		return false;
	return wanted == KERNEL_LOCKS_YES ||
	    (wanted == KERNEL_LOCKS_AUTO && disk_locks_at_once(file));
}

static nt_status
enter(struct request *req, struct create *c)
{
	const struct share_mode mode = mode_of(req, c);
	struct open *open;
	nt_status status = file_open(
	    req->conn->server->files, c->disk.file, c->disk.real, &mode, &open);

	if (status != STATUS_SUCCESS)
		return status;
	open->mode.access = c->granted;
	open->options = c->options;
	open->owner_locks = &req->conn->nlocks;
	open->owner_changes = &req->conn->nchanges;
	open->kernel_locks = shows_locks(req, open->file);
	open->created = c->disk.created;
	open->delete_on_close = (c->options & FILE_DELETE_ON_CLOSE) != 0;
	c->handle = handle_new(req, open);
	if (c->handle == NULL) {
		struct file_removal *removal;

		open->delete_on_close = false;
		removal = file_close(&open, &c->disk.file, NULL);
		if (removal != NULL)
			file_removal_free(&removal);
		return STATUS_TOO_MANY_OPENED_FILES;
	}
	grant_oplock(req, c);
	return STATUS_SUCCESS;
}

static nt_status
give_up(struct request *req, struct create *c, nt_status status)
{
	(void)req;
	/* Once there is a handle the file is its own, whoever may have closed it meanwhile. */
	if (c->handle == NULL) {
		disk_close(&c->disk.file);
	} else if (!c->handle->closed) {
		/* What could not be made as asked is not made. */
		c->handle->open->delete_on_close |= c->disk.created;
		(void)handle_close(c->handle);
	}
	return status;
}

static uint32_t
action(const struct create *c)
{
	if (c->disk.created)
		return ACTION_CREATED;
	if (!c->truncate)
		return ACTION_OPENED;
	return c->disposition == FILE_SUPERSEDE ? ACTION_SUPERSEDED : ACTION_OVERWRITTEN;
}

static nt_status
complete(struct request *req, struct create *c)
{
	struct handle *former = req->chain_fid != 0 ? handle_get(req->conn, req->chain_fid) : NULL;

	/* A chain remembers one. */
	if (former != NULL && former->open != NULL)
		file_oplock_announce(former->open);
	c->stat = c->disk.stat;
	file_seen(req->conn->server->files, &c->stat);
	c->action = action(c);
	req->chain_fid = c->handle->fid;
	return c->then != NULL ? c->then(req, c->arg) : STATUS_SUCCESS;
}

/* An emptied file loses the EAs it had; those that come with a new stream join its file's. */
static bool
sets_eas(const struct create *c)
{
	return c->disk.created ? c->eas.n > 0 : c->truncate && c->disk.file->stream == NULL;
}

/* A file loses its streams too; a stream leaves the file as it is. */
static nt_status
empty_file(const struct disk *d, const struct create *c, struct disk_attr *attr)
{
	nt_status status = disk_truncate(c->disk.file, 0);

	if (status != STATUS_SUCCESS || c->disk.file->stream != NULL)
		return status;
	attr->attributes = (c->attributes & 0x7F) | FILE_ATTRIBUTE_ARCHIVE;
	return disk_streams_remove(d, c->disk.file);
}

/* The file is ours now: empties it, gives it its attributes, time and space. */
static nt_status
fill_work(const struct disk *d, struct arena *a, void *arg)
{
	struct create *c = arg;
	struct disk_attr attr = { .written = c->written };
	const bool writable = c->disk.file->writable;
	nt_status status = STATUS_SUCCESS;

	if (c->truncate && !c->disk.created)
		status = empty_file(d, c, &attr);
	if (status == STATUS_SUCCESS && (attr.attributes != 0 || attr.written != 0))
		status = disk_set_attr(d, c->disk.file, &attr);
	if (status == STATUS_SUCCESS)
		status = access_equip(d, a, c);
	if (status == STATUS_SUCCESS && c->size != 0 && writable)
		status = disk_truncate(c->disk.file, c->size);
	if (status == STATUS_SUCCESS && c->allocation != 0 && writable)
		status = disk_allocate(c->disk.file, c->allocation);
	if (status == STATUS_SUCCESS && sets_eas(c)) {
		status = disk_eas_write(d, c->disk.file, &c->eas, c->disk.file->stream == NULL);
		c->has_eas = c->eas.n > 0;
	}
	if (status == STATUS_SUCCESS)
		status = disk_file_stat(d, c->disk.file, &c->disk.stat);
	return status;
}

/* Who opened the file while it was emptied may have read what was there before. */
static void
empty_caches(const struct request *req, const struct create *c)
{
	const struct oplock_conflict conflict = {
		.own = c->handle->open,
		.left = OPLOCK_NONE,
	};

	(void)smb_ask_holders(req, &c->handle->open->file->id, conflict);
}

static nt_status
filled(struct request *req, void *arg, nt_status status)
{
	static const struct file_before none = { .wanted = false };
	struct create *c = arg;

	if (c->truncate && !c->disk.created) {
		file_resized(c->handle->open, &none);
		empty_caches(req, c);
	}
	if (c->truncate || c->disk.created)
		file_reserved(c->handle->open, c->allocation);
	return status == STATUS_SUCCESS ? complete(req, c) : give_up(req, c, status);
}

static bool
needs_filling(const struct create *c)
{
	if (sets_eas(c) || (c->disk.created && c->descriptor != NULL))
		return true;
	if (c->disk.file->directory || !c->disk.file->writable)
		return false;
	if (c->disk.created)
		return c->allocation != 0 || c->size != 0 || c->written != 0;
	return c->truncate;
}

/* A directory is made first, then opened as one that was there. */
static nt_status
open_new_directory(const struct disk *d, struct arena *a, struct create *c)
{
	struct disk_open *o = &c->disk;
	struct disk_id id;
	nt_status made = disk_mkdir(d, o->path, o->attributes, &id), status;

	if (made != STATUS_SUCCESS &&
	    (made != STATUS_OBJECT_NAME_COLLISION || o->create != DISK_OPEN_IF))
		return made;
	o->create = DISK_OPEN;
	o->made = made == STATUS_SUCCESS ? &id : NULL;
	status = disk_open(d, a, o);
	o->created = o->made != NULL;
	o->made = NULL;
	return status;
}

static uint64_t
space_moved(const struct create *c)
{
	uint64_t given = c->allocation > c->size ? c->allocation : c->size;
	uint64_t taken = c->truncate ? c->disk.stat.allocated : 0;

	return given > taken ? given : taken;
}

static nt_status
open_work(const struct disk *d, struct arena *a, void *arg)
{
	struct create *c = arg;

	nt_status status;

	if (c->disk.type == DISK_DIRECTORY && c->disk.create != DISK_OPEN &&
	    disk_stream_of(c->disk.path) == NULL)
		return open_new_directory(d, a, c);
	status = disk_open(d, a, &c->disk);
	if (status == STATUS_SUCCESS && (c->options & FILE_NO_EA_KNOWLEDGE) != 0 &&
	    !c->disk.created && disk_eas_needed(d, c->disk.file))
		return STATUS_ACCESS_DENIED;
	if (status == STATUS_SUCCESS && c->tell_eas)
		c->has_eas = disk_eas_exist(d, c->disk.file);
	return status;
}

static nt_status
opened(struct request *req, void *arg, nt_status status)
{
	struct create *c = arg;

	if (status == STATUS_SUCCESS) {
		access_grant(req, c);
		status = face_others(req, c);
	}
	if (status == STATUS_SHARING_VIOLATION && !c->disk.created)
		status = wait_for_others(req, c);
	if (status == STATUS_SUCCESS)
		status = enter(req, c);
	if (status != STATUS_SUCCESS)
		return give_up(req, c, status);
	/* Held: the file must outlive a CLOSE of its FID that overtakes us. */
	request_handle_new(req, c->handle);
	if (needs_filling(c))
		return request_work(req, disk_work_of_eas(&c->eas, disk_work_of(space_moved(c))),
		    fill_work, filled, c);
	return complete(req, c);
}

static nt_status
start(struct request *req, struct create *c)
{
	bool may_change;

	prepare(req, c);
	may_change = c->disk.create != DISK_OPEN;
	return request_work(req, may_change ? WORK_QUICK : WORK_CACHED, open_work, opened, c);
}

nt_status
smb_create(
    struct request *req, struct create *c, nt_status (*then)(struct request *, void *), void *arg)
{
	nt_status status = check(c);

	if (status == STATUS_SUCCESS)
		status = access_judge(req, c);
	if (status == STATUS_SUCCESS)
		status = check_eas(req, c);
	if (status != STATUS_SUCCESS)
		return status;
	c->then = then;
	c->arg = arg;
	return start(req, c);
}

#define ACCESS_OF(mode)  ((mode)&0x7)
#define SHARING_OF(mode) ((mode) >> 4 & 0x7)
#define FCB_MODE         0xFF

nt_status
smb_create_access_mode(struct create *c, uint16_t mode)
{
	static const uint32_t access[] = {
		FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_READ | FILE_GENERIC_WRITE,
		FILE_GENERIC_READ, /* for execution */
	};
	static const uint32_t share[] = { 0, 0, FILE_SHARE_READ, FILE_SHARE_WRITE,
		FILE_SHARE_READ | FILE_SHARE_WRITE };

	if ((mode & 0xFF) == FCB_MODE) {
		c->access = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
		c->deny_fcb = true;
		c->optional_write = true;
		return STATUS_SUCCESS;
	}
	if (ACCESS_OF(mode) > 3 || SHARING_OF(mode) > 4)
		return STATUS_OS2_INVALID_ACCESS;
	c->access = access[ACCESS_OF(mode)];
	c->share = share[SHARING_OF(mode)];
	c->deny_dos = SHARING_OF(mode) == 0;
	c->execute = ACCESS_OF(mode) == 3;
	c->options = FILE_NON_DIRECTORY_FILE;
	return STATUS_SUCCESS;
}

nt_status
smb_create_open_function(struct create *c, uint16_t function)
{
	switch (function & 0x13) {
	case 0x00:
		/* To execute what is not there creates it; otherwise nothing is asked for. */
		c->disposition = FILE_CREATE;
		return c->execute ? STATUS_SUCCESS : STATUS_OS2_INVALID_ACCESS;
	case 0x01:
		c->disposition = FILE_OPEN;
		return STATUS_SUCCESS;
	case 0x02:
		c->disposition = FILE_OVERWRITE;
		return STATUS_SUCCESS;
	case 0x10:
		c->disposition = FILE_CREATE;
		return STATUS_SUCCESS;
	case 0x11:
		c->disposition = FILE_OPEN_IF;
		return STATUS_SUCCESS;
	case 0x12:
		c->disposition = FILE_OVERWRITE_IF;
		return STATUS_SUCCESS;
	default:
		return STATUS_OS2_INVALID_ACCESS;
	}
}
