/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/streams.h"

#include <stdlib.h>

#include "base/arena.h"
#include "file/node_private.h"

bool
file_is_open(const struct file_table *t, const struct disk_id *id)
{
	const struct node *n = node_find(t, id), *stream;

	if (n == NULL)
		return false;
	TAILQ_FOREACH (stream, &n->streams, sibling) {
		if (!TAILQ_EMPTY(&stream->opens))
			return true;
	}
	return !TAILQ_EMPTY(&n->opens);
}

bool
file_streams_stay(const struct file_table *t, const struct disk_id *id)
{
	static const struct share_mode removing = { .access = ACCESS_DELETE,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };
	const struct node *n = node_find(t, id), *stream;
	const struct open *o;

	if (n == NULL)
		return false;
	TAILQ_FOREACH (stream, &n->streams, sibling) {
		TAILQ_FOREACH (o, &stream->opens, link) {
			if (!share_mode_compatible(&o->mode, &removing))
				return true;
		}
	}
	return false;
}

bool
file_goes_later(const struct file_table *t, const struct disk_id *id)
{
	const struct node *n = node_find(t, id);

	return n != NULL && !n->removing && n->kept == 0;
}

bool
file_delete_later(struct file_table *t, const struct file_name *name)
{
	struct node *n = node_find(t, &name->id);

	if (!file_goes_later(t, &name->id))
		return false;
	n->directory = name->directory;
	node_set_delete(n, name->root, name->path, name->cred);
	return true;
}

static void
rename_opens(struct node *n, const struct disk_id *id, const char *path)
{
	struct open *o;

	TAILQ_FOREACH (o, &n->opens, link) {
		/* The rest is the same, and jobs may be reading it. */
		o->file->id.stream = id->stream;
		free(o->path);
		o->path = xstrdup(path);
	}
}

/* Whoever waited there asks again. */
static void
become_base(struct node *n)
{
	struct node *base = n->base;
	struct open *o;

	TAILQ_FOREACH (o, &n->opens, link)
		o->node = base;
	TAILQ_CONCAT(&base->opens, &n->opens, link);
	node_move_locks(n, base);
	node_free(n);
}

void
file_stream_renamed(
    struct file_table *t, const struct disk_id *from, const struct disk_id *to, const char *path)
{
	struct node *n = node_find(t, from);

	/* What is being removed has no opens, and its node is the removal's. */
	if (n == NULL || n->base == NULL || n->removing)
		return;
	rename_opens(n, to, path);
	if (to->stream == 0) {
		become_base(n);
	} else if (node_find(t, to) == NULL) {
		node_set_id(n, to);
	}
}
