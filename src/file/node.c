/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/node.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "base/loop.h"
#include "disk/name.h"
#include "file/node_private.h"
#include "file/notify.h"
#include "file/streams.h"

/* Ids are hash keys: padding must not differ. */
static struct disk_id
clean_id(const struct disk_id *id)
{
	struct disk_id clean;

	memset(&clean, 0, sizeof clean);
	clean.dev = id->dev;
	clean.ino = id->ino;
	clean.stream = id->stream;
	return clean;
}

struct file_table *
file_table_new(void)
{
	struct file_table *t = xcalloc(1, sizeof *t);

	t->now_ms = loop_now_ms;
	return t;
}

void
file_table_free(struct file_table **t)
{
	free((*t)->changed);
	free(*t);
	*t = NULL;
}

size_t
file_table_nodes(const struct file_table *t)
{
	return HASH_COUNT(t->nodes);
}

void
file_count(const struct file_table *t, struct file_counts *out)
{
	const struct node *n;
	const struct open *o;

	memset(out, 0, sizeof *out);
	for (n = t->nodes; n != NULL; n = n->hh.next) {
		out->nodes++;
		out->locks += n->nlocks;
		TAILQ_FOREACH (o, &n->opens, link) {
			out->opens++;
			out->oplocks += o->oplock.level != OPLOCK_NONE;
			out->breaks += o->oplock.breaking;
		}
	}
}

struct node *
node_find(const struct file_table *t, const struct disk_id *id)
{
	struct disk_id key = clean_id(id);
	struct node *n;

	HASH_FIND(hh, t->nodes, &key, sizeof key, n);
	return n;
}

static struct disk_id
base_id(const struct disk_id *id)
{
	return (struct disk_id){ id->dev, id->ino, 0 };
}

static struct node *
find_or_add(struct file_table *t, const struct disk_id *id)
{
	const struct disk_id base = base_id(id);
	struct node *n = node_find(t, id);

	if (n != NULL)
		return n;
	n = xcalloc(1, sizeof *n);
	n->id = clean_id(id);
	TAILQ_INIT(&n->opens);
	TAILQ_INIT(&n->locks);
	TAILQ_INIT(&n->lock_waiters);
	TAILQ_INIT(&n->waiters);
	TAILQ_INIT(&n->streams);
	n->table = t;
	HASH_ADD(hh, t->nodes, id, sizeof n->id, n);
	if (id->stream != 0) {
		n->base = find_or_add(t, &base);
		TAILQ_INSERT_TAIL(&n->base->streams, n, sibling);
	}
	return n;
}

void
node_set_id(struct node *n, const struct disk_id *id)
{
	HASH_DEL(n->table->nodes, n);
	n->id = clean_id(id);
	HASH_ADD(hh, n->table->nodes, id, sizeof n->id, n);
}

struct node *
node_find_file(const struct file_table *t, const struct disk_id *id)
{
	const struct disk_id base = base_id(id);

	return node_find(t, &base);
}

bool
file_is_pending(const struct file_table *t, const struct disk_id *id)
{
	const struct node *n = node_find(t, id), *base = node_find_file(t, id);

	return (n != NULL && n->delete_pending) || (base != NULL && base->delete_pending);
}

nt_status
file_may_open(const struct file_table *t, const struct disk_id *id, const struct share_mode *mode)
{
	const struct node *n = node_find(t, id), *base = node_find_file(t, id);
	const struct open *o;

	if (file_is_pending(t, id) || (base != NULL && base->kept > 0))
		return STATUS_DELETE_PENDING;
	if (n == NULL)
		return STATUS_SUCCESS;
	TAILQ_FOREACH (o, &n->opens, link) {
		if (!share_mode_compatible(&o->mode, mode))
			return STATUS_SHARING_VIOLATION;
	}
	if ((mode->access & ACCESS_DELETE) != 0 && file_streams_stay(t, id))
		return STATUS_SHARING_VIOLATION;
	return STATUS_SUCCESS;
}

static struct file_position *
position_of(const struct node *n, const struct share_mode *mode)
{
	struct file_position *position = NULL;
	const struct open *o;

	TAILQ_FOREACH (o, &n->opens, link) {
		if (share_mode_joins(&o->mode, mode))
			position = o->position;
	}
	if (position == NULL)
		position = xcalloc(1, sizeof *position);
	position->opens++;
	return position;
}

nt_status
file_open(struct file_table *t, struct disk_file *file, const char *path,
    const struct share_mode *mode, struct open **out)
{
	nt_status status = file_may_open(t, &file->id, mode);
	struct node *n;
	struct open *o;

	if (status != STATUS_SUCCESS)
		return status;
	n = find_or_add(t, &file->id);
	n->directory = file->directory;
	TAILQ_FOREACH (o, &n->opens, link)
		o->met_others = true;
	o = xcalloc(1, sizeof *o);
	o->node = n;
	o->file = file;
	o->mode = *mode;
	o->path = xstrdup(path);
	o->position = position_of(n, mode);
	TAILQ_INSERT_TAIL(&n->opens, o, link);
	*out = o;
	return STATUS_SUCCESS;
}

