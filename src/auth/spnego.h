/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_SPNEGO_H
#define AUTH_SPNEGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A stretch of bytes belonging to someone else. */
struct span {
	const uint8_t *p;
	size_t n;
};

/* A NegTokenInit (RFC 4178 4.2.1), as far as a server that only does NTLMSSP cares. */
struct spnego_init {
	struct span mech_list; /* its encoding, which the mechListMIC covers */
	bool ntlmssp;          /* is offered */
	bool preferred;        /* and stands first, so that token is for it */
	struct span token;     /* may be empty */
};

/* A NegTokenResp (RFC 4178 4.2.2) from the client. */
struct spnego_resp {
	struct span token, mic;
};

/* False when it is not one, or broken. The spans point into the message. */
bool spnego_read_init(struct span in, struct spnego_init *out);
bool spnego_read_resp(struct span in, struct spnego_resp *out);

/* The values of negState. */
#define SPNEGO_ACCEPT_COMPLETED  0
#define SPNEGO_ACCEPT_INCOMPLETE 1
#define SPNEGO_REQUEST_MIC       3

struct spnego_reply {
	uint8_t state;
	bool first;             /* names the mechanism */
	struct span token, mic; /* left out when empty */
};

/* A NegTokenResp of ours. */
struct span spnego_write_resp(struct arena *a, const struct spnego_reply *reply);

/* The NegTokenInit2 ([MS-SPNG] 2.2.1) of the NEGOTIATE reply. */
struct span spnego_write_init2(struct arena *a);

#endif
