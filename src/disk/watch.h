/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_WATCH_H
#define DISK_WATCH_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "disk/root.h"

/*
 * What happens in directories, whoever does it: one inotify descriptor for the whole server. The
 * kernel tells that a file was modified, but of an attribute not which; a disk function that
 * changes one says what its own change means (watch_own_begin), and so the change is told once and
 * for what it is. Any thread may call.
 */
struct watch;

/* What a change may be, as clients ask for it: CompletionFilter ([MS-CIFS] 2.2.7.4.1). */
#define FILE_NOTIFY_CHANGE_FILE_NAME    0x00000001u
#define FILE_NOTIFY_CHANGE_DIR_NAME     0x00000002u
#define FILE_NOTIFY_CHANGE_ATTRIBUTES   0x00000004u
#define FILE_NOTIFY_CHANGE_SIZE         0x00000008u
#define FILE_NOTIFY_CHANGE_LAST_WRITE   0x00000010u
#define FILE_NOTIFY_CHANGE_LAST_ACCESS  0x00000020u
#define FILE_NOTIFY_CHANGE_CREATION     0x00000040u
#define FILE_NOTIFY_CHANGE_EA           0x00000080u
#define FILE_NOTIFY_CHANGE_SECURITY     0x00000100u
#define FILE_NOTIFY_CHANGE_STREAM_NAME  0x00000200u
#define FILE_NOTIFY_CHANGE_STREAM_SIZE  0x00000400u
#define FILE_NOTIFY_CHANGE_STREAM_WRITE 0x00000800u

/* Action ([MS-FSCC] 2.7.1) */
enum watch_action {
	FILE_ACTION_ADDED = 1,
	FILE_ACTION_REMOVED,
	FILE_ACTION_MODIFIED,
	FILE_ACTION_RENAMED_OLD_NAME,
	FILE_ACTION_RENAMED_NEW_NAME,
	FILE_ACTION_ADDED_STREAM,
	FILE_ACTION_REMOVED_STREAM,
	FILE_ACTION_MODIFIED_STREAM,
};

/*
 * As inotify(7) has them; names are those on disk. A change of ours, once it is done, is always
 * IN_ATTRIB; IN_MODIFY are writes, which go on until IN_CLOSE_WRITE, or do not.
 */
struct watch_event {
	STAILQ_ENTRY(watch_event) link;
	int wd;
	uint32_t mask, cookie;
	/* of IN_ATTRIB and IN_MODIFY, which otherwise say no more */
	uint32_t changed; /* FILE_NOTIFY_CHANGE_* */
	enum watch_action action;
	char name[]; /* of a stream: "file:stream" */
};

STAILQ_HEAD(watch_events, watch_event);

/* Where the kernel grants no inotify descriptor nothing ever happens. */
struct watch *watch_new(void);
void watch_free(struct watch **w);

/* To be polled for reading; -1 until the first watch. */
int watch_fd(const struct watch *w);

/*
 * Watches the directory behind fd (O_PATH will do), as who this thread acts for. The number is the
 * same for each descriptor of one directory. -1 with errno.
 */
int watch_add(struct watch *w, int fd);
void watch_remove(struct watch *w, int wd);

/* Has the directory been removed, as far as is known here? Does not block. */
bool watch_is_gone(int fd);

/*
 * Appends all that has happened until now; each is the caller's to free. IN_Q_OVERFLOW: more than
 * could be kept. IN_IGNORED: the kernel watches that directory no more.
 */
void watch_take(struct watch *w, struct watch_events *out);

/*
 * Around system calls that change the file behind fd: what they mean, once, whatever number of
 * events the kernel makes of it; 0 when it is part of something that is told anyway. Costs nothing
 * while nobody watches.
 */
struct watch_own {
	struct watch *watch; /* private, as all; NULL: nobody watches */
	LIST_ENTRY(watch_own) link;
	uint32_t changed;
	bool told;
	char parent[NAME_MAX + 1], name[NAME_MAX + 1];
	enum watch_action action;
	const char *stream; /* its name; NULL: the file itself is MODIFIED */
};
void watch_own_begin(const struct disk_root *root, int fd, uint32_t changed, struct watch_own *o);
void watch_stream_begin(const struct disk_root *root, int fd, const char *stream,
    enum watch_action action, struct watch_own *o);
void watch_own_end(struct watch_own *o);

#endif
