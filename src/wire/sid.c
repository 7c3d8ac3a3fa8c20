/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/sid.h"

#include <string.h>

#include "wire/reader.h"
#include "wire/writer.h"

#define REVISION        1
#define ACCOUNT_DOMAINS 21u
#define BUILTIN         32u

const struct sid sid_everyone = { 1, SID_AUTHORITY_WORLD, { 0 } };
const struct sid sid_creator_owner = { 1, SID_AUTHORITY_CREATOR, { 0 } };
const struct sid sid_creator_group = { 1, SID_AUTHORITY_CREATOR, { 1 } };
const struct sid sid_owner_rights = { 1, SID_AUTHORITY_CREATOR, { 4 } };
const struct sid sid_network = { 1, SID_AUTHORITY_NT, { 2 } };
const struct sid sid_authenticated_users = { 1, SID_AUTHORITY_NT, { 11 } };
const struct sid sid_administrators = { 2, SID_AUTHORITY_NT, { BUILTIN, 544 } };
const struct sid sid_users = { 2, SID_AUTHORITY_NT, { BUILTIN, 545 } };
const struct sid sid_guests = { 2, SID_AUTHORITY_NT, { BUILTIN, 546 } };

bool
sid_equal(const struct sid *a, const struct sid *b)
{
	return a->nsubs == b->nsubs && a->authority == b->authority &&
	    memcmp(a->sub, b->sub, a->nsubs * sizeof(a->sub[0])) == 0;
}

struct sid
sid_of_unix(uint32_t kind, uint32_t id)
{
	return (struct sid){ 2, SID_AUTHORITY_UNIX, { kind, id } };
}

bool
sid_to_unix(const struct sid *sid, uint32_t kind, uint32_t *id)
{
	if (sid->authority != SID_AUTHORITY_UNIX || sid->nsubs != 2 || sid->sub[0] != kind)
		return false;
	*id = sid->sub[1];
	return true;
}

bool
sid_is_account(const struct sid *sid)
{
	return sid->authority == SID_AUTHORITY_NT && sid->nsubs == 5 &&
	    sid->sub[0] == ACCOUNT_DOMAINS;
}

size_t
sid_size(const struct sid *sid)
{
	return 8 + 4u * sid->nsubs;
}

void
sid_read(struct reader *r, struct sid *out)
{
	uint8_t revision = rd_u8(r);

	memset(out, 0, sizeof(*out));
	out->nsubs = rd_u8(r);
	if (revision != REVISION || out->nsubs > SID_SUBS_MAX)
		r->bad = true;
	/* The one number of the format that is big-endian. */
	for (int i = 0; i < 6; i++)
		out->authority = out->authority << 8 | rd_u8(r);
	for (unsigned i = 0; i < out->nsubs && rd_ok(r); i++)
		out->sub[i] = rd_u32(r);
}

void
sid_write(struct writer *w, const struct sid *sid)
{
	wr_u8(w, REVISION);
	wr_u8(w, sid->nsubs);
	for (int shift = 40; shift >= 0; shift -= 8)
		wr_u8(w, (uint8_t)(sid->authority >> shift & 0xFF));
	for (unsigned i = 0; i < sid->nsubs; i++)
		wr_u32(w, sid->sub[i]);
}
