/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/object_id.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/cred.h"
#include "disk/beneath.h"

nt_status
disk_object_ids(const struct disk *d, const struct disk_file *f, struct object_ids *out)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	uint64_t known[4];
	struct statx stx;

	if (d->nowait && !f->root->local)
		return STATUS_CANT_WAIT;
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (beneath_stat(f->fd, &stx) != 0 || !volume_id(f->fd, &out->volume))
		return disk_status(errno);
	known[0] = out->volume;
	known[1] = stx.stx_ino;
	known[2] = (uint64_t)stx.stx_btime.tv_sec;
	known[3] = stx.stx_btime.tv_nsec;
	if (EVP_Digest(known, sizeof(known), hash, NULL, EVP_sha256(), NULL) != 1)
		return STATUS_INSUFFICIENT_RESOURCES;
	memcpy(out->object, hash, sizeof(out->object));
	return STATUS_SUCCESS;
}
