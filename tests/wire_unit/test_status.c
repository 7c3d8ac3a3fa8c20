/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "wire/status.h"

#define NO_CLASS 0

/* Written out a second time on purpose: each status's value, and what old clients get for it. */
static const struct expectation {
	const char *name;
	nt_status status;
	uint32_t value;
	uint8_t class;
	uint16_t code;
} expectations[] = {
#define EXPECT(name, value, class, code) \
	{ \
		"STATUS_" #name, STATUS_##name, value, class, code \
	}
	EXPECT(SUCCESS, 0x00000000, NO_CLASS, 0),
	EXPECT(PENDING, 0x00000103, ERRHRD, 31),
	EXPECT(NOTIFY_CLEANUP, 0x0000010B, ERRDOS, 745),
	EXPECT(NOTIFY_ENUM_DIR, 0x0000010C, ERRDOS, 1022),
	EXPECT(INVALID_SMB, 0x00010002, ERRSRV, 1),
	EXPECT(SMB_BAD_TID, 0x00050002, ERRSRV, 5),
	EXPECT(SMB_BAD_FID, 0x00060001, ERRDOS, 6),
	EXPECT(SMB_BAD_COMMAND, 0x00160002, ERRSRV, 22),
	EXPECT(SMB_BAD_UID, 0x005B0002, ERRSRV, 91),
	EXPECT(OS2_INVALID_ACCESS, 0x000C0001, ERRDOS, 12),
	EXPECT(OS2_NO_MORE_SIDS, 0x00710001, ERRDOS, 113),
	EXPECT(OS2_INVALID_LEVEL, 0x007C0001, ERRDOS, 124),
	EXPECT(OS2_CANCEL_VIOLATION, 0x00AD0001, ERRDOS, 173),
	EXPECT(OS2_ATOMIC_LOCKS_NOT_SUPPORTED, 0x00AE0001, ERRDOS, 174),
	EXPECT(DOS_ALREADY_EXISTS, 0x00B70001, ERRDOS, 183),
	EXPECT(SMB_USE_STANDARD, 0x00FB0002, ERRSRV, 251),
	EXPECT(BUFFER_OVERFLOW, 0x80000005, ERRDOS, 234),
	EXPECT(NO_MORE_FILES, 0x80000006, ERRDOS, 18),
	EXPECT(NO_MORE_ENTRIES, 0x8000001A, ERRDOS, 259),
	EXPECT(INVALID_EA_NAME, 0x80000013, ERRDOS, 254),
	EXPECT(EA_LIST_INCONSISTENT, 0x80000014, ERRDOS, 255),
	EXPECT(STOPPED_ON_SYMLINK, 0x8000002D, ERRHRD, 31),
	EXPECT(UNSUCCESSFUL, 0xC0000001, ERRDOS, 31),
	EXPECT(NOT_IMPLEMENTED, 0xC0000002, ERRDOS, 1),
	EXPECT(INVALID_INFO_CLASS, 0xC0000003, ERRDOS, 230),
	EXPECT(INFO_LENGTH_MISMATCH, 0xC0000004, ERRDOS, 24),
	EXPECT(INVALID_HANDLE, 0xC0000008, ERRDOS, 6),
	EXPECT(INVALID_PARAMETER, 0xC000000D, ERRDOS, 87),
	EXPECT(NO_SUCH_FILE, 0xC000000F, ERRDOS, 2),
	EXPECT(INVALID_DEVICE_REQUEST, 0xC0000010, ERRDOS, 1),
	EXPECT(END_OF_FILE, 0xC0000011, ERRDOS, 38),
	EXPECT(MORE_PROCESSING_REQUIRED, 0xC0000016, ERRDOS, 234),
	EXPECT(NO_MEMORY, 0xC0000017, ERRDOS, 8),
	EXPECT(INVALID_VIEW_SIZE, 0xC000001F, ERRDOS, 5),
	EXPECT(ACCESS_DENIED, 0xC0000022, ERRDOS, 5),
	EXPECT(BUFFER_TOO_SMALL, 0xC0000023, ERRDOS, 122),
	EXPECT(OBJECT_TYPE_MISMATCH, 0xC0000024, ERRDOS, 6),
	EXPECT(OBJECT_NAME_INVALID, 0xC0000033, ERRDOS, 123),
	EXPECT(OBJECT_NAME_NOT_FOUND, 0xC0000034, ERRDOS, 2),
	EXPECT(OBJECT_NAME_COLLISION, 0xC0000035, ERRDOS, 80),
	EXPECT(OBJECT_PATH_INVALID, 0xC0000039, ERRDOS, 3),
	EXPECT(OBJECT_PATH_NOT_FOUND, 0xC000003A, ERRDOS, 3),
	EXPECT(OBJECT_PATH_SYNTAX_BAD, 0xC000003B, ERRDOS, 161),
	EXPECT(SHARING_VIOLATION, 0xC0000043, ERRDOS, 32),
	EXPECT(EAS_NOT_SUPPORTED, 0xC000004F, ERRDOS, 282),
	EXPECT(EA_TOO_LARGE, 0xC0000050, ERRDOS, 275),
	EXPECT(NO_EAS_ON_FILE, 0xC0000052, ERRDOS, 1094),
	EXPECT(FILE_LOCK_CONFLICT, 0xC0000054, ERRDOS, 33),
	EXPECT(LOCK_NOT_GRANTED, 0xC0000055, ERRDOS, 33),
	EXPECT(DELETE_PENDING, 0xC0000056, ERRDOS, 5),
	EXPECT(INVALID_OWNER, 0xC000005A, ERRDOS, 1307),
	EXPECT(PRIVILEGE_NOT_HELD, 0xC0000061, ERRDOS, 5),
	EXPECT(NO_SUCH_USER, 0xC0000064, ERRSRV, 2),
	EXPECT(WRONG_PASSWORD, 0xC000006A, ERRSRV, 2),
	EXPECT(LOGON_FAILURE, 0xC000006D, ERRSRV, 2),
	EXPECT(ACCOUNT_DISABLED, 0xC0000072, ERRSRV, 2239),
	EXPECT(INVALID_SID, 0xC0000078, ERRDOS, 1337),
	EXPECT(INVALID_SECURITY_DESCR, 0xC0000079, ERRDOS, 1338),
	EXPECT(RANGE_NOT_LOCKED, 0xC000007E, ERRDOS, 158),
	EXPECT(DISK_FULL, 0xC000007F, ERRHRD, 39),
	EXPECT(INSUFFICIENT_RESOURCES, 0xC000009A, ERRDOS, 8),
	EXPECT(MEDIA_WRITE_PROTECTED, 0xC00000A2, ERRHRD, 19),
	EXPECT(INSTANCE_NOT_AVAILABLE, 0xC00000AB, ERRDOS, 231),
	EXPECT(PIPE_NOT_AVAILABLE, 0xC00000AC, ERRDOS, 231),
	EXPECT(INVALID_PIPE_STATE, 0xC00000AD, ERRDOS, 230),
	EXPECT(PIPE_BUSY, 0xC00000AE, ERRDOS, 231),
	EXPECT(PIPE_DISCONNECTED, 0xC00000B0, ERRDOS, 233),
	EXPECT(IO_TIMEOUT, 0xC00000B5, ERRSRV, 88),
	EXPECT(FILE_IS_A_DIRECTORY, 0xC00000BA, ERRDOS, 5),
	EXPECT(NOT_SUPPORTED, 0xC00000BB, ERRDOS, 50),
	EXPECT(NETWORK_NAME_DELETED, 0xC00000C9, ERRSRV, 5),
	EXPECT(NETWORK_ACCESS_DENIED, 0xC00000CA, ERRSRV, 4),
	EXPECT(BAD_DEVICE_TYPE, 0xC00000CB, ERRSRV, 7),
	EXPECT(BAD_NETWORK_NAME, 0xC00000CC, ERRSRV, 6),
	EXPECT(TOO_MANY_SESSIONS, 0xC00000CE, ERRSRV, 90),
	EXPECT(REQUEST_NOT_ACCEPTED, 0xC00000D0, ERRSRV, 89),
	EXPECT(NOT_SAME_DEVICE, 0xC00000D4, ERRDOS, 17),
	EXPECT(FILE_RENAMED, 0xC00000D5, ERRDOS, 5),
	EXPECT(CANT_WAIT, 0xC00000D8, ERRHRD, 31),
	EXPECT(PIPE_EMPTY, 0xC00000D9, ERRDOS, 232),
	EXPECT(UNEXPECTED_IO_ERROR, 0xC00000E9, ERRHRD, 31),
	EXPECT(DIRECTORY_NOT_EMPTY, 0xC0000101, ERRDOS, 145),
	EXPECT(NOT_A_DIRECTORY, 0xC0000103, ERRDOS, 267),
	EXPECT(NAME_TOO_LONG, 0xC0000106, ERRDOS, 206),
	EXPECT(TOO_MANY_OPENED_FILES, 0xC000011F, ERRDOS, 4),
	EXPECT(CANCELLED, 0xC0000120, ERRDOS, 995),
	EXPECT(CANNOT_DELETE, 0xC0000121, ERRDOS, 5),
	EXPECT(FILE_DELETED, 0xC0000123, ERRDOS, 5),
	EXPECT(FILE_CLOSED, 0xC0000128, ERRDOS, 6),
	EXPECT(INVALID_LEVEL, 0xC0000148, ERRDOS, 124),
	EXPECT(PIPE_BROKEN, 0xC000014B, ERRDOS, 109),
	EXPECT(IO_DEVICE_ERROR, 0xC0000185, ERRHRD, 31),
	EXPECT(INVALID_LOCK_RANGE, 0xC00001A1, ERRDOS, 307),
	EXPECT(USER_SESSION_DELETED, 0xC0000203, ERRSRV, 91),
	EXPECT(INSUFF_SERVER_RESOURCES, 0xC0000205, ERRDOS, 8),
	EXPECT(NOT_FOUND, 0xC0000225, ERRDOS, 1168),
	EXPECT(PATH_NOT_COVERED, 0xC0000257, ERRSRV, 3),
	EXPECT(NOT_A_REPARSE_POINT, 0xC0000275, ERRDOS, 4390),
};

