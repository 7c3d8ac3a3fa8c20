/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_CRYPTO_H
#define AUTH_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oem;

/*
 * The primitives NTLM and SMB signing are made of, over OpenSSL. The algorithms are fetched once
 * and the contexts used again, so all of this belongs to one thread. A failure inside OpenSSL
 * ends the program: no log-on could be judged without it.
 */

/* NULL, or why not with the remedy. Again is harmless. Everything below needs it to have worked. */
const char *crypto_init(void);

struct crypto_part {
	const void *p;
	size_t n;
};

void crypto_md4(const void *p, size_t n, uint8_t out[16]);
void crypto_md5(const struct crypto_part *parts, size_t n, uint8_t out[16]);
void crypto_hmac_md5(
    const uint8_t key[16], const struct crypto_part *parts, size_t n, uint8_t out[16]);

/* A fresh key stream each time. */
void crypto_rc4(const uint8_t key[16], const uint8_t *in, size_t n, uint8_t *out);

/* A key stream that goes on from one piece to the next; out may be in. */
struct crypto_stream;
struct crypto_stream *crypto_stream_new(const uint8_t key[16]);
void crypto_stream_run(struct crypto_stream *s, const uint8_t *in, size_t n, uint8_t *out);
void crypto_stream_free(struct crypto_stream **s);

/* One block under 56 bits of key, which are spread over 8 bytes ([MS-NLMP] 6, DES()). */
void crypto_des(const uint8_t key[7], const uint8_t in[8], uint8_t out[8]);

/* In a time that depends on n alone. */
bool crypto_equal(const void *a, const void *b, size_t n);
void crypto_wipe(void *p, size_t n);

/*
 * The code page that LM hashes are made in, and OEM text is read in when nobody names another:
 * CP850.
 */
struct oem *crypto_oem(void);

#endif
