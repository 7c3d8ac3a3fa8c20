/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "net/nbt_session.h"

/* "FRED            " with suffix 0x20, as RFC 1001 14.1 encodes it. */
#define FRED      " EGFCEFEECACACACACACACACACACACACA"
#define SMBSERVER " CKFDENECFDEFFCFGEFFCCACACACACACA"
#define CLIENT    " EDEMEJEFEOFECACACACACACACACACAAA"

struct row {
	const char *what;
	const char *bytes;
	size_t len;
	const char *called; /* NULL: malformed */
	uint8_t suffix;
};

#define ROW(what, bytes, called, suffix) \
	{ \
		what, bytes, sizeof(bytes) - 1, called, suffix \
	}

static const struct row rows[] = {
	ROW("the 68 bytes most clients send", FRED "\0" CLIENT "\0", "FRED", 0x20),
	ROW("a starred name", SMBSERVER "\0" CLIENT "\0", "*SMBSERVER", 0x20),
	ROW("scope identifiers", FRED "\7NETBIOS\3COM\0" CLIENT "\7NETBIOS\3COM\0", "FRED", 0x20),
	ROW("bytes behind the names", FRED "\0" CLIENT "\0\0\0", "FRED", 0x20),
	ROW("padding with NULs", " EGFCEFEEAAAAAAAAAAAAAAAAAAAAAAAA\0" CLIENT "\0", "FRED", 0),
	ROW("an empty name", " CACACACACACACACACACACACACACACACA\0" CLIENT "\0", "", 0x20),
	ROW("a NUL inside a name", " EGFCAAEECACACACACACACACACACACACA\0" CLIENT "\0", NULL, 0),
	ROW("nothing", "", NULL, 0),
	ROW("one name only", FRED "\0", NULL, 0),
	ROW("an open scope", FRED "\0" CLIENT "\3CO", NULL, 0),
	ROW("no end", FRED "\0" CLIENT, NULL, 0),
	ROW("a letter past P", " QGFCEFEECACACACACACACACACACACACA\0" CLIENT "\0", NULL, 0),
	ROW("small letters", " egfcefeecacacacacacacacacacacaca\0" CLIENT "\0", NULL, 0),
	ROW("a first label of 33", "!EGFCEFEECACACACACACACACACACACACAA\0" CLIENT "\0", NULL, 0),
	ROW("a pointer", FRED "\0\300\0", NULL, 0),
	ROW("a pointer in the scope", FRED "\300\0" CLIENT "\0", NULL, 0),
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

START_TEST(names_are_decoded_or_refused)
{
	const struct row *r = &rows[_i];
	struct nbt_name called, calling;
	uint8_t *exact = malloc(r->len + 1);
	bool good;

	memcpy(exact + 1, r->bytes, r->len);
	good = nbt_request_parse(exact + 1, r->len, &called, &calling);
	ck_assert_msg(good == (r->called != NULL), "%s", r->what);
	if (good) {
		ck_assert_str_eq(called.name, r->called);
		ck_assert_uint_eq(called.suffix, r->suffix);
		ck_assert_str_eq(calling.name, "CLIENT");
		ck_assert_uint_eq(calling.suffix, 0);
	}
	free(exact);
}
END_TEST

START_TEST(every_shorter_request_is_refused)
{
	static const char whole[] = FRED "\7NETBIOS\3COM\0" CLIENT "\7NETBIOS\3COM\0";
	struct nbt_name called, calling;
	uint8_t *exact = malloc((size_t)_i + 1);

	memcpy(exact, whole, (size_t)_i);
	ck_assert(!nbt_request_parse(exact, (size_t)_i, &called, &calling));
	free(exact);
}
END_TEST

START_TEST(a_name_longer_than_255_bytes_is_refused)
{
	uint8_t body[NBT_REQUEST_MAX];
	struct nbt_name called, calling;
	size_t pos = 33;

	memset(body, 'x', sizeof(body));
	memcpy(body, FRED, 33);
	for (int i = 0; i < 4; i++, pos += 64)
		body[pos] = 63;
	body[pos++] = 0;
	memcpy(body + pos, CLIENT, 34);
	ck_assert(!nbt_request_parse(body, pos + 34, &called, &calling));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nbt_session");
	TCase *tc = tcase_create("names");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, names_are_decoded_or_refused, 0, (int)NROWS);
	tcase_add_loop_test(tc, every_shorter_request_is_refused, 0, 2 * (33 + 8 + 4 + 1));
	tcase_add_test(tc, a_name_longer_than_255_bytes_is_refused);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
