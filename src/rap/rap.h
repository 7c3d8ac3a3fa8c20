/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RAP_RAP_H
#define RAP_RAP_H

#include <stddef.h>

#include "base/status.h"
#include "wire/reader.h"
#include "wire/writer.h"

struct request;

/* Bytes of parameters an answer has at most. */
#define RAP_PARAMS_MAX 16

/* A call of the Remote Administration Protocol ([MS-RAP]), as TRANSACTION on \PIPE\LANMAN has it.
 */
struct rap_transaction {
	struct reader params;
	size_t max_data;           /* the client takes */
	struct writer *out_params; /* has room for RAP_PARAMS_MAX */
	struct writer *out_data;   /* has room for max_data */
};

/*
 * Answers it; what goes wrong is told in the answer's first word. INVALID_PARAMETER: not even a
 * number of a call was sent. All of it is known on the reactor; nothing waits.
 */
nt_status rap_answer(struct request *req, const struct rap_transaction *t);

#endif
