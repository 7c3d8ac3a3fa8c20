/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_NDR_H
#define RPC_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct sid;

/* Network Data Representation ([C706] 14, [MS-RPCE] 2.2.4), as much of it as the interfaces use. */

/*
 * Reading a caller's stub. As with struct reader the error is sticky; numbers are aligned to their
 * size, counted from the first byte of the stub.
 */
struct ndr_in {
	const uint8_t *p;
	size_t pos, end;
	struct arena *arena; /* where strings go */
	bool big;            /* the caller's integers are big-endian */
	bool bad;
};

uint8_t ndr_get8(struct ndr_in *in);
uint16_t ndr_get16(struct ndr_in *in);
uint32_t ndr_get32(struct ndr_in *in);
const uint8_t *ndr_get_bytes(struct ndr_in *in, size_t n); /* borrowed; NULL when fewer are left */

void ndr_align_in(struct ndr_in *in, size_t n);

/* A conformant and varying string of UTF-16, as UTF-8; "" when bad. */
const char *ndr_get_string(struct ndr_in *in);

/* A unique pointer to one; NULL when it is null, or bad. */
const char *ndr_get_unique_string(struct ndr_in *in);

/*
 * An RPC_UNICODE_STRING ([MS-DTYP] 2.3.10), its lengths and pointer first and its text where NDR
 * wants it. text: "" where there is none.
 */
bool ndr_get_counted(struct ndr_in *in); /* is there text to come? */
const char *ndr_get_counted_text(struct ndr_in *in, bool there);
void ndr_get_sid(struct ndr_in *in, struct sid *out); /* of an RPC_SID, conformant */

/* Writing an answer, little-endian. full is sticky. */
struct ndr_out {
	uint8_t *p;
	size_t n, cap, max;
	uint32_t referents; /* given out */
	struct arena *arena;
	bool full;
};

void ndr_out_init(struct ndr_out *out, struct arena *a, size_t max);
void ndr_put8(struct ndr_out *out, uint8_t v);
void ndr_put16(struct ndr_out *out, uint16_t v);
void ndr_put32(struct ndr_out *out, uint32_t v);
void ndr_put_bytes(struct ndr_out *out, const void *p, size_t n);
void ndr_align(struct ndr_out *out, size_t n);
void ndr_put_string(struct ndr_out *out, const char *utf8);

/* An RPC_UNICODE_STRING; its text where NDR wants it. */
void ndr_put_counted(struct ndr_out *out, const char *utf8);
void ndr_put_counted_text(struct ndr_out *out, const char *utf8);
void ndr_put_sid(struct ndr_out *out, const struct sid *sid);

/* A unique pointer: a new referent, or null; what it points to follows where NDR wants it. */
void ndr_put_pointer(struct ndr_out *out, bool present);

/*
 * A structure whose members are, one letter each: u a number of 32 bits, s a pointer to a string, b
 * a pointer to an array of bytes, here those of the string.
 */
union ndr_value {
	uint32_t u;
	const char *s; /* NULL: the pointer is null */
};

/* n of them, one behind the other, then what they point to. */
void ndr_put_rows(struct ndr_out *out, const char *shape, const union ndr_value *rows, size_t n);

/* Bytes one takes, at most. */
size_t ndr_row_size(const char *shape, const union ndr_value *row);

#endif
