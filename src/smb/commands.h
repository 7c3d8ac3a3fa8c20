/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_COMMANDS_H
#define SMB_COMMANDS_H

#include "smb/codes.h"
#include "smb/command.h"

/* MaxBufferSize, as Windows and Samba announce it; the large forms go beyond. */
#define SMB_MAX_BUFFER 16644

/* One row a command file. */
extern const struct smb_command smb_check_directory;
extern const struct smb_command smb_close;
extern const struct smb_command smb_close_and_tree_disc;
extern const struct smb_command smb_close_print_file;
extern const struct smb_command smb_copy;
extern const struct smb_command smb_create_directory;
extern const struct smb_command smb_create_file;
extern const struct smb_command smb_create_new;
extern const struct smb_command smb_create_temporary;
extern const struct smb_command smb_delete;
extern const struct smb_command smb_delete_directory;
extern const struct smb_command smb_echo;
extern const struct smb_command smb_find;
extern const struct smb_command smb_find_close;
extern const struct smb_command smb_find_close2;
extern const struct smb_command smb_find_unique;
extern const struct smb_command smb_flush;
extern const struct smb_command smb_ioctl;
extern const struct smb_command smb_get_machine_name;
extern const struct smb_command smb_lock_and_read;
extern const struct smb_command smb_lock_byte_range;
extern const struct smb_command smb_locking_andx;
extern const struct smb_command smb_logoff_andx;
extern const struct smb_command smb_move;
extern const struct smb_command smb_negotiate;
extern const struct smb_command smb_nt_cancel;
extern const struct smb_command smb_nt_create_andx;
extern const struct smb_command smb_nt_rename;
extern const struct smb_command smb_nt_transact;
extern const struct smb_command smb_nt_transact_secondary;
extern const struct smb_command smb_open;
extern const struct smb_command smb_open_andx;
extern const struct smb_command smb_process_exit;
extern const struct smb_command smb_query_information;
extern const struct smb_command smb_query_information2;
extern const struct smb_command smb_query_information_disk;
extern const struct smb_command smb_read;
extern const struct smb_command smb_read_andx;
extern const struct smb_command smb_read_raw;
extern const struct smb_command smb_rename;
extern const struct smb_command smb_search;
extern const struct smb_command smb_seek;
extern const struct smb_command smb_send_broadcast;
extern const struct smb_command smb_send_end;
extern const struct smb_command smb_send_message;
extern const struct smb_command smb_send_start;
extern const struct smb_command smb_send_text;
extern const struct smb_command smb_session_setup_andx;
extern const struct smb_command smb_set_information;
extern const struct smb_command smb_set_information2;
extern const struct smb_command smb_transaction;
extern const struct smb_command smb_transaction2;
extern const struct smb_command smb_transaction2_secondary;
extern const struct smb_command smb_transaction_secondary;
extern const struct smb_command smb_tree_connect;
extern const struct smb_command smb_tree_connect_andx;
extern const struct smb_command smb_tree_disconnect;
extern const struct smb_command smb_unlock_byte_range;
extern const struct smb_command smb_write;
extern const struct smb_command smb_write_and_close;
extern const struct smb_command smb_write_and_unlock;
extern const struct smb_command smb_write_andx;
extern const struct smb_command smb_write_raw;

/* Known codes that are answered with an error of their own. */
extern const struct smb_command smb_not_implemented;
extern const struct smb_command smb_use_standard;

#endif
