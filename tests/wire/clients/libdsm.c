/* SPDX-License-Identifier: BSD-2-Clause */

/* libdsm, in VLC for iOS, Android and Apple TV. */
#include <string.h>

#include "../ntlm.h"
#include "talk.h"

#define FLAGS        0x18
#define FLAGS2       0xC043 /* an older one; today's adds extended security */
#define FLAGS2_TODAY 0xC843
#define MAX_DATA     0xFFFF
#define CLOSE_AT_END 0x02
#define RESUME_KEYS  0x04
#define CONTINUE     0x08
#define MANY         300

static const struct names torture = { "torture", NTLM_DOMAIN, "Unix", "liBDSM" };
static const struct names guest = { "Guest", NTLM_DOMAIN, "Unix", "liBDSM" };

static void
negotiated(void)
{
	talk_begin(FLAGS, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12", "Samba"), 0, 17);
	c->offers = c->capabilities;
}

/* LMv2 in the field for LM, nothing in the other. */
static nt_status
log_on(const struct names *names, const char *password)
{
	uint8_t lm[24], nt[128];
	struct passwords p = { .oem = lm, .oem_len = sizeof(lm) };

	ntlm_v2(names->user, password, c->challenge, lm, nt);
	p.unicode = nt;
	return log_on_nt(&p, names);
}

/* The TID is -1, as libsmbclient has it. */
static void
connected(const char *path)
{
	negotiated();
	ck_assert_uint_eq(log_on(&guest, ""), STATUS_SUCCESS);
	c->tid = 0xFFFF;
	ck_assert_uint_eq(tree_connect_andx(0x0C, path, "?????"), STATUS_SUCCESS);
	ck_assert(r.word_count == 3 || r.word_count == 7);
	ck_assert_uint_ne(c->tid, 0);
}

START_TEST(libdsm_logs_on_with_lmv2_alone)
{
	negotiated();
	ck_assert_uint_eq(log_on(&torture, "secret"), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words) & 1, 0);
}
END_TEST

START_TEST(libdsm_is_a_guest_with_a_response_that_is_not_empty)
{
	negotiated();
	ck_assert_uint_eq(log_on(&guest, "guest"), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words) & 1, 1);
}
END_TEST

START_TEST(libdsm_is_told_of_spnego_when_it_says_so)
{
	talk_begin(FLAGS, FLAGS2_TODAY);
	talk_negotiate(DIALECTS("NT LM 0.12", "Samba"), 0, 17);
	ck_assert_uint_ne(c->capabilities & 0x80000000u, 0);
	ck_assert_uint_gt(rd_left(&r.bytes), 16);
}
END_TEST

static const uint8_t bind_of_its_own[] = {
	5, 0, 11, 3, 0x10, 0, 0, 0, 72, 0, 0, 0, 19, 0, 0, 0,       /* header */
	0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,                         /* sizes, group */
	1, 0, 0, 0, 0, 0, 1, 0,                                     /* one context */
	0xC8, 0x4F, 0x32, 0x4B, 0x70, 0x16, 0xD3, 0x01,             /* srvsvc */
	0x12, 0x78, 0x5A, 0x47, 0xBF, 0x6E, 0xE1, 0x88, 3, 0, 0, 0, /* 3.0 */
	0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11,             /* NDR */
	0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10, 0x48, 0x60, 2, 0, 0, 0, /* 2.0 */
};

/* With the offsets it counted: 68 and 84; MaxParameterCount is 0. */
static struct writer *
begin_rpc(uint16_t fid, uint16_t max, uint16_t len)
{
	struct writer *w = client_begin(c, SMB_COM_TRANSACTION);

	wr_u16(w, 0);
	wr_u16(w, len);
	wr_u16(w, 0);
	wr_u16(w, max);
	wr_zero(w, 10);
	wr_u16(w, 0);
	wr_u16(w, 84);
	wr_u16(w, len);
	wr_u16(w, 84);
	wr_u16(w, 2);
	wr_u16(w, 0x26);
	wr_u16(w, fid);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_utf16(w, "\\PIPE\\");
	wr_zero(w, 4);
	ck_assert_uint_eq(w->pos, 84);
	return w;
}

/* NetShareEnumAll as it is put together there, for a server of four letters. */
static const uint8_t share_enum[] = {
	5, 0, 0, 3, 0x10, 0, 0, 0, 84, 0, 0, 0, 12, 0, 0, 0, /* header */
	64, 0, 0, 0, 0, 0, 15, 0,                            /* hint, context, operation */
	0, 0, 2, 0, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0,      /* the server */
	'W', 0, 'I', 0, 'R', 0, 'E', 0, 0, 0, 0, 0,          /* padded */
	1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 2, 0,                  /* level 1 */
	0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,      /* no entries, any size */
	8, 0, 2, 0, 0, 0, 0, 0,                              /* resume */
};

/* Bytes of the reply counted from the end of its header. */
#define PAYLOAD(n) (SMB_HEADER_LEN + (n))

static uint32_t
at(size_t offset)
{
	ck_assert_uint_le(offset + 4, r.len);
	return r.msg[offset] | (uint32_t)r.msg[offset + 1] << 8 |
	    (uint32_t)r.msg[offset + 2] << 16 | (uint32_t)r.msg[offset + 3] << 24;
}

