/* SPDX-License-Identifier: BSD-2-Clause */

/* Mac OS X while it spoke SMB1. */
#include "../ntlm.h"
#include "talk.h"

#define FLAGS2              (SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_UNICODE)
#define CAP_RPC_REMOTE_APIS 0x00000020u
#define LARGE_FILES         0x10

static void
connected(const char *share)
{
	talk_begin(0x08, FLAGS2);
	talk_negotiate(DIALECTS("PC NETWORK PROGRAM 1.0", "LANMAN1.0", "NT LM 0.12"), 2, 17);
	client_guest(c);
	client_tree(c, share);
}

/* Without it, it leaves at once. */
START_TEST(mac_os_x_is_told_of_remote_calls)
{
	connected("share");
	ck_assert_uint_ne(c->capabilities & CAP_RPC_REMOTE_APIS, 0);
}
END_TEST

START_TEST(mac_os_x_finds_the_pipe_in_the_bind_ack)
{
	struct reader ack;
	uint16_t fid;

	connected("IPC$");
	fid = client_open(c, "\\srvsvc");
	ck_assert_uint_eq(write_andx(fid, 0, bind_pdu, sizeof(bind_pdu)), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 0, 1024, &ack), STATUS_SUCCESS);
	rd_skip(&ack, 24);
	ck_assert_uint_eq(rd_u16(&ack), 13);
	ck_assert_mem_eq(rd_bytes(&ack, 13), "\\PIPE\\srvsvc", 13);
}
END_TEST

START_TEST(mac_os_x_locks_ranges)
{
	struct writer *w;
	uint16_t fid;

	connected("share");
	fid = client_open(c, "\\hello.txt");
	w = client_begin(c, SMB_COM_LOCKING_ANDX);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, LARGE_FILES);
	wr_u8(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u32(w, 0x7FFFFFFF); /* far behind the end */
	wr_u32(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 1);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

/* Of paths it knows to be DFS's, and others. */
START_TEST(mac_os_x_begins_paths_with_a_slash_too_many)
{
	connected("share");
	ck_assert_uint_eq(
	    by_path(SMB_COM_QUERY_INFORMATION, NULL, 0, "\\\\hello.txt"), STATUS_SUCCESS);
}
END_TEST

TCase *
macintosh_client(void)
{
	TCase *t = tcase_create("Mac OS X");

	tcase_add_test(t, mac_os_x_is_told_of_remote_calls);
	tcase_add_test(t, mac_os_x_finds_the_pipe_in_the_bind_ack);
	tcase_add_test(t, mac_os_x_locks_ranges);
	tcase_add_test(t, mac_os_x_begins_paths_with_a_slash_too_many);
	return t;
}
