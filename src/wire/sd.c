/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/sd.h"

#include <string.h>

#include "base/arena.h"
#include "wire/reader.h"
#include "wire/writer.h"

#define REVISION      1
#define HEADER        20u
#define ACL_HEADER    8u
#define ACE_HEADER    8u  /* with the mask */
#define ACE_MIN       16u /* with a SID of no parts */
#define ACL_SIZE_MAX  0xFFFFu
#define OBJECT_TYPE   0x1u
#define OBJECT_PARENT 0x2u
#define GUID_SIZE     16u

static bool
is_object(uint8_t type)
{
	switch (type) {
	case ACE_ALLOWED_OBJECT:
	case ACE_DENIED_OBJECT:
	case ACE_AUDIT_OBJECT:
	case ACE_ALARM_OBJECT:
	case ACE_ALLOWED_CALLBACK_OBJECT:
	case ACE_DENIED_CALLBACK_OBJECT:
	case ACE_AUDIT_CALLBACK_OBJECT:
	case ACE_ALARM_CALLBACK_OBJECT:
		return true;
	default:
		return false;
	}
}

bool
ace_names_object(const struct ace *ace)
{
	return ace->nhead >= 4 && (ace->head[0] & OBJECT_TYPE) != 0;
}

/* Flags and up to two GUIDs. */
static void
read_head(struct reader *r, struct ace *ace)
{
	struct reader ahead = *r;
	uint32_t flags = rd_u32(&ahead);

	ace->nhead = 4;
	if ((flags & OBJECT_TYPE) != 0)
		ace->nhead += GUID_SIZE;
	if ((flags & OBJECT_PARENT) != 0)
		ace->nhead += GUID_SIZE;
	ace->head = rd_bytes(r, ace->nhead);
}

static void
read_ace(struct reader *r, struct ace *ace)
{
	struct reader body;
	uint16_t size;

	ace->type = rd_u8(r);
	ace->flags = rd_u8(r);
	size = rd_u16(r);
	/* 0x04 means something of its own in every system that ever used it. */
	if (size < ACE_HEADER || size % 4 != 0 || ace->type > ACE_SCOPED_POLICY ||
	    ace->type == 0x04) {
		r->bad = true;
		return;
	}
	body = rd_sub(r, size - 4u);
	ace->mask = rd_u32(&body);
	if (is_object(ace->type))
		read_head(&body, ace);
	sid_read(&body, &ace->sid);
	ace->ntail = (uint16_t)rd_left(&body);
	ace->tail = rd_bytes(&body, ace->ntail);
	if (!rd_ok(&body))
		r->bad = true;
}

/* What must follow the position for an offset to point there. */
static struct reader
part_at(const struct reader *whole, uint32_t offset)
{
	struct reader r = *whole;

	r.pos = 0;
	if (offset % 4 != 0 || offset > r.end)
		r.bad = true;
	else
		r.pos = offset;
	return r;
}

static struct acl *
read_acl(struct arena *a, struct reader *whole, uint32_t offset)
{
	struct reader r = part_at(whole, offset), aces;
	struct acl *acl = arena_alloc(a, sizeof(*acl));
	uint16_t size;

	acl->revision = rd_u8(&r);
	rd_skip(&r, 1);
	size = rd_u16(&r);
	acl->count = rd_u16(&r);
	rd_skip(&r, 2);
	if (!rd_ok(&r) || acl->revision < 2 || acl->revision > 4 || size < ACL_HEADER ||
	    acl->count > (size - ACL_HEADER) / ACE_MIN) {
		whole->bad = true;
		return NULL;
	}
	aces = rd_sub(&r, size - ACL_HEADER);
	acl->aces = arena_alloc(a, acl->count * sizeof(acl->aces[0]));
	for (unsigned i = 0; i < acl->count && rd_ok(&aces); i++)
		read_ace(&aces, &acl->aces[i]);
	if (!rd_ok(&aces))
		whole->bad = true;
	return acl;
}

static struct sid *
read_sid(struct arena *a, struct reader *whole, uint32_t offset)
{
	struct reader r = part_at(whole, offset);
	struct sid *sid;

	if (offset == 0)
		return NULL;
	sid = arena_alloc(a, sizeof(*sid));
	sid_read(&r, sid);
	if (!rd_ok(&r))
		whole->bad = true;
	return sid;
}

