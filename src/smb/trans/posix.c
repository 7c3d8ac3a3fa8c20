/* SPDX-License-Identifier: BSD-2-Clause */

/* The levels of SET_PATH_INFORMATION and SET_FILE_INFORMATION of the UNIX extensions. */
#include "smb/trans/posix.h"

#include "disk/name.h"
#include "file/node.h"
#include "server/handle.h"
#include "server/path.h"

nt_status
posix_path(struct request *req, const char *name, const char **out)
{
	req->disk.links = true;
	return request_path(req, name, out);
}

nt_status
posix_answer(struct request *req, void *arg, nt_status status)
{
	struct trans *t = arg;

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, t, 2, 0);
	wr_u16(&t->out_params, 0); /* EaErrorOffset */
	return STATUS_SUCCESS;
}

static nt_status
closed(struct request *req, void *arg, nt_status status)
{
	struct posix_target *p = arg;

	return posix_answer(req, p->t, status == STATUS_SUCCESS ? p->status : status);
}

nt_status
posix_end(struct request *req, struct posix_target *p, nt_status status)
{
	if (!p->opened || p->handle->closed)
		return posix_answer(req, p->t, status);
	p->status = status;
	req->chain_fid = 0;
	return request_close(req, p->handle, closed, p);
}

static nt_status
opened(struct request *req, void *arg)
{
	struct posix_target *p = arg;

	p->handle = p->create.handle;
	p->opened = true;
	return p->apply(req, p->arg);
}

nt_status
posix_open_target(struct request *req, struct posix_target *p, uint32_t access)
{
	struct create *c = &p->create;

	c->access = access | FILE_READ_ATTRIBUTES;
	c->share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	c->disposition = FILE_OPEN;
	c->changes_data = (access & FILE_WRITE_DATA) != 0;
	c->at_once = true;
	return smb_create(req, c, opened, p);
}

nt_status
posix_use_handle(struct request *req, struct posix_target *p, uint32_t access)
{
	if ((access & ~p->handle->open->mode.access) != 0)
		return STATUS_ACCESS_DENIED;
	return p->apply(req, p->arg);
}

/* UNIX_LINK and UNIX_HLINK: a new name, and a text or the name of the file that gets it. */
struct link {
	struct trans *t;
	const char *path, *from, *text;
};

static nt_status
link_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct link *l = arg;

	(void)a;
	return l->text != NULL ? disk_symlink(d, l->path, l->text)
			       : disk_link(d, l->from, l->path, NULL);
}

static nt_status
linked(struct request *req, void *arg, nt_status status)
{
	const struct link *l = arg;

	return posix_answer(req, l->t, status);
}

/* In data is what the name leads to. */
static nt_status
make_link(struct request *req, struct trans *t, const char *name, bool symbolic)
{
	struct link *l = arena_alloc(&req->arena, sizeof(*l));
	const char *target = rd_string(&t->data);
	nt_status status = STATUS_SUCCESS;

	l->t = t;
	if (!rd_ok(&t->data) || target[0] == '\0')
		return STATUS_INVALID_PARAMETER;
	if (symbolic)
		l->text = target;
	else
		status = posix_path(req, target, &l->from);
	if (status == STATUS_SUCCESS)
		status = posix_path(req, name, &l->path);
	if (status != STATUS_SUCCESS)
		return status;
	if (l->path[0] == '\0')
		return STATUS_OBJECT_NAME_COLLISION;
	return request_work(req, WORK_QUICK, link_work, linked, l);
}

static nt_status
symlink_path(struct request *req, struct trans *t, const char *name)
{
	return make_link(req, t, name, true);
}

static nt_status
hlink_path(struct request *req, struct trans *t, const char *name)
{
	return make_link(req, t, name, false);
}

struct acl_request {
	struct posix_target target;
	struct disk_unix_acls acls;
};

static nt_status
acl_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct acl_request *r = arg;

	(void)a;
	return disk_unix_set_acls(d, r->target.handle->open->file, &r->acls);
}

static nt_status
acl_set(struct request *req, void *arg, nt_status status)
{
	struct acl_request *r = arg;

	return posix_end(req, &r->target, status);
}

/* What is made in it concerns a directory alone. */
static nt_status
apply_acls(struct request *req, void *arg)
{
	struct acl_request *r = arg;

	if (r->acls.for_new != NULL && !r->target.handle->open->file->directory)
		return posix_end(req, &r->target, STATUS_INVALID_HANDLE);
	return request_work(req, WORK_QUICK, acl_work, acl_set, r);
}

static nt_status
read_acls(struct request *req, struct trans *t, struct acl_request **out)
{
	struct acl_request *r = arena_alloc(&req->arena, sizeof(*r));

	r->target = (struct posix_target){ .t = t, .apply = apply_acls, .arg = r };
	*out = r;
	return unix_read_acls(&t->data, &r->acls);
}

static nt_status
acl_path(struct request *req, struct trans *t, const char *name)
{
	struct acl_request *r;
	nt_status status = read_acls(req, t, &r);

	if (status == STATUS_SUCCESS)
		status = posix_path(req, name, &r->target.create.path);
	if (status != STATUS_SUCCESS)
		return status;
	return posix_open_target(req, &r->target, ACCESS_WRITE_DAC);
}

static nt_status
acl_file(struct request *req, struct trans *t, struct handle *h)
{
	struct acl_request *r;
	nt_status status = read_acls(req, t, &r);

	if (status != STATUS_SUCCESS)
		return status;
	r->target.handle = h;
	return posix_use_handle(req, &r->target, ACCESS_WRITE_DAC);
}

static const struct posix_level levels[] = {
	{ UNIX_BASIC, "SMB_SET_FILE_UNIX_BASIC", false, posix_basic_path, posix_basic_file },
	{ 0x0201, "SMB_SET_FILE_UNIX_LINK", false, symlink_path, NULL },
	{ 0x0203, "SMB_SET_FILE_UNIX_HLINK", false, hlink_path, NULL },
	{ 0x0204, "SMB_SET_POSIX_ACL", false, acl_path, acl_file },
	{ POSIX_LOCK_LEVEL, "SMB_SET_POSIX_LOCK", true, NULL, posix_lock },
	{ 0x0209, "SMB_POSIX_PATH_OPEN", true, posix_open, NULL },
	{ 0x020A, "SMB_POSIX_PATH_UNLINK", false, posix_unlink, NULL },
	{ UNIX_INFO2, "SMB_SET_FILE_UNIX_INFO2", false, posix_info2_path, posix_info2_file },
};

const struct posix_level *
posix_level(const struct request *req, uint16_t level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]) && unix_on(req); i++) {
		if (level == levels[i].level)
			return &levels[i];
	}
	return NULL;
}
