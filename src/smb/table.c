/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/dispatch.h"

/* By name, so that no row can sit at a wrong number; a hole is SMB_BAD_COMMAND. */
static const struct smb_command *const commands[256] = {
	[SMB_COM_CREATE_DIRECTORY] = &smb_create_directory,
	[SMB_COM_DELETE_DIRECTORY] = &smb_delete_directory,
	[SMB_COM_OPEN] = &smb_open,
	[SMB_COM_CREATE] = &smb_create_file,
	[SMB_COM_CLOSE] = &smb_close,
	[SMB_COM_FLUSH] = &smb_flush,
	[SMB_COM_DELETE] = &smb_delete,
	[SMB_COM_RENAME] = &smb_rename,
	[SMB_COM_QUERY_INFORMATION] = &smb_query_information,
	[SMB_COM_SET_INFORMATION] = &smb_set_information,
	[SMB_COM_READ] = &smb_read,
	[SMB_COM_WRITE] = &smb_write,
	[SMB_COM_LOCK_BYTE_RANGE] = &smb_lock_byte_range,
	[SMB_COM_UNLOCK_BYTE_RANGE] = &smb_unlock_byte_range,
	[SMB_COM_CREATE_TEMPORARY] = &smb_create_temporary,
	[SMB_COM_CREATE_NEW] = &smb_create_new,
	[SMB_COM_CHECK_DIRECTORY] = &smb_check_directory,
	[SMB_COM_PROCESS_EXIT] = &smb_process_exit,
	[SMB_COM_SEEK] = &smb_seek,
	[SMB_COM_LOCK_AND_READ] = &smb_lock_and_read,
	[SMB_COM_WRITE_AND_UNLOCK] = &smb_write_and_unlock,
	[SMB_COM_READ_RAW] = &smb_read_raw,
	[SMB_COM_READ_MPX] = &smb_use_standard,
	[SMB_COM_WRITE_RAW] = &smb_write_raw,
	[SMB_COM_WRITE_MPX] = &smb_use_standard,
	[SMB_COM_SET_INFORMATION2] = &smb_set_information2,
	[SMB_COM_QUERY_INFORMATION2] = &smb_query_information2,
	[SMB_COM_LOCKING_ANDX] = &smb_locking_andx,
	[SMB_COM_TRANSACTION] = &smb_transaction,
	[SMB_COM_TRANSACTION_SECONDARY] = &smb_transaction_secondary,
	[SMB_COM_IOCTL] = &smb_ioctl,
	[SMB_COM_ECHO] = &smb_echo,
	[SMB_COM_WRITE_AND_CLOSE] = &smb_write_and_close,
	[SMB_COM_OPEN_ANDX] = &smb_open_andx,
	[SMB_COM_READ_ANDX] = &smb_read_andx,
	[SMB_COM_WRITE_ANDX] = &smb_write_andx,
	[SMB_COM_TRANSACTION2] = &smb_transaction2,
	[SMB_COM_TRANSACTION2_SECONDARY] = &smb_transaction2_secondary,
	[SMB_COM_FIND_CLOSE2] = &smb_find_close2,
	[SMB_COM_TREE_DISCONNECT] = &smb_tree_disconnect,
	[SMB_COM_NEGOTIATE] = &smb_negotiate,
	[SMB_COM_SESSION_SETUP_ANDX] = &smb_session_setup_andx,
	[SMB_COM_LOGOFF_ANDX] = &smb_logoff_andx,
	[SMB_COM_TREE_CONNECT_ANDX] = &smb_tree_connect_andx,
	[SMB_COM_QUERY_INFORMATION_DISK] = &smb_query_information_disk,
	[SMB_COM_SEARCH] = &smb_search,
	[SMB_COM_FIND] = &smb_find,
	[SMB_COM_FIND_UNIQUE] = &smb_find_unique,
	[SMB_COM_FIND_CLOSE] = &smb_find_close,
	[SMB_COM_NT_TRANSACT] = &smb_nt_transact,
	[SMB_COM_NT_TRANSACT_SECONDARY] = &smb_nt_transact_secondary,
	[SMB_COM_NT_CREATE_ANDX] = &smb_nt_create_andx,
	[SMB_COM_NT_CANCEL] = &smb_nt_cancel,
	[SMB_COM_NT_RENAME] = &smb_nt_rename,
	[SMB_COM_CLOSE_PRINT_FILE] = &smb_close_print_file,

	/* In the specification's list, never implemented by anybody. */
	[SMB_COM_READ_MPX_SECONDARY] = &smb_not_implemented,
	[SMB_COM_WRITE_MPX_SECONDARY] = &smb_not_implemented,
	[SMB_COM_QUERY_SERVER] = &smb_not_implemented,
	[SMB_COM_NEW_FILE_SIZE] = &smb_not_implemented,
	[SMB_COM_FIND_NOTIFY_CLOSE] = &smb_not_implemented,
	[SMB_COM_SECURITY_PACKAGE_ANDX] = &smb_not_implemented,
	[SMB_COM_READ_BULK] = &smb_not_implemented,
	[SMB_COM_WRITE_BULK] = &smb_not_implemented,
	[SMB_COM_WRITE_BULK_DATA] = &smb_not_implemented,
};

const struct smb_command *
smb_command_of(uint8_t code)
{
	return commands[code];
}
