/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdint.h>

/*
 * The one error value above the system calls: an NT status ([MS-ERREF] 2.3).
 * Severity sits in the two top bits: 0 success, 1 information, 2 warning, 3 error.
 */
typedef uint32_t nt_status;

#define STATUS_SUCCESS                        ((nt_status)0x00000000)
#define STATUS_PENDING                        ((nt_status)0x00000103) /* never sent: the request is parked */
#define STATUS_NOTIFY_CLEANUP                 ((nt_status)0x0000010B)
#define STATUS_NOTIFY_ENUM_DIR                ((nt_status)0x0000010C)
#define STATUS_SMB_BAD_TID                    ((nt_status)0x00050002)
#define STATUS_SMB_BAD_COMMAND                ((nt_status)0x00160002)
#define STATUS_SMB_BAD_UID                    ((nt_status)0x005B0002)
#define STATUS_SMB_USE_STANDARD               ((nt_status)0x00FB0002)
#define STATUS_BUFFER_OVERFLOW                ((nt_status)0x80000005)
#define STATUS_NO_MORE_FILES                  ((nt_status)0x80000006)
#define STATUS_INVALID_EA_NAME                ((nt_status)0x80000013)
#define STATUS_EA_LIST_INCONSISTENT           ((nt_status)0x80000014)
#define STATUS_NO_MORE_ENTRIES                ((nt_status)0x8000001A)
#define STATUS_STOPPED_ON_SYMLINK             ((nt_status)0x8000002D)
#define STATUS_UNSUCCESSFUL                   ((nt_status)0xC0000001)
#define STATUS_NOT_IMPLEMENTED                ((nt_status)0xC0000002)
#define STATUS_INVALID_INFO_CLASS             ((nt_status)0xC0000003)
#define STATUS_INFO_LENGTH_MISMATCH           ((nt_status)0xC0000004)
#define STATUS_INVALID_HANDLE                 ((nt_status)0xC0000008)
#define STATUS_INVALID_PARAMETER              ((nt_status)0xC000000D)
#define STATUS_NO_SUCH_FILE                   ((nt_status)0xC000000F)
#define STATUS_INVALID_DEVICE_REQUEST         ((nt_status)0xC0000010)
#define STATUS_END_OF_FILE                    ((nt_status)0xC0000011)
#define STATUS_MORE_PROCESSING_REQUIRED       ((nt_status)0xC0000016)
#define STATUS_NO_MEMORY                      ((nt_status)0xC0000017)
#define STATUS_INVALID_VIEW_SIZE              ((nt_status)0xC000001F)
#define STATUS_ACCESS_DENIED                  ((nt_status)0xC0000022)
#define STATUS_BUFFER_TOO_SMALL               ((nt_status)0xC0000023)
#define STATUS_OBJECT_TYPE_MISMATCH           ((nt_status)0xC0000024)
#define STATUS_OBJECT_NAME_INVALID            ((nt_status)0xC0000033)
#define STATUS_OBJECT_NAME_NOT_FOUND          ((nt_status)0xC0000034)
#define STATUS_OBJECT_NAME_COLLISION          ((nt_status)0xC0000035)
#define STATUS_OBJECT_PATH_INVALID            ((nt_status)0xC0000039)
#define STATUS_OBJECT_PATH_NOT_FOUND          ((nt_status)0xC000003A)
#define STATUS_OBJECT_PATH_SYNTAX_BAD         ((nt_status)0xC000003B)
#define STATUS_SHARING_VIOLATION              ((nt_status)0xC0000043)
#define STATUS_EAS_NOT_SUPPORTED              ((nt_status)0xC000004F)
#define STATUS_EA_TOO_LARGE                   ((nt_status)0xC0000050)
#define STATUS_NO_EAS_ON_FILE                 ((nt_status)0xC0000052)
#define STATUS_FILE_LOCK_CONFLICT             ((nt_status)0xC0000054)
#define STATUS_LOCK_NOT_GRANTED               ((nt_status)0xC0000055)
#define STATUS_DELETE_PENDING                 ((nt_status)0xC0000056)
#define STATUS_INVALID_OWNER                  ((nt_status)0xC000005A)
#define STATUS_PRIVILEGE_NOT_HELD             ((nt_status)0xC0000061)
#define STATUS_NO_SUCH_USER                   ((nt_status)0xC0000064)
#define STATUS_WRONG_PASSWORD                 ((nt_status)0xC000006A)
#define STATUS_LOGON_FAILURE                  ((nt_status)0xC000006D)
#define STATUS_ACCOUNT_DISABLED               ((nt_status)0xC0000072)
#define STATUS_INVALID_SID                    ((nt_status)0xC0000078)
#define STATUS_INVALID_SECURITY_DESCR         ((nt_status)0xC0000079)
#define STATUS_RANGE_NOT_LOCKED               ((nt_status)0xC000007E)
#define STATUS_DISK_FULL                      ((nt_status)0xC000007F)
#define STATUS_INSUFFICIENT_RESOURCES         ((nt_status)0xC000009A)
#define STATUS_MEDIA_WRITE_PROTECTED          ((nt_status)0xC00000A2)
#define STATUS_INSTANCE_NOT_AVAILABLE         ((nt_status)0xC00000AB)
#define STATUS_PIPE_NOT_AVAILABLE             ((nt_status)0xC00000AC)
#define STATUS_INVALID_PIPE_STATE             ((nt_status)0xC00000AD)
#define STATUS_PIPE_BUSY                      ((nt_status)0xC00000AE)
#define STATUS_PIPE_DISCONNECTED              ((nt_status)0xC00000B0)
#define STATUS_IO_TIMEOUT                     ((nt_status)0xC00000B5)
#define STATUS_FILE_IS_A_DIRECTORY            ((nt_status)0xC00000BA)
#define STATUS_NOT_SUPPORTED                  ((nt_status)0xC00000BB)
#define STATUS_NETWORK_NAME_DELETED           ((nt_status)0xC00000C9)
#define STATUS_NETWORK_ACCESS_DENIED          ((nt_status)0xC00000CA)
#define STATUS_BAD_DEVICE_TYPE                ((nt_status)0xC00000CB)
#define STATUS_BAD_NETWORK_NAME               ((nt_status)0xC00000CC)
#define STATUS_TOO_MANY_SESSIONS              ((nt_status)0xC00000CE)
#define STATUS_REQUEST_NOT_ACCEPTED           ((nt_status)0xC00000D0)
#define STATUS_NOT_SAME_DEVICE                ((nt_status)0xC00000D4)
#define STATUS_FILE_RENAMED                   ((nt_status)0xC00000D5)
#define STATUS_CANT_WAIT                      ((nt_status)0xC00000D8) /* never sent: do it as a job */
#define STATUS_PIPE_EMPTY                     ((nt_status)0xC00000D9)
#define STATUS_UNEXPECTED_IO_ERROR            ((nt_status)0xC00000E9)
#define STATUS_DIRECTORY_NOT_EMPTY            ((nt_status)0xC0000101)
#define STATUS_NOT_A_DIRECTORY                ((nt_status)0xC0000103)
#define STATUS_NAME_TOO_LONG                  ((nt_status)0xC0000106)
#define STATUS_TOO_MANY_OPENED_FILES          ((nt_status)0xC000011F)
#define STATUS_CANCELLED                      ((nt_status)0xC0000120)
#define STATUS_CANNOT_DELETE                  ((nt_status)0xC0000121)
#define STATUS_FILE_DELETED                   ((nt_status)0xC0000123)
#define STATUS_FILE_CLOSED                    ((nt_status)0xC0000128)
#define STATUS_INVALID_LEVEL                  ((nt_status)0xC0000148)
#define STATUS_PIPE_BROKEN                    ((nt_status)0xC000014B)
#define STATUS_IO_DEVICE_ERROR                ((nt_status)0xC0000185)
#define STATUS_USER_SESSION_DELETED           ((nt_status)0xC0000203)
#define STATUS_INSUFF_SERVER_RESOURCES        ((nt_status)0xC0000205)
#define STATUS_NOT_FOUND                      ((nt_status)0xC0000225)
#define STATUS_PATH_NOT_COVERED               ((nt_status)0xC0000257)
#define STATUS_NOT_A_REPARSE_POINT            ((nt_status)0xC0000275)
#define STATUS_INVALID_LOCK_RANGE             ((nt_status)0xC00001A1)
#define STATUS_SMB_BAD_FID                    ((nt_status)0x00060001)
#define STATUS_INVALID_SMB                    ((nt_status)0x00010002)
#define STATUS_OS2_INVALID_ACCESS             ((nt_status)0x000C0001)
#define STATUS_OS2_NO_MORE_SIDS               ((nt_status)0x00710001)
#define STATUS_OS2_INVALID_LEVEL              ((nt_status)0x007C0001)
#define STATUS_OS2_CANCEL_VIOLATION           ((nt_status)0x00AD0001)
#define STATUS_OS2_ATOMIC_LOCKS_NOT_SUPPORTED ((nt_status)0x00AE0001)
#define STATUS_DOS_ALREADY_EXISTS             ((nt_status)0x00B70001) /* no NT status: for DOS only */

/* True for the two error severities; SMB-only statuses (0x00xx0001/2) count as errors too. */
static inline int
status_is_error(nt_status s)
{
	return s >> 30 == 3 || ((s >> 30) == 0 && (s & 0xFFFF) != 0 && (s >> 16) != 0);
}

#endif
