/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_NTLMSSP_SESSION_H
#define AUTH_NTLMSSP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ntlmssp;

/*
 * Messages signed and sealed after an exchange ([MS-NLMP] 3.4.3, 3.4.4.2), each way with a key
 * stream and a count of its own. Only with extended session security, which all have that do this.
 */
#define NTLMSSP_SIGNATURE_SIZE 16

struct ntlmssp_session;

/* The server's end. NULL: the exchange brought no key, or not that kind of security. */
struct ntlmssp_session *ntlmssp_session_new(const struct ntlmssp *s);
void ntlmssp_session_free(struct ntlmssp_session **s);

/* A message: all of it is signed, and where sealed, n bytes at body within it are encrypted. */
struct ntlmssp_message {
	uint8_t *p;
	size_t len;
	uint8_t *body;
	size_t n;
	bool sealed;
};

/* The next one from us, encrypted in place. */
void ntlmssp_session_wrap(struct ntlmssp_session *s, const struct ntlmssp_message *m,
    uint8_t signature[NTLMSSP_SIGNATURE_SIZE]);

/* The next one from the client, decrypted in place. False: it is not from him, or not the next. */
bool ntlmssp_session_unwrap(struct ntlmssp_session *s, const struct ntlmssp_message *m,
    const uint8_t signature[NTLMSSP_SIGNATURE_SIZE]);

#endif