/* The node stays until the name is gone: nobody opens what is about to go. */
static struct file_removal *
removal_new(struct node *n)
{
	struct file_removal *r = xcalloc(1, sizeof *r);

	n->removing = true;
	r->node = n;
	r->root = n->remove_root != NULL ? disk_root_ref(n->remove_root) : NULL;
	r->cred = n->remove_cred != NULL ? cred_ref(n->remove_cred) : NULL;
	r->path = xstrdup(n->remove_path);
	r->id = n->id;
	r->directory = n->directory;
	return r;
}

nt_status
file_removal_run(const struct file_removal *r)
{
	struct disk d = { .root = r->root, .cred = r->cred, .granted = true };
	nt_status status = r->directory ? disk_rmdir(&d, r->path, &r->id)
					: disk_unlink(&d, r->path, &r->id);

	return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND
	    ? STATUS_SUCCESS
	    : status;
}

void
node_set_delete(struct node *n, struct disk_root *root, const char *path, struct cred *cred)
{
	bool on = path != NULL;
	struct cred *before = n->remove_cred;

	if (n->directory && n->delete_pending != on)
		n->table->dying += on ? 1 : (size_t)-1;
	n->delete_pending = on;
	free(n->remove_path);
	if (n->remove_root != NULL)
		disk_root_unref(&n->remove_root);
	n->remove_path = path != NULL ? xstrdup(path) : NULL;
	n->remove_root = path != NULL && root != NULL ? disk_root_ref(root) : NULL;
	n->remove_cred = path != NULL && cred != NULL ? cred_ref(cred) : NULL;
	if (before != NULL)
		cred_unref(&before);
}

void
node_free(struct node *n)
{
	waiter_wake_all(&n->waiters, STATUS_SUCCESS);
	if (n->base != NULL) {
		TAILQ_REMOVE(&n->base->streams, n, sibling);
		/* Who could not have the file for its streams. */
		waiter_wake_all(&n->base->waiters, STATUS_SUCCESS);
	}
	HASH_DEL(n->table->nodes, n);
	if (node_differs(n))
		n->table->differing--;
	node_set_delete(n, NULL, NULL, NULL);
	free(n);
}

/* All that is left of it is to be removed with its file, at once. */
static bool
goes_with_base(const struct node *n)
{
	const struct node *base = n->base;

	return base != NULL && base->delete_pending && TAILQ_EMPTY(&base->opens) &&
	    TAILQ_FIRST(&base->streams) == n && TAILQ_NEXT(n, sibling) == NULL;
}

/* A node that may have lost its last open goes, and its file's with it when that is due too. */
static struct file_removal *
settle(struct node *n)
{
	struct node *base = n->base;

	if (n->removing || n->kept > 0 || !TAILQ_EMPTY(&n->opens) || !TAILQ_EMPTY(&n->streams))
		return NULL;
	if (n->delete_pending && !goes_with_base(n))
		return removal_new(n);
	node_free(n);
	return base != NULL ? settle(base) : NULL;
}

void
file_keep_closed(struct file_table *t, const struct disk_id *id)
{
	const struct disk_id base = base_id(id);

	find_or_add(t, &base)->kept++;
}

struct file_removal *
file_let_open(struct file_table *t, const struct disk_id *id)
{
	struct node *n = node_find_file(t, id);

	n->kept--;
	return settle(n);
}

void
file_removal_free(struct file_removal **rp)
{
	struct file_removal *r = *rp, *next = NULL;
	struct node *base = r->node->base;

	node_free(r->node);
	if (base != NULL)
		next = settle(base);
	disk_root_unref(&r->root);
	if (r->cred != NULL)
		cred_unref(&r->cred);
	free(r->path);
	free(r);
	*rp = NULL;
	/* The file went out of use while one of its streams was being removed. */
	if (next != NULL) {
		(void)file_removal_run(next);
		file_removal_free(&next);
	}
}

/*
 * FILE_DELETE_ON_CLOSE when its open closes. Of a plain file that was there before, NTFS forgets it
 * when others opened the file meanwhile, unless one of those still open might delete it itself.
 */
static bool
delete_is_due(const struct open *o)
{
	const struct open *other;
	bool alone = true;

	if (o->created || o->node->directory)
		return true;
	TAILQ_FOREACH (other, &o->node->opens, link) {
		if (other == o)
			continue;
		if ((other->mode.access & ACCESS_DELETE) != 0)
			return true;
		alone = false;
	}
	return alone && !o->met_others;
}

