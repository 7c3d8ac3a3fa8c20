/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "wire/frame.h"
#include "wire/header.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* Field by field, [MS-CIFS] 2.2.3.1. */
static const uint8_t sample[SMB_HEADER_LEN] = {
	0xFF, 'S', 'M', 'B',    /* Protocol */
	0x25,                   /* Command */
	0x22, 0, 0, 0xC0,       /* Status: access denied */
	0x88,                   /* Flags */
	0x01, 0xC0,             /* Flags2: NT status, Unicode */
	0x34, 0x12,             /* PIDHigh */
	0, 0, 0, 0, 0, 0, 0, 0, /* SecurityFeatures */
	0, 0,                   /* Reserved */
	0x02, 0x01,             /* TID */
	0x78, 0x56,             /* PIDLow */
	0x04, 0x03,             /* UID */
	0x06, 0x05,             /* MID */
};

static const struct smb_header fields = {
	.command = 0x25,
	.status = STATUS_ACCESS_DENIED,
	.flags = SMB_FLAGS_REPLY | SMB_FLAGS_CASE_INSENSITIVE,
	.flags2 = SMB_FLAGS2_UNICODE | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_LONG_NAMES,
	.pid = 0x12345678,
	.tid = 0x0102,
	.uid = 0x0304,
	.mid = 0x0506,
};

START_TEST(every_field_is_read)
{
	struct smb_header h;
	struct reader r;

	rd_init(&r, sample, sizeof(sample));
	ck_assert(smb_header_read(&r, &h));
	ck_assert_uint_eq(h.command, fields.command);
	ck_assert_uint_eq(h.status, fields.status);
	ck_assert_uint_eq(h.flags, fields.flags);
	ck_assert_uint_eq(h.flags2, fields.flags2);
	ck_assert_uint_eq(h.pid, fields.pid);
	ck_assert_uint_eq(h.tid, fields.tid);
	ck_assert_uint_eq(h.uid, fields.uid);
	ck_assert_uint_eq(h.mid, fields.mid);
	ck_assert_uint_eq(r.pos, SMB_HEADER_LEN);
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(every_field_is_written)
{
	struct writer w;

	wr_init(&w, 100);
	smb_header_write(&w, &fields);
	ck_assert_uint_eq(w.pos, SMB_HEADER_LEN);
	ck_assert_mem_eq(w.frame->smb, sample, SMB_HEADER_LEN);
	wr_clear(&w);
}
END_TEST

START_TEST(a_short_header_is_refused)
{
	size_t len = (size_t)_i;
	uint8_t *cut = malloc(len + (len == 0));
	struct smb_header h;
	struct reader r;

	memcpy(cut, sample, len);
	rd_init(&r, cut, len);
	ck_assert(!smb_header_read(&r, &h));
	ck_assert(!rd_ok(&r));
	free(cut);
}
END_TEST

START_TEST(a_wrong_magic_is_refused)
{
	uint8_t wrong[SMB_HEADER_LEN];
	struct smb_header h;
	struct reader r;

	memcpy(wrong, sample, sizeof(wrong));
	wrong[_i] ^= 1;
	rd_init(&r, wrong, sizeof(wrong));
	ck_assert(!smb_header_read(&r, &h));
	ck_assert(!rd_ok(&r));
}
END_TEST

static void
assert_status(nt_status status, uint16_t flags2, const char *expected)
{
	struct smb_header h = { .status = status, .flags2 = flags2 };
	struct writer w;

	wr_init(&w, 100);
	smb_header_write(&w, &h);
	ck_assert_mem_eq(w.frame->smb + 5, expected, 4);
	wr_patch32(&w, 5, 0xFFFFFFFF);
	smb_header_patch_status(&w, status, flags2);
	ck_assert_mem_eq(w.frame->smb + 5, expected, 4);
	wr_clear(&w);
}

START_TEST(old_clients_get_class_and_code)
{
	assert_status(STATUS_ACCESS_DENIED, 0, "\1\0\5\0");
	assert_status(STATUS_LOGON_FAILURE, SMB_FLAGS2_UNICODE, "\2\0\2\0");
	assert_status(STATUS_INVALID_LOCK_RANGE, 0, "\1\0\x33\1");
	assert_status(STATUS_SUCCESS, 0, "\0\0\0\0");
}
END_TEST

START_TEST(nt_clients_get_the_status)
{
	assert_status(STATUS_ACCESS_DENIED, SMB_FLAGS2_NT_STATUS, "\x22\0\0\xC0");
	assert_status(STATUS_SUCCESS, SMB_FLAGS2_NT_STATUS, "\0\0\0\0");
}
END_TEST

START_TEST(statuses_made_for_smb_look_the_same_to_both)
{
	assert_status(STATUS_SMB_BAD_UID, SMB_FLAGS2_NT_STATUS, "\2\0\x5B\0");
	assert_status(STATUS_SMB_BAD_UID, 0, "\2\0\x5B\0");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/header");
	TCase *tc = tcase_create("header");

	tcase_add_test(tc, every_field_is_read);
	tcase_add_test(tc, every_field_is_written);
	tcase_add_loop_test(tc, a_short_header_is_refused, 0, SMB_HEADER_LEN);
	tcase_add_loop_test(tc, a_wrong_magic_is_refused, 0, 4);
	tcase_add_test(tc, old_clients_get_class_and_code);
	tcase_add_test(tc, nt_clients_get_the_status);
	tcase_add_test(tc, statuses_made_for_smb_look_the_same_to_both);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
