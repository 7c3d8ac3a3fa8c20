/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_SD_H
#define WIRE_SD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/sid.h"

struct arena;
struct reader;
struct writer;

/* Security descriptors ([MS-DTYP] 2.4.6) and the access lists in them (2.4.5, 2.4.4). */

/* Control */
#define SD_OWNER_DEFAULTED       0x0001u
#define SD_GROUP_DEFAULTED       0x0002u
#define SD_DACL_PRESENT          0x0004u
#define SD_DACL_DEFAULTED        0x0008u
#define SD_SACL_PRESENT          0x0010u
#define SD_SACL_DEFAULTED        0x0020u
#define SD_DACL_AUTO_INHERIT_REQ 0x0100u
#define SD_SACL_AUTO_INHERIT_REQ 0x0200u
#define SD_DACL_AUTO_INHERITED   0x0400u
#define SD_SACL_AUTO_INHERITED   0x0800u
#define SD_DACL_PROTECTED        0x1000u
#define SD_SACL_PROTECTED        0x2000u
#define SD_SELF_RELATIVE         0x8000u

/* AceType */
enum {
	ACE_ALLOWED = 0x00,
	ACE_DENIED = 0x01,
	ACE_AUDIT = 0x02,
	ACE_ALARM = 0x03,
	ACE_ALLOWED_OBJECT = 0x05,
	ACE_DENIED_OBJECT = 0x06,
	ACE_AUDIT_OBJECT = 0x07,
	ACE_ALARM_OBJECT = 0x08,
	ACE_ALLOWED_CALLBACK = 0x09,
	ACE_DENIED_CALLBACK = 0x0A,
	ACE_ALLOWED_CALLBACK_OBJECT = 0x0B,
	ACE_DENIED_CALLBACK_OBJECT = 0x0C,
	ACE_AUDIT_CALLBACK = 0x0D,
	ACE_ALARM_CALLBACK = 0x0E,
	ACE_AUDIT_CALLBACK_OBJECT = 0x0F,
	ACE_ALARM_CALLBACK_OBJECT = 0x10,
	ACE_MANDATORY_LABEL = 0x11,
	ACE_RESOURCE_ATTRIBUTE = 0x12,
	ACE_SCOPED_POLICY = 0x13,
};

/* AceFlags */
#define ACE_OBJECT_INHERIT       0x01u
#define ACE_CONTAINER_INHERIT    0x02u
#define ACE_NO_PROPAGATE_INHERIT 0x04u
#define ACE_INHERIT_ONLY         0x08u
#define ACE_INHERITED            0x10u

struct ace {
	uint8_t type, flags;
	uint32_t mask;
	struct sid sid;
	/* What stands between mask and SID (of object ACEs) and behind the SID, as it came. */
	const uint8_t *head, *tail;
	uint16_t nhead, ntail;
};

/* Is it for one kind of object, a property or a child, alone? */
bool ace_names_object(const struct ace *ace);

struct acl {
	uint8_t revision;
	unsigned count;
	struct ace *aces;
};

struct sd {
	uint16_t control;
	struct sid *owner, *group; /* NULL: none */
	struct acl *sacl, *dacl;   /* NULL though PRESENT: there is one, which is no list at all */
};

/* What a descriptor takes at most: an ACL's size has 16 bits. */
#define SD_SIZE_MAX 0x20400u

/*
 * The descriptor that is the n bytes at p. The result is the arena's; what it borrows from p must
 * live as long. False when any of it is not as it must be.
 */
bool sd_decode(struct arena *a, const void *p, size_t n, struct sd *out);

/*
 * The same of one that Samba stored, whose header is at the reader's position and whose offsets
 * count from its beginning. A list that has an offset is present: Samba may forget to say so.
 */
bool sd_decode_stored(struct arena *a, const struct reader *at, struct sd *out);

/* Self-relative, at w's position; its offsets count from position base. */
void sd_encode(struct writer *w, const struct sd *sd, size_t base);
size_t sd_size(const struct sd *sd); /* bytes that takes */

/* Does every list and SID still fit its length fields? What was decoded does, until it grows. */
bool sd_fits(const struct sd *sd);

#endif
