/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Which right each command needs of the handle it is given: every command that reads, writes,
 * deletes, renames or changes something, against the sets of rights a handle may be opened with.
 */
#include <check.h>
#include <stdlib.h>

#include "rights.h"

#define NT_SET_SECURITY   3
#define NT_QUERY_SECURITY 6

#define OWNER 1u
#define GROUP 2u
#define DACL  4u
#define SACL  8u

#define OPEN 1

#define ANY_DATA (FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_EXECUTE)

static struct writer *
with_fid(uint8_t command, uint16_t fid)
{
	struct writer *w = client_begin(rights_client, command);

	wr_u16(w, fid);
	return w;
}

/* --- by handle */

static nt_status
read_bytes(uint16_t fid)
{
	struct writer *w = with_fid(0x0A, fid);

	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	return rights_call();
}

static nt_status
write_bytes(uint16_t fid)
{
	struct writer *w = with_fid(0x0B, fid);

	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 1);
	wr_u8(w, 'x');
	return rights_call();
}

static nt_status
read_andx(uint16_t fid)
{
	struct writer *w = client_begin(rights_client, 0x2E);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 8);
	return rights_call();
}

static nt_status
write_andx(uint16_t fid)
{
	struct writer *w = client_begin(rights_client, 0x2F);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 12);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_u16(w, 32 + 1 + 24 + 2);
	wr_block_bytes(w);
	wr_u8(w, 'x');
	return rights_call();
}

static nt_status
read_raw(uint16_t fid)
{
	struct writer *w = with_fid(0x1A, fid);
	size_t n;

	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 8);
	client_send(rights_client);
	client_receive_raw(rights_client, &n);
	/* It can say no more than that. */
	return n == 1 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* All of it comes behind the first answer. */
static nt_status
write_raw(uint16_t fid)
{
	struct writer *w = with_fid(0x1D, fid);
	nt_status status;

	wr_u16(w, 1);
	wr_zero(w, 10);
	wr_u16(w, 1); /* answer when it is written */
	wr_zero(w, 8);
	status = rights_call();
	if (status == STATUS_SUCCESS) {
		struct reply r;

		client_send_message(rights_client, "x", 1);
		client_receive(rights_client, &r);
		status = r.h.status;
	}
	return status;
}

/* Of no bytes, which need not be locked. */
static nt_status
write_and_unlock(uint16_t fid)
{
	struct writer *w = with_fid(0x14, fid);

	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 0);
	return rights_call();
}

static nt_status
write_and_close(uint16_t fid)
{
	struct writer *w = with_fid(0x2C, fid);

	wr_u16(w, 1);
	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_u8(w, 'x');
	return rights_call();
}

/* WRITE of no bytes sets the end of the file. */
static nt_status
truncate_by_write(uint16_t fid)
{
	struct writer *w = with_fid(0x0B, fid);

	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 0);
	return rights_call();
}

/* So does WRITE_AND_CLOSE. */
static nt_status
truncate_and_close(uint16_t fid)
{
	wr_zero(with_fid(0x2C, fid), 10);
	wr_block_bytes(&rights_client->out);
	wr_u8(&rights_client->out, 0);
	return rights_call();
}

static nt_status
seek(uint16_t fid)
{
	wr_zero(with_fid(0x12, fid), 6);
	return rights_call();
}

static nt_status
flush(uint16_t fid)
{
	with_fid(0x05, fid);
	return rights_call();
}

static nt_status
lock(uint16_t fid)
{
	struct writer *w = with_fid(0x0C, fid);

	wr_u32(w, 1);
	wr_u32(w, 0);
	return rights_call();
}

static nt_status
lock_and_read(uint16_t fid)
{
	struct writer *w = with_fid(0x13, fid);

	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	return rights_call();
}

static nt_status
locking_andx(uint16_t fid)
{
	struct writer *w = client_begin(rights_client, 0x24);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 6);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)rights_client->pid);
	wr_u32(w, 0);
	wr_u32(w, 1);
	return rights_call();
}

static nt_status
set_information2(uint16_t fid)
{
	wr_zero(with_fid(0x22, fid), 12);
	return rights_call();
}

static nt_status
query_information2(uint16_t fid)
{
	with_fid(0x23, fid);
	return rights_call();
}

static nt_status
query_file(uint16_t fid, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 7);

	wr_u16(w, fid);
	wr_u16(w, level);
	return client_trans2_call(rights_client, &t);
}

static nt_status
query_basic(uint16_t fid)
{
	return query_file(fid, 0x101);
}

