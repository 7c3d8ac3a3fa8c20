/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_SIGN_H
#define TESTS_WIRE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The MAC key of a NTLMv2 log-on, and the signature of [MS-CIFS] 3.1.4.1, straight from OpenSSL. */
struct mac_key {
	uint8_t bytes[160];
	size_t len;
};

void mac_key_ntlm_v2(
    struct mac_key *k, const char *user, const char *password, const uint8_t challenge[8]);
void mac_sign(const struct mac_key *k, uint8_t *msg, size_t len, uint32_t sequence);
bool mac_good(const struct mac_key *k, const uint8_t *msg, size_t len, uint32_t sequence);

#endif
