/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/ntacl.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/arena.h"
#include "disk/posix_acl.h"
#include "wire/frame.h"
#include "wire/reader.h"
#include "wire/writer.h"

#define VERSION         4
#define HASH_SHA256     1
#define DESCRIPTION     "posix_acl"
#define POINTER         0x00020000u /* what NDR writes where there is something */
#define DESCRIPTION_MAX 256u
#define SPECIAL_BITS    07000u
#define POSIX_SIDE_MAX  (64u + 2u * (16u + 24u * POSIX_ACES_MAX))

static uint16_t
samba_tag(uint16_t tag)
{
	switch (tag) {
	case POSIX_USER:
		return 1;
	case POSIX_USER_OBJ:
		return 2;
	case POSIX_GROUP:
		return 3;
	case POSIX_GROUP_OBJ:
		return 4;
	case POSIX_OTHER:
		return 5;
	default:
		return 6;
	}
}

static void
put_posix_acl(struct writer *w, const struct posix_acl *acl)
{
	wr_align(w, 4, 0);
	wr_u32(w, acl->count);
	wr_align(w, 8, 0);
	wr_u32(w, acl->count);
	wr_u32(w, 0);
	for (unsigned i = 0; i < acl->count; i++) {
		const struct posix_ace *ace = &acl->aces[i];

		wr_align(w, 8, 0);
		wr_u16(w, samba_tag(ace->tag));
		wr_u16(w, samba_tag(ace->tag));
		if (ace->tag == POSIX_USER || ace->tag == POSIX_GROUP) {
			wr_align(w, 8, 0);
			wr_u64(w, ace->id);
		}
		wr_u32(w, ace->perm);
		wr_align(w, 8, 0);
	}
}

bool
ntacl_hash(int fd, const struct statx *stx, uint8_t out[NTACL_HASH])
{
	struct posix_acl acl;
	struct writer w;
	bool ok;

	memset(out, 0, NTACL_HASH);
	wr_init(&w, POSIX_SIDE_MAX);
	wr_u32(&w, POINTER);
	wr_u32(&w, S_ISDIR(stx->stx_mode) ? POINTER + 4 : 0);
	wr_u64(&w, stx->stx_uid);
	wr_u64(&w, stx->stx_gid);
	wr_u32(&w, stx->stx_mode);
	posix_acl_read(fd, POSIX_ACL_ACCESS, stx, &acl);
	put_posix_acl(&w, &acl);
	if (S_ISDIR(stx->stx_mode)) {
		posix_acl_read(fd, POSIX_ACL_DEFAULT, stx, &acl);
		put_posix_acl(&w, &acl);
	}
	ok = !w.full && EVP_Digest(w.frame->smb, w.pos, out, NULL, EVP_sha256(), NULL) == 1;
	wr_clear(&w);
	return ok;
}

/*
 * Special bits may have changed: they say nothing of who may do what. The kernel takes some away by
 * itself when a file is written, and what Samba compares instead does not have them.
 */
static bool
posix_side_is(const uint8_t *stored, const struct ntacl_file *file)
{
	struct statx stx;
	uint8_t now[NTACL_HASH];

	if (file == NULL)
		return true;
	stx = *file->stx;
	for (unsigned i = 0; i <= SPECIAL_BITS >> 9; i++) {
		stx.stx_mode = (uint16_t)(file->stx->stx_mode ^ i << 9);
		if (ntacl_hash(file->fd, &stx, now) && memcmp(now, stored, sizeof(now)) == 0)
			return true;
	}
	return false;
}

static void
skip_description(struct reader *r)
{
	for (unsigned n = 0; rd_ok(r) && n < DESCRIPTION_MAX; n++) {
		if (rd_u8(r) == 0)
			return;
	}
	r->bad = true;
}

/* Leaves the reader at the descriptor; *hash gets that of the POSIX side, if there is one. */
static void
read_front(struct reader *r, const uint8_t **hash)
{
	uint16_t version = rd_u16(r);
	uint16_t again = rd_u16(r);
	bool has_descriptor = rd_u32(r) != 0;

	*hash = NULL;
	if (version != again || version < 1 || version > VERSION || !has_descriptor)
		r->bad = true;
	if (version >= 2 && rd_u32(r) == 0)
		r->bad = true;
	if (version == 2)
		rd_skip(r, 16);
	if (version >= 3)
		rd_skip(r, 2 + NTACL_HASH);
	if (version == 4) {
		skip_description(r);
		rd_align(r, 4);
		rd_skip(r, 8);
		*hash = rd_bytes(r, NTACL_HASH);
	}
	rd_align(r, 4);
}

enum ntacl
ntacl_decode(
    struct arena *a, const struct ntacl_value *v, const struct ntacl_file *file, struct sd *out)
{
	const uint8_t *hash;
	struct reader r;

	rd_init(&r, v->p, v->n);
	read_front(&r, &hash);
	if (!rd_ok(&r) || !sd_decode_stored(a, &r, out))
		return NTACL_BAD;
	return hash == NULL || posix_side_is(hash, file) ? NTACL_VALID : NTACL_STALE;
}

struct ntacl_value
ntacl_encode(struct arena *a, const struct sd *sd, const uint8_t hash[NTACL_HASH])
{
	struct ntacl_value v;
	struct writer w;

	wr_init(&w, NTACL_MAX);
	wr_u16(&w, VERSION);
	wr_u16(&w, VERSION);
	wr_u32(&w, POINTER);
	wr_u32(&w, POINTER + 4);
	wr_u16(&w, HASH_SHA256);
	wr_zero(&w, NTACL_HASH); /* of the POSIX side as a descriptor: the other one is enough */
	wr_bytes(&w, DESCRIPTION, sizeof(DESCRIPTION));
	wr_align(&w, 4, 0);
	wr_u64(&w, 0);
	wr_bytes(&w, hash, NTACL_HASH);
	sd_encode(&w, sd, 0);
	v.n = w.full ? 0 : w.pos;
	v.p = arena_memdup(a, w.frame->smb, v.n);
	wr_clear(&w);
	return v;
}