/* From r's position. trusted: control bits that count whatever the header says. */
static bool
decode(struct arena *a, struct reader r, unsigned trusted, struct sd *out)
{
	uint32_t owner, group, sacl, dacl;
	uint8_t revision;

	memset(out, 0, sizeof(*out));
	revision = rd_u8(&r);
	rd_skip(&r, 1);
	out->control = rd_u16(&r);
	owner = rd_u32(&r);
	group = rd_u32(&r);
	sacl = rd_u32(&r);
	dacl = rd_u32(&r);
	if (!rd_ok(&r) || revision != REVISION)
		return false;
	if (sacl != 0)
		out->control |= trusted & SD_SACL_PRESENT;
	if (dacl != 0)
		out->control |= trusted & SD_DACL_PRESENT;
	out->owner = read_sid(a, &r, owner);
	out->group = read_sid(a, &r, group);
	if ((out->control & SD_SACL_PRESENT) != 0 && sacl != 0)
		out->sacl = read_acl(a, &r, sacl);
	if ((out->control & SD_DACL_PRESENT) != 0 && dacl != 0)
		out->dacl = read_acl(a, &r, dacl);
	return rd_ok(&r);
}

bool
sd_decode(struct arena *a, const void *p, size_t n, struct sd *out)
{
	struct reader r;

	rd_init(&r, p, n);
	return decode(a, r, 0, out);
}

bool
sd_decode_stored(struct arena *a, const struct reader *at, struct sd *out)
{
	return decode(a, *at, SD_SACL_PRESENT | SD_DACL_PRESENT, out);
}

static size_t
ace_size(const struct ace *ace)
{
	return ACE_HEADER + ace->nhead + sid_size(&ace->sid) + ace->ntail;
}

static size_t
acl_size(const struct acl *acl)
{
	size_t n = ACL_HEADER;

	for (unsigned i = 0; i < acl->count; i++)
		n += ace_size(&acl->aces[i]);
	return n;
}

static void
write_acl(struct writer *w, const struct acl *acl)
{
	wr_u8(w, acl->revision);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)acl_size(acl));
	wr_u16(w, (uint16_t)acl->count);
	wr_u16(w, 0);
	for (unsigned i = 0; i < acl->count; i++) {
		const struct ace *ace = &acl->aces[i];

		wr_u8(w, ace->type);
		wr_u8(w, ace->flags);
		wr_u16(w, (uint16_t)ace_size(ace));
		wr_u32(w, ace->mask);
		if (ace->nhead != 0)
			wr_bytes(w, ace->head, ace->nhead);
		sid_write(w, &ace->sid);
		if (ace->ntail != 0)
			wr_bytes(w, ace->tail, ace->ntail);
	}
}

void
sd_encode(struct writer *w, const struct sd *sd, size_t base)
{
	size_t owner, group, sacl, dacl;

	wr_u8(w, REVISION);
	wr_u8(w, 0);
	wr_u16(w, sd->control | SD_SELF_RELATIVE);
	owner = wr_hole32(w);
	group = wr_hole32(w);
	sacl = wr_hole32(w);
	dacl = wr_hole32(w);
	if (sd->owner != NULL) {
		wr_patch32(w, owner, (uint32_t)(w->pos - base));
		sid_write(w, sd->owner);
	}
	if (sd->group != NULL) {
		wr_patch32(w, group, (uint32_t)(w->pos - base));
		sid_write(w, sd->group);
	}
	if (sd->sacl != NULL) {
		wr_patch32(w, sacl, (uint32_t)(w->pos - base));
		write_acl(w, sd->sacl);
	}
	if (sd->dacl != NULL) {
		wr_patch32(w, dacl, (uint32_t)(w->pos - base));
		write_acl(w, sd->dacl);
	}
}

size_t
sd_size(const struct sd *sd)
{
	size_t n = HEADER;

	if (sd->owner != NULL)
		n += sid_size(sd->owner);
	if (sd->group != NULL)
		n += sid_size(sd->group);
	if (sd->sacl != NULL)
		n += acl_size(sd->sacl);
	if (sd->dacl != NULL)
		n += acl_size(sd->dacl);
	return n;
}

bool
sd_fits(const struct sd *sd)
{
	return (sd->sacl == NULL || acl_size(sd->sacl) <= ACL_SIZE_MAX) &&
	    (sd->dacl == NULL || acl_size(sd->dacl) <= ACL_SIZE_MAX);
}
