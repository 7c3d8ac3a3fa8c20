/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/posix_acl.h"

#include <errno.h>
#include <string.h>

#include "disk/xattr.h"
#include "wire/reader.h"

#define VERSION 2u

static void
from_mode(mode_t mode, struct posix_acl *out)
{
	out->count = 3;
	out->aces[0] = (struct posix_ace){ POSIX_USER_OBJ, mode >> 6 & 7, 0 };
	out->aces[1] = (struct posix_ace){ POSIX_GROUP_OBJ, mode >> 3 & 7, 0 };
	out->aces[2] = (struct posix_ace){ POSIX_OTHER, mode & 7, 0 };
}

static bool
decode(const void *value, size_t n, struct posix_acl *out)
{
	struct reader r;

	rd_init(&r, value, n);
	if (rd_u32(&r) != VERSION)
		return false;
	out->count = 0;
	while (rd_left(&r) >= 8 && out->count < POSIX_ACES_MAX) {
		struct posix_ace *ace = &out->aces[out->count++];

		ace->tag = rd_u16(&r);
		ace->perm = rd_u16(&r);
		ace->id = rd_u32(&r);
	}
	return out->count != 0;
}

void
posix_acl_read(int fd, const char *name, const struct statx *stx, struct posix_acl *out)
{
	unsigned char value[4 + 8 * POSIX_ACES_MAX];
	ssize_t n = xattr_get(fd, name, value, sizeof(value));

	out->count = 0;
	if (n > 0 && decode(value, (size_t)n, out))
		return;
	if (strcmp(name, POSIX_ACL_ACCESS) == 0)
		from_mode(stx->stx_mode, out);
}

static void
put16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void
put32(unsigned char *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

/* The kernel wants them by their tags, which is the order of these numbers. */
static size_t
encode(const struct posix_acl *acl, unsigned char *value)
{
	size_t n = 4;

	put32(value, VERSION);
	for (unsigned tag = POSIX_USER_OBJ; tag <= POSIX_OTHER; tag <<= 1) {
		for (unsigned i = 0; i < acl->count; i++) {
			const struct posix_ace *ace = &acl->aces[i];

			if (ace->tag != tag)
				continue;
			put16(value + n, ace->tag);
			put16(value + n + 2, ace->perm);
			put32(value + n + 4, ace->id);
			n += 8;
		}
	}
	return n;
}

int
posix_acl_write(int fd, const char *name, const struct posix_acl *acl)
{
	unsigned char value[4 + 8 * POSIX_ACES_MAX];

	if (acl->count == 0)
		return xattr_remove(fd, name) == 0 || errno == ENODATA ? 0 : -1;
	return xattr_set(fd, name, value, encode(acl, value), 0);
}

unsigned
posix_acl_effective(const struct posix_acl *acl, const struct posix_ace *ace)
{
	unsigned mask = 7;

	for (unsigned i = 0; i < acl->count; i++) {
		if (acl->aces[i].tag == POSIX_MASK)
			mask = acl->aces[i].perm;
	}
	if (ace->tag == POSIX_USER_OBJ || ace->tag == POSIX_OTHER)
		mask = 7;
	return ace->perm & mask;
}
