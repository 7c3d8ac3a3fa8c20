/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_AUTH_H
#define RPC_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request;
struct rpc_auth;

/*
 * The security of an association, by NTLMSSP ([MS-RPCE] 2.2.2.11, 3.3.1.5.2): it says that what
 * comes is from who knows the key, and hides it. Who may do what is still the SMB session's.
 *
 *   (bind) asked --auth3, right--> secured      asked --auth3, wrong--> refused
 */

/* Bytes of the security trailer, and with the signature behind it. */
#define RPC_TRAILER        8u
#define RPC_AUTH_OF_PDU    24u
#define RPC_AUTH_ALIGNMENT 16u

/* The trailer and what is behind it, in a PDU of n bytes, perhaps of a big-endian caller. False: it
 * does not hold them. */
struct rpc_trailer {
	size_t at;
	uint8_t type, level, pad;
	uint32_t context;
	const uint8_t *token;
	size_t token_len;
};
bool rpc_trailer_find(
    const uint8_t *pdu, size_t n, size_t auth_length, bool big, struct rpc_trailer *t);
void rpc_trailer_write(const struct rpc_auth *a, uint8_t pad, uint8_t out[RPC_TRAILER]);

/*
 * A bind asks for it: the token to answer, in the request's arena. NULL: not of this kind, or the
 * token is none.
 */
struct rpc_auth *rpc_auth_new(
    struct request *req, const struct rpc_trailer *t, const uint8_t **token, size_t *token_len);
void rpc_auth_free(struct rpc_auth **a);

/* The client's last token. What was wrong with it each request is told as ACCESS_DENIED. */
void rpc_auth_finish(struct rpc_auth *a, struct request *req, const struct rpc_trailer *t);
bool rpc_auth_holds(const struct rpc_auth *a);

/* Are PDUs signed, or more? Else they have no trailer. */
bool rpc_auth_signs(const struct rpc_auth *a);

/*
 * A request of n bytes, decrypted in place from body on. False when it is not what the client
 * sent next.
 */
bool rpc_auth_open(struct rpc_auth *a, uint8_t *pdu, size_t body, const struct rpc_trailer *t);

/* A response with room for its signature at the end, encrypted in place from body to the trailer.
 */
void rpc_auth_close(struct rpc_auth *a, uint8_t *pdu, size_t n, size_t body);

#endif
