/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ERRgeneral 31

struct row {
	nt_status status;
	uint16_t class, code;
	const char *name;
};

#define ROW(s, class, code) \
	{ \
		STATUS_##s, class, code, "STATUS_" #s \
	}
#define SMB(s) \
	{ \
		STATUS_##s, (STATUS_##s) & 0xFF, (STATUS_##s) >> 16, "STATUS_" #s \
	}

/*
 * [MS-CIFS] 2.2.2.4 where it has the status; else the Win32 code of the status, which Windows
 * puts into class ERRDOS, as it does with OBJECT_PATH_SYNTAX_BAD though the table has 3 for it.
 * Log-on failures are all ERRSRV, as LAN Manager clients expect.
 */
static const struct row rows[] = {
	ROW(SUCCESS, 0, 0),
	ROW(NOTIFY_CLEANUP, ERRDOS, 745),
	ROW(NOTIFY_ENUM_DIR, ERRDOS, 1022),
	SMB(INVALID_SMB),
	SMB(SMB_BAD_TID),
	SMB(SMB_BAD_FID),
	SMB(SMB_BAD_COMMAND),
	SMB(SMB_BAD_UID),
	SMB(OS2_INVALID_ACCESS),
	SMB(OS2_NO_MORE_SIDS),
	SMB(OS2_INVALID_LEVEL),
	SMB(OS2_CANCEL_VIOLATION),
	SMB(OS2_ATOMIC_LOCKS_NOT_SUPPORTED),
	SMB(DOS_ALREADY_EXISTS),
	SMB(SMB_USE_STANDARD),
	ROW(BUFFER_OVERFLOW, ERRDOS, 234),
	ROW(NO_MORE_FILES, ERRDOS, 18),
	ROW(INVALID_EA_NAME, ERRDOS, 254),
	ROW(EA_LIST_INCONSISTENT, ERRDOS, 255),
	ROW(NO_MORE_ENTRIES, ERRDOS, 259),
	ROW(STOPPED_ON_SYMLINK, ERRHRD, ERRgeneral),
	ROW(UNSUCCESSFUL, ERRDOS, ERRgeneral),
	ROW(NOT_IMPLEMENTED, ERRDOS, 1),
	ROW(INVALID_INFO_CLASS, ERRDOS, 230),
	ROW(INFO_LENGTH_MISMATCH, ERRDOS, 24),
	ROW(INVALID_HANDLE, ERRDOS, 6),
	ROW(INVALID_PARAMETER, ERRDOS, 87),
	ROW(NO_SUCH_FILE, ERRDOS, 2),
	ROW(INVALID_DEVICE_REQUEST, ERRDOS, 1),
	ROW(END_OF_FILE, ERRDOS, 38),
	ROW(MORE_PROCESSING_REQUIRED, ERRDOS, 234),
	ROW(NO_MEMORY, ERRDOS, 8),
	ROW(INVALID_VIEW_SIZE, ERRDOS, 5),
	ROW(ACCESS_DENIED, ERRDOS, 5),
	ROW(BUFFER_TOO_SMALL, ERRDOS, 122),
	ROW(OBJECT_TYPE_MISMATCH, ERRDOS, 6),
	ROW(OBJECT_NAME_INVALID, ERRDOS, 123),
	ROW(OBJECT_NAME_NOT_FOUND, ERRDOS, 2),
	ROW(OBJECT_NAME_COLLISION, ERRDOS, 80),
	ROW(OBJECT_PATH_INVALID, ERRDOS, 3),
	ROW(OBJECT_PATH_NOT_FOUND, ERRDOS, 3),
	ROW(OBJECT_PATH_SYNTAX_BAD, ERRDOS, 161),
	ROW(SHARING_VIOLATION, ERRDOS, 32),
	ROW(EAS_NOT_SUPPORTED, ERRDOS, 282),
	ROW(EA_TOO_LARGE, ERRDOS, 275),
	ROW(NO_EAS_ON_FILE, ERRDOS, 1094),
	ROW(FILE_LOCK_CONFLICT, ERRDOS, 33),
	ROW(LOCK_NOT_GRANTED, ERRDOS, 33),
	ROW(DELETE_PENDING, ERRDOS, 5),
	ROW(INVALID_OWNER, ERRDOS, 1307),
	ROW(PRIVILEGE_NOT_HELD, ERRDOS, 5),
	ROW(NO_SUCH_USER, ERRSRV, 2),
	ROW(WRONG_PASSWORD, ERRSRV, 2),
	ROW(LOGON_FAILURE, ERRSRV, 2),
	ROW(ACCOUNT_DISABLED, ERRSRV, 2239),
	ROW(INVALID_SID, ERRDOS, 1337),
	ROW(INVALID_SECURITY_DESCR, ERRDOS, 1338),
	ROW(RANGE_NOT_LOCKED, ERRDOS, 158),
	ROW(DISK_FULL, ERRHRD, 39),
	ROW(INSUFFICIENT_RESOURCES, ERRDOS, 8),
	ROW(MEDIA_WRITE_PROTECTED, ERRHRD, 19),
	ROW(INSTANCE_NOT_AVAILABLE, ERRDOS, 231),
	ROW(PIPE_NOT_AVAILABLE, ERRDOS, 231),
	ROW(INVALID_PIPE_STATE, ERRDOS, 230),
	ROW(PIPE_BUSY, ERRDOS, 231),
	ROW(PIPE_DISCONNECTED, ERRDOS, 233),
	ROW(IO_TIMEOUT, ERRSRV, 88),
	ROW(FILE_IS_A_DIRECTORY, ERRDOS, 5),
	ROW(NOT_SUPPORTED, ERRDOS, 50),
	ROW(NETWORK_NAME_DELETED, ERRSRV, 5),
	ROW(NETWORK_ACCESS_DENIED, ERRSRV, 4),
	ROW(BAD_DEVICE_TYPE, ERRSRV, 7),
	ROW(BAD_NETWORK_NAME, ERRSRV, 6),
	ROW(TOO_MANY_SESSIONS, ERRSRV, 90),
	ROW(REQUEST_NOT_ACCEPTED, ERRSRV, 89),
	ROW(NOT_SAME_DEVICE, ERRDOS, 17),
	ROW(FILE_RENAMED, ERRDOS, 5),
	ROW(PIPE_EMPTY, ERRDOS, 232),
	ROW(UNEXPECTED_IO_ERROR, ERRHRD, ERRgeneral),
	ROW(DIRECTORY_NOT_EMPTY, ERRDOS, 145),
	ROW(NOT_A_DIRECTORY, ERRDOS, 267),
	ROW(NAME_TOO_LONG, ERRDOS, 206),
	ROW(TOO_MANY_OPENED_FILES, ERRDOS, 4),
	ROW(CANCELLED, ERRDOS, 995),
	ROW(CANNOT_DELETE, ERRDOS, 5),
	ROW(FILE_DELETED, ERRDOS, 5),
	ROW(FILE_CLOSED, ERRDOS, 6),
	ROW(INVALID_LEVEL, ERRDOS, 124),
	ROW(PIPE_BROKEN, ERRDOS, 109),
	ROW(IO_DEVICE_ERROR, ERRHRD, ERRgeneral),
	ROW(INVALID_LOCK_RANGE, ERRDOS, 307),
	ROW(USER_SESSION_DELETED, ERRSRV, 91),
	ROW(INSUFF_SERVER_RESOURCES, ERRDOS, 8),
	ROW(NOT_FOUND, ERRDOS, 1168),
	ROW(NOT_A_REPARSE_POINT, ERRDOS, 4390),
	ROW(PATH_NOT_COVERED, ERRSRV, 3),
	ROW(PENDING, ERRHRD, ERRgeneral),
	ROW(CANT_WAIT, ERRHRD, ERRgeneral),
};

static const struct row *
row_of(nt_status s)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].status == s)
			return &rows[i];
	}
	return NULL;
}

/* 0xCCCC000k: made for SMB, with the code in the upper half and the class in the lower. */
static bool
carries_dos_error(nt_status s)
{
	uint32_t class = s & 0xFFFF;

	return s >> 16 != 0 && class >= ERRDOS && class <= ERRHRD &&
	    (s >> 30 == 0 || s >> 16 == 0xFFFF);
}

struct dos_error
status_to_dos(nt_status s)
{
	const struct row *row = row_of(s);

	if (row != NULL)
		return (struct dos_error){ (uint8_t)row->class, row->code };
	if (carries_dos_error(s))
		return (struct dos_error){ (uint8_t)s, (uint16_t)(s >> 16) };
	return (struct dos_error){ ERRHRD, ERRgeneral };
}

const char *
status_name(nt_status s)
{
	static _Thread_local char text[4][12];
	static _Thread_local unsigned turn;
	const struct row *row = row_of(s);
	char *out;

	if (row != NULL)
		return row->name;
	out = text[turn++ % 4];
	snprintf(out, sizeof(text[0]), "0x%08X", (unsigned)s);
	return out;
}