/* A name and a comment for each, read as it reads them; is there one of that name? */
static bool
is_listed(const char *name)
{
	uint32_t n = at(PAYLOAD(60));
	size_t pos = PAYLOAD(72) + 12 * n;
	bool found = false;

	ck_assert_uint_gt(n, 0);
	for (uint32_t i = 0; i < 2 * n; i++) {
		uint32_t len = at(pos), k = 0;

		pos += 12;
		ck_assert_uint_le(pos + 2 * len, r.len);
		while (name[k] != '\0' && r.msg[pos + 2 * k] == (uint8_t)name[k])
			k++;
		found |= name[k] == '\0' && i % 2 == 0 && len == k + 1;
		pos += 2 * (len + len % 2);
	}
	return found;
}

/* For reading and writing it supersedes, pipes too, and the name's NUL counts. */
static nt_status
open_both(const char *path, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_NT_CREATE_ANDX);
	nt_status status;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(2 * (strlen(path) + 1)));
	wr_u32(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 0x00000003 | 0x00000080 | 0x00000100);
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 3);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, path);
	status = client_call(c, &r);
	rd_skip(&r.words, 5);
	*fid = rd_u16(&r.words);
	return status;
}

START_TEST(libdsm_lists_shares_by_offsets_it_knows)
{
	struct writer *w;
	uint16_t fid;

	connected("\\\\WIRE\\IPC$");
	ck_assert_uint_eq(open_both("\\srvsvc", &fid), STATUS_SUCCESS);
	w = begin_rpc(fid, MAX_DATA, sizeof(bind_of_its_own));
	wr_bytes(w, bind_of_its_own, sizeof(bind_of_its_own));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.msg[PAYLOAD(68)], 0); /* accepted */
	w = begin_rpc(fid, 4280, sizeof(share_enum));
	wr_bytes(w, share_enum, sizeof(share_enum));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(is_listed("share"));
	ck_assert(is_listed("readonly"));
	ck_assert(is_listed("IPC$"));
}
END_TEST

/* Counts and names; fails where the parts are not at the offsets it takes for granted. */
static unsigned
count_names(struct found *got, size_t params)
{
	unsigned n = 0;

	ck_assert_uint_eq(got->parameters_at, PAYLOAD(24));
	ck_assert_uint_eq(got->data_at, PAYLOAD(24) + params);
	ck_assert_uint_eq(got->ea_error, 0);
	while (both_name(&got->data) != NULL)
		n++;
	ck_assert_uint_eq(n, got->count);
	return n;
}

START_TEST(libdsm_lists_a_large_directory_with_a_wrong_key_and_the_pattern)
{
	const struct find_first first = { .attributes = 0x16,
		.count = 1366,
		.flags = CLOSE_AT_END | RESUME_KEYS,
		.level = 0x104,
		.pattern = "\\many\\*",
		.max_data = MAX_DATA };
	struct find_next next = { .count = 255,
		.level = 0x104,
		.flags = CLOSE_AT_END | CONTINUE,
		.name = "\\many\\*",
		.max_data = MAX_DATA };
	char name[128];
	struct found got;
	unsigned n;

	server_mkdir(&server, "many");
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/%096d.mkv", i);
		server_file(&server, name, "", 0);
	}
	connected("\\\\WIRE\\share");
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.end, 0);
	next.sid = got.sid;
	next.key = got.last_name;
	n = count_names(&got, 12);
	while (!got.end) {
		ck_assert_uint_eq(find_next2(&next, &got), STATUS_SUCCESS);
		ck_assert_uint_gt(got.count, 0);
		next.key = got.last_name;
		n += count_names(&got, 8);
		ck_assert_uint_le(n, MANY + 2);
	}
	ck_assert_uint_eq(n, MANY + 2);
}
END_TEST

/* The byte that aligns stands before the format of the second name, not behind it. */
START_TEST(libdsm_renames_with_its_padding_in_front)
{
	struct writer *w;
	uint16_t fid;

	connected("\\\\WIRE\\share");
	ck_assert_uint_eq(open_both("\\before.mkv", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, 0x06);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\before.mkv");
	wr_u8(w, 0);
	wr_u8(w, 4);
	wr_string(w, "\\after.mkv");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "after.mkv"));
	ck_assert(!server_has(&server, "before.mkv"));
}
END_TEST

START_TEST(libdsm_reads_and_writes)
{
	struct reader data;
	uint16_t fid;

	connected("\\\\WIRE\\share");
	ck_assert_uint_eq(open_both("\\new.mkv", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(write_andx(fid, 0, "0123456789", 10), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 4, 0xFFFF, &data), STATUS_SUCCESS);
	expect_bytes(data, "456789");
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

TCase *
libdsm_client(void)
{
	TCase *t = tcase_create("libdsm");

	tcase_add_test(t, libdsm_logs_on_with_lmv2_alone);
	tcase_add_test(t, libdsm_is_a_guest_with_a_response_that_is_not_empty);
	tcase_add_test(t, libdsm_is_told_of_spnego_when_it_says_so);
	tcase_add_test(t, libdsm_lists_shares_by_offsets_it_knows);
	tcase_add_test(t, libdsm_lists_a_large_directory_with_a_wrong_key_and_the_pattern);
	tcase_add_test(t, libdsm_renames_with_its_padding_in_front);
	tcase_add_test(t, libdsm_reads_and_writes);
	return t;
}