static nt_status
query_eas(uint16_t fid)
{
	return query_file(fid, 0x004);
}

static nt_status
set_file(uint16_t fid, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 8);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(rights_client, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(rights_client, &t);
}

static const uint8_t zeros[40], one[8] = { 1 };

static nt_status
set_basic(uint16_t fid)
{
	return set_file(fid, 0x101, zeros, 40);
}

static nt_status
set_eas(uint16_t fid)
{
	static const uint8_t eas[] = "\x0f\0\0\0\0\1\5\0A\0value";

	return set_file(fid, 0x002, eas, sizeof(eas) - 1);
}

static nt_status
set_disposition(uint16_t fid)
{
	return set_file(fid, 0x102, one, 1);
}

static nt_status
set_allocation(uint16_t fid)
{
	return set_file(fid, 0x103, one, 8);
}

static nt_status
set_end(uint16_t fid)
{
	return set_file(fid, 0x104, one, 8);
}

static nt_status
set_name(uint16_t fid)
{
	static const uint8_t other[] = "\0\0\0\0\0\0\0\0\x0a\0\0\0o\0t\0h\0e\0r";

	return set_file(fid, 1010, other, sizeof(other));
}

static nt_status
query_security(uint16_t fid, uint32_t parts)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, NT_QUERY_SECURITY, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, parts);
	return client_trans2_call(rights_client, &t);
}

static nt_status
query_owner(uint16_t fid)
{
	return query_security(fid, OWNER | GROUP);
}

static nt_status
query_dacl(uint16_t fid)
{
	return query_security(fid, DACL);
}

static nt_status
query_sacl(uint16_t fid)
{
	return query_security(fid, SACL);
}

static nt_status
change_dacl(uint16_t fid)
{
	const struct ace ace = { .mask = FILE_ALL_ACCESS, .sid = sid_everyone };

	return rights_set_dacl(fid, 1, &ace);
}

static nt_status
change_owner(uint16_t fid)
{
	struct sid owner = sid_everyone;
	const struct sd sd = { .owner = &owner };
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, NT_SET_SECURITY, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, OWNER);
	client_trans2_data(rights_client, &t);
	sd_encode(w, &sd, w->pos);
	return client_trans2_call(rights_client, &t);
}

static const struct {
	const char *name;
	uint32_t any; /* of these is enough; 0: none is needed */
	nt_status (*run)(uint16_t fid);
} by_handle[] = {
	{ "READ", FILE_READ_DATA, read_bytes },
	{ "READ_ANDX", FILE_READ_DATA, read_andx },
	{ "LOCK_AND_READ", FILE_READ_DATA, lock_and_read },
	{ "WRITE", FILE_WRITE_DATA | FILE_APPEND_DATA, write_bytes },
	{ "WRITE_ANDX", FILE_WRITE_DATA | FILE_APPEND_DATA, write_andx },
	{ "READ_RAW", FILE_READ_DATA, read_raw },
	{ "WRITE_RAW", FILE_WRITE_DATA | FILE_APPEND_DATA, write_raw },
	{ "WRITE_AND_UNLOCK", FILE_WRITE_DATA | FILE_APPEND_DATA, write_and_unlock },
	{ "WRITE_AND_CLOSE", FILE_WRITE_DATA | FILE_APPEND_DATA, write_and_close },
	{ "WRITE of nothing", FILE_WRITE_DATA, truncate_by_write },
	{ "WRITE_AND_CLOSE of nothing", FILE_WRITE_DATA, truncate_and_close },
	{ "SEEK", 0, seek },
	{ "FLUSH", 0, flush },
	{ "LOCK_BYTE_RANGE", ANY_DATA, lock },
	{ "LOCKING_ANDX", ANY_DATA, locking_andx },
	{ "SET_INFORMATION2", FILE_WRITE_ATTRIBUTES, set_information2 },
	{ "QUERY_INFORMATION2", 0, query_information2 },
	{ "QUERY_FILE_INFORMATION basic", 0, query_basic },
	{ "QUERY_FILE_INFORMATION all EAs", FILE_READ_EA, query_eas },
	{ "SET_FILE_INFORMATION basic", FILE_WRITE_ATTRIBUTES, set_basic },
	{ "SET_FILE_INFORMATION EAs", FILE_WRITE_EA, set_eas },
	{ "SET_FILE_INFORMATION disposition", ACCESS_DELETE, set_disposition },
	{ "SET_FILE_INFORMATION allocation", FILE_WRITE_DATA, set_allocation },
	{ "SET_FILE_INFORMATION end of file", FILE_WRITE_DATA, set_end },
	{ "SET_FILE_INFORMATION rename", ACCESS_DELETE, set_name },
	{ "QUERY_SECURITY_DESC owner", ACCESS_READ_CONTROL, query_owner },
	{ "QUERY_SECURITY_DESC DACL", ACCESS_READ_CONTROL, query_dacl },
	{ "QUERY_SECURITY_DESC SACL", ACCESS_SYSTEM_SECURITY, query_sacl },
	{ "SET_SECURITY_DESC DACL", ACCESS_WRITE_DAC, change_dacl },
	{ "SET_SECURITY_DESC owner", ACCESS_WRITE_OWNER, change_owner },
};

