/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RAP_CALL_H
#define RAP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rap/rap.h"
#include "server/tables.h"

struct arena;

/* Errors: the first word of an answer ([MS-RAP] 2.5.2; LAN Manager's NERR_*). */
#define RAP_SUCCESS            0u
#define RAP_ACCESS_DENIED      5u
#define RAP_NOT_SUPPORTED      50u
#define RAP_INVALID_PARAMETER  87u
#define RAP_INVALID_LEVEL      124u
#define RAP_MORE_DATA          234u
#define RAP_BUF_TOO_SMALL      2123u
#define RAP_QUEUE_NOT_FOUND    2150u
#define RAP_JOB_NOT_FOUND      2151u
#define RAP_DEST_NOT_FOUND     2152u
#define RAP_USER_NOT_FOUND     2221u
#define RAP_RESOURCE_NOT_FOUND 2222u
#define RAP_NET_NAME_NOT_FOUND 2310u
#define RAP_CLIENT_NOT_FOUND   2312u
#define RAP_FILE_ID_NOT_FOUND  2314u

/* A member of a structure: a number, or the text of z, of a counted B, the bytes of b. */
union rap_value {
	uint32_t u;
	const char *s; /* NULL: the pointer is null */
};

/* A level: what its structure is made of, and who puts one together. */
struct rap_level {
	uint16_t level;
	enum asker who;
	const char *shape;
	void (*fill)(struct arena *a, union rap_value *v, const void *item);
};

struct rap_call;

struct rap_function {
	uint16_t number;
	enum asker who;
	const char *params;              /* as the client must say they are */
	uint8_t level_at;                /* which of its numbers says the level */
	const struct rap_level *levels;  /* ended by one without a fill; NULL: no structure */
	void (*run)(struct rap_call *c); /* adds entries, or sets error */
};

/* Ended by one without a run. */
extern const struct rap_function rap_of_server[];
extern const struct rap_function rap_of_shares[];
extern const struct rap_function rap_of_tables[];
extern const struct rap_function rap_of_users[];
extern const struct rap_function rap_of_printers[];

#define RAP_STRINGS 2
#define RAP_NUMBERS 3

struct rap_call {
	struct request *req;
	const struct rap_function *function;
	const struct rap_level *level;
	/* in the order they came; a string may be NULL */
	const char *strings[RAP_STRINGS];
	uint32_t numbers[RAP_NUMBERS];
	unsigned nstrings, nnumbers;
	const uint8_t *bytes; /* the last b, of nbytes */
	uint16_t nbytes;
	/* the answer */
	uint16_t error;
	uint32_t total; /* entries there are from key on, or of a GetInfo the bytes it needs */
	uint32_t key;   /* the entry a list begins with */
	/* private to call.c */
	uint32_t passed;
	bool lists; /* many entries, or one */
	size_t room, size;
	union rap_value *rows;
	size_t n, cap;
	unsigned width;
};

/* One more entry; in a list those before key are passed over. */
void rap_add(struct rap_call *c, const void *item);

/* Bytes of a text in the client's code page. */
size_t rap_length(const struct rap_call *c, const char *text);

#endif
