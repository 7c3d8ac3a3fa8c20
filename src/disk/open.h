/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_OPEN_H
#define DISK_OPEN_H

#include "disk/root.h"

/*
 * An open descriptor on a file or directory. The descriptor is used from then on, never the
 * name again; names change, it does not. Immutable but for the descriptor; calls on it from several
 * threads are fine.
 */
struct stream;

struct disk_file {
	int fd;         /* of a stream: the file it belongs to */
	bool path_only; /* O_PATH: attributes alone */
	bool readable, writable;
	bool directory;
	bool dot_name; /* opened by a name that begins with a dot */
	struct disk_id id;
	struct disk_root *root;  /* counted */
	struct stream *stream;   /* the content is that of a stream, see disk/stream.h; or NULL */
	const struct cred *cred; /* with stream: whoever opened it, who keeps it that long */
};

#define DISK_READ  0x1
#define DISK_WRITE 0x2 /* neither: an O_PATH descriptor, for attributes, rename, delete */

enum disk_create {
	DISK_OPEN,    /* must exist */
	DISK_CREATE,  /* must not: OBJECT_NAME_COLLISION */
	DISK_OPEN_IF, /* either */
};

enum disk_type { DISK_ANY, DISK_FILE, DISK_DIRECTORY };

struct disk_open {
	const char *path;
	unsigned access; /* DISK_READ | DISK_WRITE */
	enum disk_create create;
	enum disk_type type; /* FILE_IS_A_DIRECTORY, NOT_A_DIRECTORY when it is the other; DISK_ANY
				creates a file */
	bool has_mode; /* mode: the permissions of a new file, as the create mask leaves them */
	mode_t mode;
	uint32_t attributes; /* of a new file; ARCHIVE is added to files; READONLY does not hinder
				this open */
	bool optional_write; /* DISK_WRITE only if it may be had; else the open goes on without */
	/* Rights, without generic bits ([MS-FSA] 2.1.5.1.2). MAXIMUM_ALLOWED adds to access. */
	uint32_t wanted;
	uint32_t implied; /* must be allowed too, but is not granted */
	uint32_t may_go;  /* of wanted: left out where it is not allowed */
	/* the caller has just made this: all that is wanted is granted, and nothing else opened
	 * that has its name now (OBJECT_NAME_NOT_FOUND); or NULL */
	const struct disk_id *made;
	bool tell_maximal; /* fill in maximal */
	/* results */
	struct disk_file *file; /* yours: disk_close */
	struct disk_stat stat;
	char *real; /* the path as spelled on disk, in the arena */
	uint32_t granted, maximal;
	bool created;
};

/*
 * Opens or creates without truncating; of a path with a stream (disk/stream.h), that and the file
 * it belongs to. Anything but regular files and directories is ACCESS_DENIED
 * and not opened. Writing a file with the READONLY attribute is ACCESS_DENIED, unless created here;
 * on a read-only disk any creating or writing is ACCESS_DENIED (optional_write: dropped).
 */
nt_status disk_open(const struct disk *d, struct arena *a, struct disk_open *o);
void disk_close(struct disk_file **f);

/* Attributes are read with d's credentials, as all names and attributes are. */
nt_status disk_file_stat(const struct disk *d, const struct disk_file *f, struct disk_stat *out);

#endif
