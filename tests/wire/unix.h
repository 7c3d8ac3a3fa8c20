/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_UNIX_H
#define TESTS_WIRE_UNIX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/ntime.h"
#include "client.h"
#include "server.h"

/* What the tests of the UNIX extensions share. */

#define FIND_FIRST2 0x01
#define QUERY_FS    0x03
#define SET_FS      0x04
#define QUERY_PATH  0x05
#define SET_PATH    0x06
#define QUERY_FILE  0x07
#define SET_FILE    0x08

#define CIFS_UNIX    0x0200
#define UNIX_BASIC   0x0200
#define UNIX_LINK    0x0201
#define UNIX_HLINK   0x0203
#define POSIX_ACL    0x0204
#define POSIX_LOCK   0x0208
#define POSIX_OPEN   0x0209
#define POSIX_UNLINK 0x020A
#define UNIX_INFO2   0x020B

#define POSIX_PATHS 0x10u
#define SAME        UINT64_MAX

extern struct server server;
extern struct client *c;
extern struct trans2 t; /* the last */

/* The fixture: a client that has chosen POSIX names. */
void unix_begin(void);
void unix_end(void);

/* Ends what was begun with t; status. room: MaxDataCount, 0: plenty. */
nt_status unix_call(size_t room);

nt_status choose(uint64_t caps);
nt_status query_path(const char *path, uint16_t level);
nt_status query_file(uint16_t fid, uint16_t level);
nt_status set_path(const char *path, uint16_t level, const void *data, size_t n);
nt_status set_file(uint16_t fid, uint16_t level, const void *data, size_t n);

/* set_path with a string as data. */
nt_status set_text(const char *path, uint16_t level, const char *text);

/* UNIX_INFO2 that changes nothing, whose first 100 bytes are UNIX_BASIC. */
struct basic {
	uint64_t size, accessed, written, uid, gid;
	uint32_t type;
	uint64_t mode;
	uint32_t flags, mask;
};
extern const struct basic nothing;
nt_status set_basic(const char *path, uint16_t level, const struct basic *b);

/* POSIX_OPEN; the FID in *fid, which stays in t.got_data in front of the rest. */
nt_status posix_open(const char *path, uint32_t flags, uint32_t mode, uint16_t *fid);
nt_status posix_unlink(const char *path, uint16_t type);

#define O_R     0x01u
#define O_W     0x02u
#define O_RW    0x04u
#define O_MAKE  0x10u
#define O_ALONE 0x20u
#define O_EMPTY 0x40u
#define O_DIR   0x200u
#define O_STAY  0x400u

/* On disk, below the share. */
const char *disk_path(const char *name);
void disk_symlink(const char *text, const char *name);

struct stat on_disk(const char *name);

/* By POSIX_OPEN, to read and write. */
uint16_t open_file(const char *path);
void close_file(uint16_t fid);

/* r has the 100 bytes of UNIX_BASIC. */
void expect_basic(struct reader *r, const struct stat *st, uint32_t type);

/* A POSIX_ACL's head and entries, their bytes. */
size_t put_acl(uint8_t *p, uint16_t version, uint16_t own, uint16_t for_new);
size_t put_ace(uint8_t *p, uint8_t tag, uint8_t perm, uint64_t id);

#define READ_DATA 0x00000001u
#define OPEN      1
#define HIDDEN    0x80u /* of the flags of UNIX_INFO2 */

int unix_main(const char *name, void (*add)(void *suite));

#endif