struct file_removal *
file_close(struct open **op, struct disk_file **file, struct cred *cred)
{
	struct open *o = *op;
	struct node *n = o->node;
	struct file_removal *r;

	if (o->delete_on_close && delete_is_due(o))
		file_set_delete(o, true, cred);
	node_drop_locks(o);
	if (o->notify != NULL)
		notify_free(&o->notify);
	TAILQ_REMOVE(&n->opens, o, link);
	waiter_wake_all(&n->waiters, STATUS_SUCCESS);
	if (n->base != NULL)
		waiter_wake_all(&n->base->waiters, STATUS_SUCCESS);
	r = settle(n);
	*file = o->file;
	if (--o->position->opens == 0)
		free(o->position);
	free(o->path);
	free(o);
	*op = NULL;
	return r;
}

void
file_set_delete(struct open *o, bool on, struct cred *cred)
{
	struct open *other;

	node_set_delete(o->node, o->file->root, on ? o->path : NULL, cred);
	TAILQ_FOREACH (other, &o->node->opens, link) {
		if (on && other->notify != NULL)
			notify_deleted(other->notify);
	}
}

bool
file_directory_dying(const struct file_table *t, const struct disk_root *root, const char *path)
{
	const struct node *n;

	if (t->dying == 0)
		return false;
	for (n = t->nodes; n != NULL; n = n->hh.next) {
		if (n->directory && n->delete_pending && n->remove_root == root &&
		    name_casecmp(n->remove_path, path) == 0)
			return true;
	}
	return false;
}

bool
file_delete_pending(const struct open *o)
{
	const struct node *n = o->node;

	return n->delete_pending || (n->base != NULL && n->base->delete_pending);
}

const char *
file_path(const struct open *o)
{
	return o->path;
}

nt_status
file_may_remove(const struct file_table *t, const struct disk_id *id, const struct file_taker *by)
{
	const struct share_mode removing = { .access = ACCESS_DELETE, .share = by->share };
	const struct node *n = node_find(t, id), *base = node_find_file(t, id);
	const struct open *o;

	if (file_is_pending(t, id) || (base != NULL && base->kept > 0))
		return STATUS_DELETE_PENDING;
	if (n == NULL)
		return STATUS_SUCCESS;
	TAILQ_FOREACH (o, &n->opens, link) {
		if (o != by->own && !share_mode_compatible(&o->mode, &removing))
			return STATUS_SHARING_VIOLATION;
	}
	return file_streams_stay(t, id) ? STATUS_SHARING_VIOLATION : STATUS_SUCCESS;
}

/*
 * Is path the directory itself (rest ""), a stream of it (":...") or below it? NULL: neither; else
 * what follows the directory's name.
 */
static const char *
below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	if (strncmp(path, directory, n) != 0)
		return NULL;
	if (n == 0 || path[n] == '\0' || path[n] == '/' || path[n] == ':')
		return path + n;
	return NULL;
}

bool
file_opens_below(const struct file_table *t, const struct disk_root *root, const char *path,
    const struct open *own)
{
	const struct node *n;
	const struct open *o;
	const char *rest;

	for (n = t->nodes; n != NULL; n = n->hh.next) {
		TAILQ_FOREACH (o, &n->opens, link) {
			if (o == own || o->file->root != root)
				continue;
			rest = below(o->path, path);
			if (rest != NULL && *rest != '\0' && *rest != ':')
				return true;
		}
	}
	return false;
}

bool
file_batch_below(const struct file_table *t, const struct disk_root *root, const char *path,
    const struct disk_id **id)
{
	const struct node *n;
	const struct open *o;

	for (n = *id != NULL ? node_find(t, *id)->hh.next : t->nodes; n != NULL; n = n->hh.next) {
		TAILQ_FOREACH (o, &n->opens, link) {
			if (o->oplock.level != OPLOCK_BATCH || o->file->root != root ||
			    below(o->path, path) == NULL)
				continue;
			*id = &n->id;
			return true;
		}
	}
	return false;
}

static void
repath(char **path, const char *from, const char *to)
{
	const char *rest = below(*path, from);
	size_t n;
	char *moved;

	if (rest == NULL)
		return;
	n = strlen(to) + strlen(rest) + 1;
	moved = xcalloc(1, n);
	memcpy(moved, to, strlen(to));
	memcpy(moved + strlen(to), rest, strlen(rest));
	free(*path);
	*path = moved;
}

void
file_renamed(struct file_table *t, const struct disk_root *root, const char *from, const char *to)
{
	struct node *n;
	struct open *o;

	for (n = t->nodes; n != NULL; n = n->hh.next) {
		TAILQ_FOREACH (o, &n->opens, link) {
			if (o->file->root == root)
				repath(&o->path, from, to);
		}
		if (n->remove_path != NULL && n->remove_root == root)
			repath(&n->remove_path, from, to);
	}
}

const struct open_list *
file_opens(const struct file_table *t, const struct disk_id *id)
{
	const struct node *n = node_find(t, id);

	return n != NULL && !TAILQ_EMPTY(&n->opens) ? &n->opens : NULL;
}
