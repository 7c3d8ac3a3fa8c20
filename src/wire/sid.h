/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_SID_H
#define WIRE_SID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader;
struct writer;

/*
 * Security identifiers ([MS-DTYP] 2.4.2). Users and groups of this system are S-1-22-1-UID and
 * S-1-22-2-GID, as Samba has them: they need no table and mean the same to every server of the
 * disk.
 */
#define SID_SUBS_MAX 15

struct sid {
	uint8_t nsubs;
	uint64_t authority; /* 48 bits */
	uint32_t sub[SID_SUBS_MAX];
};

#define SID_AUTHORITY_WORLD   1u
#define SID_AUTHORITY_CREATOR 3u
#define SID_AUTHORITY_NT      5u
#define SID_AUTHORITY_UNIX    22u

#define SID_UNIX_USERS  1u
#define SID_UNIX_GROUPS 2u

extern const struct sid sid_everyone;            /* S-1-1-0 */
extern const struct sid sid_creator_owner;       /* S-1-3-0 */
extern const struct sid sid_creator_group;       /* S-1-3-1 */
extern const struct sid sid_owner_rights;        /* S-1-3-4 */
extern const struct sid sid_network;             /* S-1-5-2 */
extern const struct sid sid_authenticated_users; /* S-1-5-11 */
extern const struct sid sid_administrators;      /* S-1-5-32-544 */
extern const struct sid sid_users;               /* S-1-5-32-545 */
extern const struct sid sid_guests;              /* S-1-5-32-546 */

bool sid_equal(const struct sid *a, const struct sid *b);

/* kind: SID_UNIX_USERS or SID_UNIX_GROUPS. */
struct sid sid_of_unix(uint32_t kind, uint32_t id);

/* False when it is none of that kind. */
bool sid_to_unix(const struct sid *sid, uint32_t kind, uint32_t *id);

/* An account of some machine or domain: S-1-5-21-... */
bool sid_is_account(const struct sid *sid);

size_t sid_size(const struct sid *sid);

/* Leaves the reader bad when there is none. */
void sid_read(struct reader *r, struct sid *out);
void sid_write(struct writer *w, const struct sid *sid);

#endif