#define ROWS ((int)(sizeof(expectations) / sizeof(expectations[0])))

START_TEST(a_row_is_as_specified)
{
	const struct expectation *e = &expectations[_i];
	struct dos_error got = status_to_dos(e->status);

	ck_assert_uint_eq(e->status, e->value);
	ck_assert_uint_eq(got.class, e->class);
	ck_assert_uint_eq(got.code, e->code);
	ck_assert_str_eq(status_name(e->status), e->name);
}
END_TEST

static bool
is_expected(const char *name)
{
	int i;

	for (i = 0; i < ROWS; i++) {
		if (strcmp(expectations[i].name, name) == 0)
			return true;
	}
	return false;
}

START_TEST(no_status_is_without_a_row)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[200], name[200];
	int defined = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/src/base/status.h", srcdir != NULL ? srcdir : ".");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "#define %199[A-Z0-9_] (", name) != 1 ||
		    strncmp(name, "STATUS_", 7) != 0)
			continue;
		ck_assert_msg(is_expected(name),
		    "say in wire/status.c and here what old clients get for %s", name);
		defined++;
	}
	fclose(f);
	ck_assert_int_eq(defined, ROWS);
}
END_TEST

START_TEST(unlisted_statuses_made_for_smb_carry_class_and_code)
{
	struct dos_error e = status_to_dos(0x00830001);

	ck_assert_uint_eq(e.class, ERRDOS);
	ck_assert_uint_eq(e.code, 131);
	e = status_to_dos(0x00150003);
	ck_assert_uint_eq(e.class, ERRHRD);
	ck_assert_uint_eq(e.code, 21);
	e = status_to_dos(0xFFFF0002); /* STATUS_SMB_NO_SUPPORT */
	ck_assert_uint_eq(e.class, ERRSRV);
	ck_assert_uint_eq(e.code, 0xFFFF);
}
END_TEST

