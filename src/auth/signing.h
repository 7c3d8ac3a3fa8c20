/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_SIGNING_H
#define AUTH_SIGNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;

/*
 * SMB signing of one connection ([MS-CIFS] 3.1.4.1, [MS-SMB] 3.3.5.x). The first log-on that yields
 * a key starts it for good.
 */
struct signing {
	uint8_t *key; /* NULL: not active */
	size_t key_len;
	uint32_t next; /* sequence number of the next request */
};

/*
 * Session key, then the challenge response (n may be 0). The request that brought the key counts as
 * 0, its reply as 1.
 */
void signing_start(
    struct signing *s, const uint8_t session_key[16], const uint8_t *response, size_t n);
void signing_clear(struct signing *s);

static inline bool
signing_active(const struct signing *s)
{
	return s->key != NULL;
}

/*
 * MD5 over key and message with the sequence number in the signature field; compared in constant
 * time. False: not from whom it says.
 */
bool signing_verify(const struct signing *s, const struct frame *f, uint32_t seq);
void signing_sign(const struct signing *s, struct frame *f, uint32_t seq);

#endif
