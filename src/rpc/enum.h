/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_ENUM_H
#define RPC_ENUM_H

#include <stdbool.h>
#include <stdint.h>

#include "rpc/rpc.h"
#include "server/tables.h"

/*
 * What the Net...Enum and Net...GetInfo calls of the LAN Manager family have in common
 * ([MS-SRVS] 3.1.4, [MS-WKST] 3.2.4): levels of structures, lists that go on where the last answer
 * ended, errors of Windows as the last word of each answer.
 */

/* Errors ([MS-ERREF] 2.2) */
#define WIN_SUCCESS            0u
#define WIN_ACCESS_DENIED      5u
#define WIN_NOT_SUPPORTED      50u
#define WIN_INVALID_PARAMETER  87u
#define WIN_INVALID_NAME       123u
#define WIN_UNKNOWN_LEVEL      124u
#define WIN_MORE_DATA          234u
#define WIN_NET_NAME_NOT_FOUND 2310u
#define WIN_DEVICE_NOT_SHARED  2311u
#define WIN_CLIENT_NOT_FOUND   2312u
#define WIN_FILE_ID_NOT_FOUND  2314u

bool rpc_admits(const struct rpc_call *c, enum asker who);

/* A level: the letters of its structure (ndr_put_rows), and who puts one together. */
struct rpc_level {
	uint32_t level;
	enum asker who;
	const char *shape; /* NULL: a structure clients know, which is not told */
	void (*fill)(struct arena *a, union ndr_value *v, const void *item);
};

/* Ended by a row without a fill. */
const struct rpc_level *rpc_level(const struct rpc_level *levels, uint32_t level);

struct rpc_enum {
	const struct rpc_level *row; /* NULL: no such level */
	uint32_t level, room, resume;
	bool resumes;
	uint32_t error;
	/* the answer, from the entry resume on */
	union ndr_value *rows;
	size_t width, n, cap, bytes;
	uint32_t total;
};

/*
 * Reads the InfoStruct, PreferedMaximumLength and ResumeHandle, which end the arguments of such a
 * call. error is what is wrong with it: ACCESS_DENIED, UNKNOWN_LEVEL.
 */
void rpc_enum_read(struct rpc_call *c, struct rpc_enum *e, const struct rpc_level *levels);

/* One more entry. */
void rpc_enum_add(struct rpc_call *c, struct rpc_enum *e, const void *item);

/* Writes the answer; the operation returns what this returns. */
uint32_t rpc_enum_answer(struct rpc_call *c, struct rpc_enum *e);

/* The answer of a GetInfo; item NULL: that error. */
uint32_t rpc_info_answer(struct rpc_call *c, uint32_t level, const struct rpc_level *levels,
    const void *item, uint32_t error);

#endif