START_TEST(other_unlisted_statuses_are_general_failures)
{
	static const nt_status others[] = { 0xC0000ABC, 0x80000ABC, 0xC0220001, 0x00010004, 0x104 };
	struct dos_error e;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		e = status_to_dos(others[i]);
		ck_assert_uint_eq(e.class, ERRHRD);
		ck_assert_uint_eq(e.code, 31);
	}
}
END_TEST

START_TEST(unlisted_statuses_have_a_number_for_a_name)
{
	const char *a = status_name(0xC0000ABC), *b = status_name(0x12345678);

	ck_assert_str_eq(a, "0xC0000ABC");
	ck_assert_str_eq(b, "0x12345678");
}
END_TEST

START_TEST(errors_are_told_from_warnings_and_success)
{
	ck_assert(status_is_error(STATUS_ACCESS_DENIED));
	ck_assert(status_is_error(STATUS_SMB_BAD_UID));
	ck_assert(status_is_error(STATUS_OS2_INVALID_LEVEL));
	ck_assert(!status_is_error(STATUS_SUCCESS));
	ck_assert(!status_is_error(STATUS_BUFFER_OVERFLOW));
	ck_assert(!status_is_error(STATUS_NO_MORE_FILES));
	ck_assert(!status_is_error(STATUS_NOTIFY_ENUM_DIR));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/status");
	TCase *tc = tcase_create("status");

	tcase_add_loop_test(tc, a_row_is_as_specified, 0, ROWS);
	tcase_add_test(tc, no_status_is_without_a_row);
	tcase_add_test(tc, unlisted_statuses_made_for_smb_carry_class_and_code);
	tcase_add_test(tc, other_unlisted_statuses_are_general_failures);
	tcase_add_test(tc, unlisted_statuses_have_a_number_for_a_name);
	tcase_add_test(tc, errors_are_told_from_warnings_and_success);
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
