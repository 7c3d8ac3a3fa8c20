/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/access.h"

#include "config/schema.h"
#include "disk/acl.h"
#include "server/domain.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/access.h"

#define READ_ONLY_ACCESS (FILE_GENERIC_READ | FILE_GENERIC_EXECUTE)
#define OVERWRITING      (FILE_WRITE_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)

bool
access_truncates(uint32_t disposition)
{
	return disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE ||
	    disposition == FILE_OVERWRITE_IF;
}

/* What the disposition and the options need of a file that is there ([MS-FSA] 2.1.5.1.2). */
static uint32_t
implied(const struct create *c)
{
	uint32_t access = 0;

	if (c->disposition == FILE_SUPERSEDE)
		access |= ACCESS_DELETE;
	else if (access_truncates(c->disposition))
		access |= OVERWRITING;
	if ((c->options & FILE_DELETE_ON_CLOSE) != 0)
		access |= ACCESS_DELETE;
	return access;
}

/* Where this user may only read, writing is refused to who insists on it. */
static bool
insists_on_writing(const struct create *c)
{
	return (c->access & (CONTENT_WRITE | GENERIC_WRITE)) != 0 ||
	    access_truncates(c->disposition) || c->disposition == FILE_CREATE ||
	    (c->options & FILE_DELETE_ON_CLOSE) != 0;
}

/*
 * Where this user may only read, what was asked in general terms shrinks to that, and rights that
 * change no content are let go, so that a greedy mask does not keep anybody from reading.
 */
static uint32_t
most(const struct request *req)
{
	return req->disk.read_only ? READ_ONLY_ACCESS | ACCESS_SYNCHRONIZE | ACCESS_SYSTEM_SECURITY
				   : FILE_ALL_ACCESS | ACCESS_SYSTEM_SECURITY;
}

static nt_status
decode_descriptor(struct request *req, struct create *c)
{
	struct sd *sd;

	if (c->sd == NULL || c->sd_size == 0)
		return STATUS_SUCCESS;
	sd = arena_alloc(&req->arena, sizeof(*sd));
	if (!sd_decode(&req->arena, c->sd, c->sd_size, sd))
		return STATUS_INVALID_SECURITY_DESCR;
	if ((sd->control & SD_SACL_PRESENT) != 0 && !req->disk.admin)
		return STATUS_PRIVILEGE_NOT_HELD;
	domain_to_unix(req->session, sd);
	if (req->tree->share->conf->nt_acl_support)
		c->descriptor = sd;
	return STATUS_SUCCESS;
}

nt_status
access_judge(struct request *req, struct create *c)
{
	if (req->disk.read_only && insists_on_writing(c))
		return STATUS_ACCESS_DENIED;
	return decode_descriptor(req, c);
}

void
access_ask(const struct request *req, struct create *c)
{
	struct disk_open *o = &c->disk;

	o->wanted = access_map(c->access, 0) & most(req);
	o->wanted |= c->access & ACCESS_MAXIMUM_ALLOWED;
	o->implied = implied(c);
	o->may_go = c->may_go;
	if (c->optional_write)
		o->may_go |= FILE_GENERIC_WRITE & ~FILE_GENERIC_READ;
	o->tell_maximal = c->tell_maximal;
	if ((o->wanted & CONTENT_READ) != 0)
		o->access |= DISK_READ;
	if ((o->wanted & CONTENT_WRITE) != 0 || access_truncates(c->disposition))
		o->access |= DISK_WRITE;
}

/* What was to be had as far as it goes, and went less far. */
void
access_grant(const struct request *req, struct create *c)
{
	const struct disk_file *f = c->disk.file;
	uint32_t keep = most(req);

	if (!f->directory && !f->writable)
		keep &= ~CONTENT_WRITE;
	/* The server's own share of every open, which takes nothing from anybody. */
	c->granted = (c->disk.granted & keep) | FILE_READ_ATTRIBUTES;
	c->maximal = c->disk.maximal & most(req);
}

nt_status
access_equip(const struct disk *d, struct arena *a, const struct create *c)
{
	nt_status status;

	if (c->descriptor == NULL || !c->disk.created)
		return STATUS_SUCCESS;
	status = disk_acl_set(d, a, c->disk.file, acl_parts(c->descriptor), c->descriptor);
	/* A file system that keeps none is no reason to have no file. */
	return status == STATUS_NOT_SUPPORTED ? STATUS_SUCCESS : status;
}
