/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_WRITER_H
#define WIRE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct oem;

/*
 * Building a message, little-endian, into a frame that grows up to a maximum. What is not
 * written is zero. full is sticky: writes past the maximum are dropped and the dispatcher
 * answers with an error instead.
 */
struct writer {
	struct frame *frame;
	size_t pos; /* next byte, from the first byte of the SMB header; == frame->len */
	size_t max;
	size_t words_at, bytes_at;  /* of the open parameter block */
	size_t ahead_at, ahead_len; /* of what wr_ahead gave out */
	struct oem *oem;
	bool unicode;
	bool full;
};

/* Allocates the frame. max: of the message, without the transport's 4 bytes. */
void wr_init(struct writer *w, size_t max);
void wr_clear(struct writer *w);

/* The finished frame, the caller's from now on; the writer is empty. */
struct frame *wr_take(struct writer *w);

void wr_u8(struct writer *w, uint8_t v);
void wr_u16(struct writer *w, uint16_t v);
void wr_u32(struct writer *w, uint32_t v);
void wr_u64(struct writer *w, uint64_t v);
void wr_bytes(struct writer *w, const void *p, size_t n);
void wr_zero(struct writer *w, size_t n);

/* Zeroes up to a multiple of n (a power of two), counted from base (0: the header). */
void wr_align(struct writer *w, size_t n, size_t base);

/* A place to fill later: its position for wr_patch*. */
size_t wr_hole16(struct writer *w);
size_t wr_hole32(struct writer *w);
void wr_patch8(struct writer *w, size_t at, uint8_t v);
void wr_patch16(struct writer *w, size_t at, uint16_t v);
void wr_patch32(struct writer *w, size_t at, uint32_t v);

/* Takes the writer back to an earlier position and clears full. Nothing behind it is ever sent. */
void wr_rewind(struct writer *w, size_t pos);

/*
 * n unset bytes, `ahead` past the current position, for data that is read before the words in
 * front of it are encoded (READ_ANDX). The bytes are not part of the message until wr_filled
 * steps over as many of them as came. NULL when they would not fit. When the encoder did not
 * write exactly `ahead` bytes, or n is more than was given out, wr_filled leaves the writer full.
 * The pointer is good until the next write; the bytes themselves survive writes in front of them.
 */
uint8_t *wr_ahead(struct writer *w, size_t ahead, size_t n);
void wr_filled(struct writer *w, size_t n);

/*
 * WordCount, words, ByteCount, bytes. wr_block opens with WordCount; wr_block_bytes ends the
 * words and opens the bytes; wr_block_end patches both counts (and opens the bytes if nobody
 * did). ByteCount keeps its low 16 bits when more was written (large READ_ANDX).
 */
void wr_block(struct writer *w);
void wr_block_bytes(struct writer *w);
void wr_block_end(struct writer *w);

/* In wire/string.c. Each returns the bytes of the string and its NUL, if any, not of alignment. */

/* As the message says: aligned UTF-16LE or code page, with or without the terminating NUL. */
size_t wr_string(struct writer *w, const char *utf8);
size_t wr_text(struct writer *w, const char *utf8);

/* Whatever the message says: the code page with its NUL; UTF-16LE unaligned without NUL. */
size_t wr_string_oem(struct writer *w, const char *utf8);
size_t wr_utf16(struct writer *w, const char *utf8);

#endif
