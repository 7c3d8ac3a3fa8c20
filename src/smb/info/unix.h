/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_UNIX_H
#define SMB_INFO_UNIX_H

#include <stdbool.h>
#include <stddef.h>

#include "disk/root.h"
#include "disk/unix.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* The levels of the CIFS UNIX extensions (SNIA CIFS Technical Reference 1.0, and what Samba and the
 * Linux client have added to it). */

struct request;

/* Are they there for this client? Without them their levels are INVALID_LEVEL. */
bool unix_on(const struct request *req);

#define UNIX_BASIC 0x0200
#define UNIX_INFO2 0x020B

#define UNIX_BASIC_LEN 100u
#define UNIX_INFO2_LEN 116u

/* UNIX_BASIC, and UNIX_INFO2, which is longer. */
void unix_put_basic(struct writer *w, const struct disk_stat *st);
void unix_put_info2(struct writer *w, const struct disk_stat *st);

/* POSIX_ACL of both lists; its bytes. */
size_t unix_acls_len(const struct disk_unix *u);
void unix_put_acls(struct writer *w, const struct disk_unix *u);

/* What SET_FILE_INFORMATION of these levels asks for. */
struct unix_set {
	struct disk_unix_change change;
	uint32_t type; /* UNIX_TYPE_* */
};

enum {
	UNIX_TYPE_FILE,
	UNIX_TYPE_DIR,
	UNIX_TYPE_SYMLINK,
	UNIX_TYPE_CHARDEV,
	UNIX_TYPE_BLKDEV,
	UNIX_TYPE_FIFO,
	UNIX_TYPE_SOCKET,
};

/* Leave the reader bad when the data are too short. INVALID_PARAMETER: numbers that nobody has,
 * flags that are not kept. */
nt_status unix_read_basic(struct reader *r, struct unix_set *out);
nt_status unix_read_info2(struct reader *r, struct unix_set *out);

/* Both lists, in the reader's arena. INVALID_PARAMETER: of another version, or none. */
nt_status unix_read_acls(struct reader *r, struct disk_unix_acls *out);

#endif
