/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_ROOT_H
#define DISK_ROOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/ntime.h"
#include "base/status.h"

struct arena;
struct cred;
struct pace;
struct watch;

/*
 * The directory behind a share: its descriptor, its name cache, its options. Counted, from any
 * thread.
 */
struct disk_root;

struct disk_options {
	bool read_only;            /* nothing is ever changed below this root */
	bool follow_symlinks;      /* those that stay beneath it; else links do not exist */
	bool store_dos_attributes; /* in user.DOSATTRIB; else from mode bits alone */
	bool hide_dot_files;       /* they carry the hidden attribute */
	bool hide_unreadable, hide_unwriteable_files; /* from who may not read, or write, them */
	bool ea_support;                              /* clients may keep extended attributes */
	bool nt_acls;                                 /* security descriptors are kept and obeyed */
	bool trusted_acls; /* in security.NTACL alone, else in user.NTACL */
	mode_t create_mask, directory_mask;
	uint32_t max_mib;              /* what a disk seems to hold at most; 0: what it does */
	bool quotas;                   /* clients may have the kernel's quotas */
	bool named_streams;            /* where the file system has extended attributes */
	struct watch *watch;           /* learns what changes made here mean; may be NULL */
	const char *snap_dir;          /* where snapshots are, below the root; NULL or "": none */
	const char *snap_format;       /* their names, see snapshot_time */
	bool snap_local;               /* ... in local time */
	bool dfs_root;                 /* it may hold links to other servers, see disk/dfs.h */
	const char *dfs_proxy;         /* their targets where all of it is one; NULL or "" */
	const char *const *dfs_links;  /* "name=\\server\\share", NULL-terminated; NULL: none */
	const char *const *veto_files; /* NULL-terminated; NULL: none. What matches does not exist,
					  nor can be made */
};

/* NULL with errno. Takes the descriptor as the process is, before it gives up its rights. */
struct disk_root *disk_root_open(const char *path, const struct disk_options *options);
struct disk_root *disk_root_ref(struct disk_root *root);
void disk_root_unref(struct disk_root **root);
struct pace *disk_root_pace(struct disk_root *root);

/*
 * What every call on names acts on, and as whom. Paths are UTF-8 as clients see them, relative
 * to the root, parts separated by '/', "" the root itself; no part is empty, "." or ".." (the
 * caller's check). They are looked up without regard to case, but for exact. With nowait a call
 * that might block returns STATUS_CANT_WAIT having changed nothing.
 */
struct disk {
	struct disk_root *root;
	const struct cred *cred;
	bool nowait;
	bool read_only; /* this user's, beside the root's own */
	bool guest;     /* nobody who has shown who he is */
	bool admin;     /* above security descriptors: may read, restore and take what he wants */
	bool granted;   /* an open file gave the right before: descriptors are not asked again */
	bool exact;     /* names are what they are spelled like, and nothing else */
	bool links;     /* a path's last part may be a symbolic link, which is not followed */
};

/* Identity of a file on disk, or of a stream of it, for the table of nodes. */
struct disk_id {
	dev_t dev;
	ino_t ino;
	uint64_t stream; /* disk_stream_number; 0: the file itself */
};

/* FILE_ATTRIBUTE_* as on the wire ([MS-FSCC] 2.6) */
#define FILE_ATTRIBUTE_READONLY            0x00000001u
#define FILE_ATTRIBUTE_HIDDEN              0x00000002u
#define FILE_ATTRIBUTE_SYSTEM              0x00000004u
#define FILE_ATTRIBUTE_VOLUME              0x00000008u
#define FILE_ATTRIBUTE_DIRECTORY           0x00000010u
#define FILE_ATTRIBUTE_ARCHIVE             0x00000020u
#define FILE_ATTRIBUTE_NORMAL              0x00000080u
#define FILE_ATTRIBUTE_TEMPORARY           0x00000100u
#define FILE_ATTRIBUTE_SPARSE_FILE         0x00000200u
#define FILE_ATTRIBUTE_REPARSE_POINT       0x00000400u
#define FILE_ATTRIBUTE_COMPRESSED          0x00000800u
#define FILE_ATTRIBUTE_OFFLINE             0x00001000u
#define FILE_ATTRIBUTE_NOT_CONTENT_INDEXED 0x00002000u
#define FILE_ATTRIBUTE_ENCRYPTED           0x00004000u

struct disk_stat {
	struct disk_id id;
	uint32_t attributes; /* never 0: NORMAL when nothing else; DIRECTORY included */
	ntime created, accessed, written, changed;
	uint64_t size,
	    allocated;  /* bytes; 0 for directories; of a symbolic link that of its text */
	uint32_t links; /* 1 for directories */
	uint32_t names; /* as the kernel counts them, for directories too */
	mode_t mode;
	dev_t device; /* that it stands for; of what is no device, that it is on */
	uid_t uid;
	gid_t gid;
	bool directory;
	bool no_eas; /* known to have none */
};

struct disk_fs {
	uint64_t blocks, free, available; /* of block_size bytes; available: to this user */
	uint64_t files, free_files;
	uint32_t block_size;
	uint64_t id;     /* stable for this file system */
	uint32_t serial; /* the same, shorter */
	uint32_t name_max;
	bool named_streams;
	bool sparse;      /* the attribute is kept */
	bool compression; /* files may be compressed */
};

nt_status disk_fs_stat(const struct disk *d, struct disk_fs *out);

/*
 * errno as a status; the only such mapping. Lookup says PATH_NOT_FOUND itself where a directory
 * on the way is missing.
 */
nt_status disk_status(int error);

#endif
