/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_TIMES_H
#define FILE_TIMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ntime.h"
#include "disk/open.h"

struct cred;
struct file_table;
struct open;

/*
 * The write time that clients see. Windows shows the first write through a handle two seconds
 * later, further ones when the handle closes; a change of size and a flush show at once. A time
 * that a client set stays, whatever it writes through that handle afterwards. The disk's time is
 * never behind, so what is told instead is kept here, with the node, while the file is open:
 *
 *   the disk's --file_written--> held --2 s, flush, resize, close of who wrote--> the disk's
 *   any --file_time_set--> set --close of who wrote, resize, without having set it--> the disk's
 *
 * Reactor thread only, but for file_before_read and file_settle_run.
 */

/* What was seen before a write, for the case that it is to be seen on. */
struct file_before {
	bool wanted;
	ntime written, changed;
};

/* Around each write through o; file_before_read in the job, before the disk changes. */
void file_before_write(struct open *o, struct file_before *b);
void file_before_resize(struct open *o, struct file_before *b);
void file_before_read(const struct disk_file *f, struct file_before *b);
void file_written(struct open *o, const struct file_before *b);
void file_resized(struct open *o, const struct file_before *b);
void file_flushed(struct open *o);

/*
 * A client has set attributes and times through o, t the write time: 0 leaves it, NTIME_LEAVE keeps
 * it from what is written through o from now on, NTIME_RESUME ends that ([MS-FSCC] 2.4.7). b: from
 * file_before_resize, for NTIME_LEAVE.
 */
void file_time_set(struct open *o, ntime t);

/* The same by name; 0 and the other two do nothing. */
void file_time_set_by_name(struct file_table *t, const struct disk_id *id, ntime written);

/*
 * A client has set the change time, which the disk does not keep: it is told until the disk has
 * another one than real, or until too many others were set.
 */
void file_changed_set(struct file_table *t, const struct disk_id *id, ntime told, ntime real);

/* Space a client has asked for: seen while the file is open, until it is resized. */
void file_reserved(struct open *o, uint64_t bytes);

/* Puts what is told instead into what the disk says. */
void file_seen(const struct file_table *t, struct disk_stat *st);

/* What closing leaves to do to the file. */
struct file_settle {
	ntime written; /* 0: leave */
	bool archive;
};

/* Of an open that closes, before file_close. False: nothing. */
bool file_settle(struct open *o, struct file_settle *s);
void file_settle_run(
    const struct disk_file *f, const struct cred *cred, const struct file_settle *s);

/* For tests: another clock, in milliseconds. */
void file_table_clock(struct file_table *t, uint64_t (*now_ms)(void));

#endif
