/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_RENAME_NAMES_H
#define SMB_RENAME_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/name.h"
#include "server/request.h"

struct open;

/* One file or directory changing its name, however it was asked for. In the arena. */
struct rename {
	/* asked; paths as request_path gives them */
	const char *from, *to;
	bool replace;
	const struct open *own; /* it is renamed through this open, or NULL */
	bool search;            /* heed SearchAttributes */
	uint16_t attributes;
	/* private */
	struct disk_stat source, target;
	bool target_exists;
	char *real; /* of from */
	struct disk_rename disk;
	request_done_fn *done;
	void *arg;
};

/*
 * Renames, then calls done. NO_SUCH_FILE when the attributes hide it; SHARING_VIOLATION when
 * somebody does not share deletion; ACCESS_DENIED for a directory with open files below, and when
 * what is to be replaced is open.
 */
nt_status rename_run(struct request *req, struct rename *r, request_done_fn *done, void *arg);

/* The same for a stream, in rename_stream.c; done and arg are set. */
nt_status rename_stream(struct request *req, struct rename *r);

/* Without a handle the file is opened to be renamed, and that open does not share deletion. */
struct file_table;
bool rename_is_held(const struct file_table *files, const struct disk_id *id);

/* The new name a pattern makes of an old one: '?' stands for the character at its place, '*' for
 * the rest. */
const char *rename_expand(struct arena *a, const char *pattern, const char *name);

#endif
