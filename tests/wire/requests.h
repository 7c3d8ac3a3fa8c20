/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_REQUESTS_H
#define TESTS_WIRE_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

#include "client.h"

/* What a command asks for, and so which refusals it must make. */
#define NEEDS_UID  0x01u
#define NEEDS_TID  0x02u
#define NEEDS_DISK 0x04u /* refused on IPC$ */
#define NEEDS_FID  0x08u
#define CHANGES    0x10u  /* refused on a read-only share */
#define SILENT     0x20u  /* has no reply of its own */
#define NO_CUT     0x40u  /* some shorter message is a request as well */
#define BARE       0x100u /* answers without a header: errors are all alike */
#define BY_HANDLE  0x80u  /* a UID or TID that is none makes the FID none, as on Windows */
#define DISK_FID   (NEEDS_UID | NEEDS_TID | NEEDS_FID)
#define ON_DISK    (NEEDS_UID | NEEDS_TID | NEEDS_DISK)

/*
 * One good request per command, subcommand and level. It finds a share with file.txt (ten
 * digits, open as fid where NEEDS_FID), victim.txt, folder/ with inner.txt, and empty/.
 */
struct request_row {
	const char *name;
	unsigned flags;
	void (*build)(struct client *c, uint16_t fid);
	uint8_t word_count; /* of the reply */
	uint16_t level;     /* for the builders of several rows */
};

extern const struct request_row request_rows[];
extern const size_t request_row_count;

/* The row being built. */
extern const struct request_row *request_row;

/* Builders of requests_io.c. */
void read_file(struct client *c, uint16_t fid);
void write_file(struct client *c, uint16_t fid);
void lock_and_read(struct client *c, uint16_t fid);
void write_and_unlock(struct client *c, uint16_t fid);
void write_and_close(struct client *c, uint16_t fid);
void read_raw(struct client *c, uint16_t fid);
void write_raw(struct client *c, uint16_t fid);
void read_andx(struct client *c, uint16_t fid);
void write_andx(struct client *c, uint16_t fid);
void lock_byte_range(struct client *c, uint16_t fid);
void unlock_byte_range(struct client *c, uint16_t fid);
void locking_andx(struct client *c, uint16_t fid);

/* Builders of requests_fsctl.c. */
void fsctl(struct client *c, uint16_t fid);
void nt_transact_rename(struct client *c, uint16_t fid);

/* Builds row i in c->out. */
void request_build(size_t i, struct client *c, uint16_t fid);

#endif
