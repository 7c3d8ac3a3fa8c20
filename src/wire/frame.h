/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/*
 * One message with room for the transport's header in front, so that both leave in one piece.
 * head and smb are adjacent.
 */
struct frame {
	STAILQ_ENTRY(frame) link;
	size_t len; /* of smb */
	size_t cap;
	size_t sent; /* of head and smb together, for the transport */
	uint8_t head[4];
	uint8_t smb[];
};
STAILQ_HEAD(frame_queue, frame);

#define FRAME_HEAD 4

/* The types of RFC 1002 4.3.1. */
#define NBSS_MESSAGE   0x00
#define NBSS_REQUEST   0x81
#define NBSS_POSITIVE  0x82
#define NBSS_NEGATIVE  0x83
#define NBSS_RETARGET  0x84
#define NBSS_KEEPALIVE 0x85

/* cap bytes, zeroed unless raw. */
struct frame *frame_new(size_t cap);
struct frame *frame_new_raw(size_t cap);
struct frame *frame_grow(struct frame *f, size_t cap); /* the new bytes are zero */
struct frame *frame_grow_raw(struct frame *f, size_t cap);
void frame_free(struct frame **f);

/*
 * Reads the four bytes: *type, and the length with 24 bits (direct TCP) or 17 (NetBIOS).
 * False when reserved bits are set.
 */
bool frame_parse_head(const uint8_t head[4], bool netbios, uint8_t *type, size_t *len);
void frame_put_head(struct frame *f, uint8_t type);

#endif
