/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Security descriptors: as clients send them and as they are stored. What is understood must be
 * written so that it is understood to be the same; and judging it and inheriting from it must not
 * trip. It is then given to a directory and a file on disk, and inherited there. The first byte
 * says which of the two forms the rest is, and the parts that are given.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "disk/access.h"
#include "disk/acl.h"
#include "disk/ntacl.h"
#include "scratch.h"
#include "wire/frame.h"
#include "wire/sd.h"
#include "wire/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_same(struct arena *a, const struct sd *sd)
{
	struct sd back;
	struct writer w;

	wr_init(&w, SD_SIZE_MAX);
	sd_encode(&w, sd, 0);
	need(!w.full && w.pos == sd_size(sd) && sd_fits(sd));
	need(sd_decode(a, w.frame->smb, w.pos, &back));
	need(sd_size(&back) == w.pos);
	need((back.owner == NULL) == (sd->owner == NULL));
	need(sd->owner == NULL || sid_equal(back.owner, sd->owner));
	need((back.dacl == NULL) == (sd->dacl == NULL));
	need(sd->dacl == NULL || back.dacl->count == sd->dacl->count);
	wr_clear(&w);
}

static void
check_stored(struct arena *a, const struct sd *sd)
{
	static const uint8_t hash[NTACL_HASH] = { 1 };
	struct ntacl_value v = ntacl_encode(a, sd, hash);
	struct sd back;

	need(v.n != 0);
	need(ntacl_decode(a, &v, NULL, &back) == NTACL_VALID);
	need(sd_size(&back) == sd_size(sd));
}

/* Nothing that comes of it is more than there is, nor does it grow without bounds. */
static void
judge(struct arena *a, const struct sd *sd)
{
	const struct disk guest = { .guest = true }, user = { 0 };
	const struct statx stx = { .stx_uid = 1 };
	struct acl_child child = { false, &sid_users, &sid_guests };
	struct acl *acl;

	need((access_rights(&user, sd, &stx) & ~FILE_ALL_ACCESS) == 0);
	need((access_rights(&guest, sd, &stx) & ~FILE_ALL_ACCESS) == 0);
	if (sd->dacl == NULL)
		return;
	acl = acl_inherited(a, sd, &child);
	need(acl == NULL || acl->count <= sd->dacl->count);
	child.directory = true;
	acl = acl_inherited(a, sd, &child);
	need(acl == NULL || acl->count <= 2 * sd->dacl->count);
}

/* Whoever may do anything stores it; what is there afterwards is a descriptor for everybody. */
static void
keep(struct arena *a, const struct sd *sd, uint32_t parts)
{
	const struct scratch *s = scratch_get();
	const struct disk_file *both[2];
	struct sd back;

	if (s == NULL)
		return;
	both[0] = s->dir;
	both[1] = s->file;
	for (int i = 0; i < 2; i++) {
		if (disk_acl_set(&s->disk, a, both[i], parts, sd) != STATUS_SUCCESS)
			continue;
		need(disk_acl_get(&s->disk, a, both[i], &back) == STATUS_SUCCESS);
		check_same(a, &back);
		judge(a, &back);
	}
	scratch_clean(s);
	if (acl_inherit(&s->disk, s->dir->fd, s->file->fd) == STATUS_SUCCESS) {
		need(disk_acl_get(&s->disk, a, s->file, &back) == STATUS_SUCCESS);
		check_same(a, &back);
	}
	scratch_clean(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct sd sd;
	bool ok;

	if (size == 0)
		return 0;
	arena_init(&a);
	if (data[0] % 2 == 0) {
		ok = sd_decode(&a, data + 1, size - 1, &sd);
	} else {
		const struct ntacl_value v = { data + 1, size - 1 };

		ok = ntacl_decode(&a, &v, NULL, &sd) == NTACL_VALID;
	}
	if (ok) {
		check_same(&a, &sd);
		check_stored(&a, &sd);
		judge(&a, &sd);
		keep(&a, &sd, data[0] >> 1 & 0xF);
	}
	arena_clear(&a);
	return 0;
}