START_TEST(handle_does_what_it_was_opened_for)
{
	uint32_t any = by_handle[_i].any;

	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);
		uint16_t fid;

		rights_furnish();
		rights_stamp("box/file", FILE_ALL_ACCESS);
		ck_assert_uint_eq(client_try_open(rights_client, "\\box\\file", rights, OPEN, &fid),
		    STATUS_SUCCESS);
		rights_expect(any == 0 || (rights & any) != 0, by_handle[_i].run(fid),
		    by_handle[_i].name, rights);
		rights_close_all();
	}
}
END_TEST

/* --- descriptors themselves */

START_TEST(descriptor_too_large_for_the_client_tells_its_size)
{
	struct trans2 t;
	struct writer *w;
	uint16_t fid;
	uint32_t needed = 0;

	rights_allow("\\box\\file", FILE_ALL_ACCESS);
	ck_assert_uint_eq(
	    client_try_open(rights_client, "\\box\\file", ACCESS_READ_CONTROL, OPEN, &fid),
	    STATUS_SUCCESS);
	for (uint32_t room = 0; needed == 0 || room <= needed; room++) {
		w = client_nt_begin(rights_client, &t, NT_QUERY_SECURITY, NULL, 0);
		wr_patch32(w, 48, room); /* MaxDataCount */
		wr_u16(w, fid);
		wr_u16(w, 0);
		wr_u32(w, OWNER | GROUP | DACL);
		client_trans2_call(rights_client, &t);
		if (needed == 0)
			needed = rd_u32(&t.got_parameters);
		else
			ck_assert_uint_eq(rd_u32(&t.got_parameters), needed);
		ck_assert_uint_gt(needed, 20);
		ck_assert_uint_eq(
		    t.reply.h.status, room < needed ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_data), room < needed ? 0 : needed);
	}
}
END_TEST

START_TEST(system_security_is_a_privilege)
{
	uint16_t fid;

	ck_assert_uint_eq(
	    client_try_open(rights_client, "\\box\\file", ACCESS_SYSTEM_SECURITY, OPEN, &fid),
	    STATUS_PRIVILEGE_NOT_HELD);
	ck_assert_uint_eq(client_try_open(rights_client, "\\box\\made",
			      ACCESS_SYSTEM_SECURITY | FILE_READ_DATA, 2, &fid),
	    STATUS_PRIVILEGE_NOT_HELD);
	ck_assert(!server_has(&rights_server, "box/made"));
}
END_TEST

START_TEST(file_that_cannot_have_its_descriptor_is_not_made)
{
	static const uint8_t broken[20] = { 1, 0, 4, 0x80, 0xFF };
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, 1, NULL, 0);

	wr_zero(w, 8);
	wr_u32(w, FILE_ALL_ACCESS);
	wr_zero(w, 8);
	wr_u32(w, 0);
	wr_u32(w, 7);
	wr_u32(w, 2);
	wr_u32(w, 0);
	wr_u32(w, sizeof(broken));
	wr_u32(w, 0);
	wr_u32(w, 18);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_string(w, "\\box\\made");
	client_trans2_data(rights_client, &t);
	wr_bytes(w, broken, sizeof(broken));
	ck_assert_uint_eq(client_trans2_call(rights_client, &t), STATUS_INVALID_SECURITY_DESCR);
	ck_assert(!server_has(&rights_server, "box/made"));
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("rights");
	TCase *tc = tcase_create("rights");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, rights_setup, rights_teardown);
	tcase_set_timeout(tc, 60);
	LOOP(tc, handle_does_what_it_was_opened_for, by_handle);
	tcase_add_test(tc, descriptor_too_large_for_the_client_tells_its_size);
	tcase_add_test(tc, system_security_is_a_privilege);
	tcase_add_test(tc, file_that_cannot_have_its_descriptor_is_not_made);
	suite_add_tcase(s, tc);
	server_start(&rights_server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&rights_server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
