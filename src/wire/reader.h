/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct oem;

/*
 * Bounds-checked reading of received bytes, little-endian. Positions count from the first byte
 * of the SMB header, as the protocol's offsets do. The error is sticky: once a read passes the
 * end, bad is set and every later read gives 0 or NULL; decoders check once, at the end.
 */
struct reader {
	const uint8_t *msg;
	size_t pos, end;
	struct arena *arena; /* where decoded strings go */
	struct oem *oem;     /* code page of non-Unicode strings */
	bool unicode;        /* this message's Flags2 */
	bool bad;
};

void rd_init(struct reader *r, const void *msg, size_t len);

static inline bool
rd_ok(const struct reader *r)
{
	return !r->bad;
}

static inline size_t
rd_left(const struct reader *r)
{
	return r->bad ? 0 : r->end - r->pos;
}

uint8_t rd_u8(struct reader *r);
uint16_t rd_u16(struct reader *r);
uint32_t rd_u32(struct reader *r);
uint64_t rd_u64(struct reader *r);
void rd_skip(struct reader *r, size_t n);

/* Borrowed: valid as long as the message. NULL when fewer than n are left. */
const uint8_t *rd_bytes(struct reader *r, size_t n);

/* The next n bytes as a reader of their own; r moves past them. */
struct reader rd_sub(struct reader *r, size_t n);

/* The window an (offset, length) pair points at, between r's position and its end. */
struct reader rd_at(const struct reader *r, size_t off, size_t n);

/* Skips to a multiple of n (a power of two) in the message; stopping at the end is no error. */
void rd_align(struct reader *r, size_t n);

/* In wire/string.c. Strings come back as UTF-8 from the arena, never NULL ("" when bad). */

/*
 * A NUL-terminated SMB_STRING: UTF-16LE aligned to 2 when the message is Unicode, else in the code
 * page. A missing NUL at the end of the window is accepted ([MS-CIFS] 2.2.1.1; Windows 95).
 */
char *rd_string(struct reader *r);

/* Always in the code page, whatever Flags2 says. */
char *rd_string_oem(struct reader *r);

/*
 * As rd_string, but with the BufferFormat byte 0x04 before it ([MS-CIFS] 2.2.2.5), which the byte
 * that aligns the string may precede; without it the reader goes bad.
 */
char *rd_string_04(struct reader *r);

/* n bytes of text, or less when a NUL ends it; aligned to 2 first when the message is Unicode. */
char *rd_text(struct reader *r, size_t n);

#endif
