/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/spelling.h"
#include "file/notify_private.h"

#define REAP_AT_ONCE 256

static bool
same_cred(const struct cred *a, const struct cred *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->uid == b->uid && a->gid == b->gid && a->ngroups == b->ngroups &&
	    memcmp(a->groups, b->groups, a->ngroups * sizeof(a->groups[0])) == 0;
}

struct view *
view_get(struct notify_table *t, struct disk_root *root, struct cred *cred)
{
	struct view *v;

	LIST_FOREACH (v, &t->views, link) {
		if (v->root == root && same_cred(v->cred, cred)) {
			v->refs++;
			return v;
		}
	}
	v = xcalloc(1, sizeof(*v));
	v->table = t;
	v->root = disk_root_ref(root);
	v->cred = cred != NULL ? cred_ref(cred) : NULL;
	v->refs = 1;
	LIST_INSERT_HEAD(&t->views, v, link);
	return v;
}

void
view_unref(struct view **vp)
{
	struct view *v = *vp;

	*vp = NULL;
	if (--v->refs > 0)
		return;
	LIST_REMOVE(v, link);
	disk_root_unref(&v->root);
	if (v->cred != NULL)
		cred_unref(&v->cred);
	free(v);
}

struct dir *
dir_find(const struct view *v, int wd)
{
	struct dir *d;

	HASH_FIND_INT(v->table->dirs, &wd, d);
	while (d != NULL && d->view != v)
		d = d->same;
	return d;
}

static struct dir *
dir_new(struct view *v, int wd)
{
	struct notify_table *t = v->table;
	struct dir *d = xcalloc(1, sizeof(*d)), *first;

	d->wd = wd;
	d->view = v;
	v->refs++;
	LIST_INIT(&d->children);
	LIST_INIT(&d->notifies);
	HASH_FIND_INT(t->dirs, &wd, first);
	if (first != NULL) {
		d->same = first->same;
		first->same = d;
	} else {
		HASH_ADD_INT(t->dirs, wd, d);
	}
	t->ndirs++;
	return d;
}

struct dir *
dir_get(struct view *v, int wd)
{
	struct dir *d = dir_find(v, wd);

	if (d == NULL)
		return dir_new(v, wd);
	if (d->doomed) {
		d->doomed = false;
		TAILQ_REMOVE(&v->table->doomed, d, doom);
	}
	return d;
}

/* True when it was the last one of its number. */
static bool
unhash(struct notify_table *t, struct dir *d)
{
	struct dir *first;

	HASH_FIND_INT(t->dirs, &d->wd, first);
	if (first != d) {
		while (first->same != d)
			first = first->same;
		first->same = d->same;
		return false;
	}
	HASH_DEL(t->dirs, d);
	if (d->same == NULL)
		return true;
	first = d->same;
	HASH_ADD_INT(t->dirs, wd, first);
	return false;
}

/* True when nobody watches that directory any more. */
static bool
dir_free(struct dir *d)
{
	struct notify_table *t = d->view->table;
	bool last = unhash(t, d);

	if (d->doomed)
		TAILQ_REMOVE(&t->doomed, d, doom);
	t->ndirs--;
	view_unref(&d->view);
	free(d->name);
	free(d);
	return last;
}

static void
unlink_parent(struct dir *d)
{
	if (d->parent != NULL)
		LIST_REMOVE(d, sibling);
	d->parent = NULL;
	free(d->name);
	d->name = NULL;
}

void
dir_move(struct dir *d, struct dir *parent, const char *name)
{
	const struct dir *up;

	for (up = parent; up != NULL; up = up->parent) {
		if (up == d)
			return;
	}
	unlink_parent(d);
	if (parent == NULL)
		return;
	d->parent = parent;
	d->name = xstrdup(name);
	LIST_INSERT_HEAD(&parent->children, d, sibling);
}

struct notify *
dir_covered(const struct dir *d)
{
	struct notify *n;

	for (; d != NULL; d = d->parent) {
		if (d->trees == 0)
			continue;
		LIST_FOREACH (n, &d->notifies, in_dir) {
			if (n->tree)
				return n;
		}
	}
	return NULL;
}

struct dir *
dir_child(const struct dir *d, const char *name)
{
	struct dir *c;

	LIST_FOREACH (c, &d->children, sibling) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

void
dir_prune(struct dir *d)
{
	struct notify_table *t = d->view->table;
	struct dir *c;

	if (dir_covered(d) != NULL)
		return;
	while ((c = LIST_FIRST(&d->children)) != NULL) {
		unlink_parent(c);
		dir_prune(c);
	}
	if (!LIST_EMPTY(&d->notifies) || d->doomed)
		return;
	unlink_parent(d);
	d->doomed = true;
	TAILQ_INSERT_TAIL(&t->doomed, d, doom);
}

void
dir_attach(struct notify *n)
{
	LIST_INSERT_HEAD(&n->dir->notifies, n, in_dir);
	n->dir->trees += n->tree;
}

void
dir_detach(struct notify *n)
{
	struct dir *d = n->dir;

	n->dir = NULL;
	if (d == NULL)
		return;
	LIST_REMOVE(n, in_dir);
	d->trees -= n->tree;
	dir_prune(d);
}

void
dirs_gone(struct notify_table *t, int wd)
{
	struct notify *n;
	struct dir *d, *c;

	for (;;) {
		HASH_FIND_INT(t->dirs, &wd, d);
		if (d == NULL)
			return;
		while ((n = LIST_FIRST(&d->notifies)) != NULL) {
			LIST_REMOVE(n, in_dir);
			n->dir = NULL;
		}
		d->trees = 0;
		while ((c = LIST_FIRST(&d->children)) != NULL) {
			unlink_parent(c);
			dir_prune(c);
		}
		unlink_parent(d);
		(void)dir_free(d);
	}
}

bool
dirs_reap(struct notify_table *t)
{
	struct dir *d;
	int wd, i;

	/* A scan may have found again what is doomed, and not told yet. */
	if (t->scans > 0)
		return false;
	for (i = 0; i < REAP_AT_ONCE && (d = TAILQ_FIRST(&t->doomed)) != NULL; i++) {
		wd = d->wd;
		if (dir_free(d))
			watch_remove(t->watch, wd);
	}
	return !TAILQ_EMPTY(&t->doomed);
}

/* Writes part before *at, which moves down; false when there is no room. */
static bool
put_before(char *out, size_t *at, const char *part, size_t n, char separator)
{
	if (n + 1 > *at)
		return false;
	if (separator != '\0')
		out[--*at] = separator;
	*at -= n;
	memcpy(out + *at, part, n);
	return true;
}

bool
dir_disk_path(const struct dir *d, const struct dir *top, const char *name, char *out)
{
	size_t at = PATH_MAX - 1;
	bool fits = put_before(out, &at, name, strlen(name), '\0');

	out[PATH_MAX - 1] = '\0';
	for (; fits && d != top; d = d->parent)
		fits = put_before(out, &at, d->name, strlen(d->name), '/');
	if (fits)
		memmove(out, out + at, PATH_MAX - at);
	return fits;
}

/* The stream of a file is no part of its name. */
static size_t
spell(const char *name, char out[2 * SPELLING_MAX], bool stream)
{
	const char *colon = stream ? strrchr(name, ':') : NULL;
	char file[NAME_MAX + 1];
	size_t n;

	if (colon == NULL || colon - name > NAME_MAX)
		return spelling_from_disk(name, out);
	memcpy(file, name, (size_t)(colon - name));
	file[colon - name] = '\0';
	n = spelling_from_disk(file, out);
	if (strlen(colon) >= SPELLING_MAX)
		return n;
	memcpy(out + n, colon, strlen(colon) + 1);
	return n + strlen(colon);
}

bool
dir_client_path(
    const struct dir *d, const struct dir *top, const char *name, bool stream, char *out)
{
	char part[2 * SPELLING_MAX];
	size_t at = CLIENT_PATH_MAX - 1, n = spell(name, part, stream);
	bool fits = put_before(out, &at, part, n, '\0');

	out[CLIENT_PATH_MAX - 1] = '\0';
	for (; fits && d != top; d = d->parent) {
		n = spelling_from_disk(d->name, part);
		fits = put_before(out, &at, part, n, '\\');
	}
	if (fits)
		memmove(out, out + at, CLIENT_PATH_MAX - at);
	return fits;
}
