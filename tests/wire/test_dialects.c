/* SPDX-License-Identifier: BSD-2-Clause */

/* Every dialect's NEGOTIATE, its log-on, and shares with passwords of their own. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/crypto.h"
#include "auth/ntlm.h"
#include "base/charset.h"
#include "client.h"
#include "config/schema.h"
#include "server.h"
#include "smb/commands.h"
#include "wire/status.h"

#define DIALECTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define GET_DFS_REFERRAL 0x10
#define FIND_FIRST2      1
#define FIND_NEXT2       2

#define MODE_USER    0x01
#define MODE_ENCRYPT 0x02

/* As [MS-CIFS] 2.2.2.4: of clients that know no NT status. */
#define DOS(class, code) ((nt_status)(class) | (nt_status)(code) << 16)
#define ERR_BAD_PASSWORD DOS(2, 2)
#define ERR_BAD_TID      DOS(2, 5)
#define ERR_BAD_FID      DOS(1, 6)

static struct server by_user, by_share;

/* One that knows neither Unicode, nor long names, nor NT statuses. */
static struct client *
old_client(const struct server *s)
{
	struct client *c = client_connect(s->port);

	c->flags = 0;
	c->flags2 = 0;
	return c;
}

static struct client *
speaking(const struct server *s, const char *dialect)
{
	struct client *c = old_client(s);
	struct reply r;

	ck_assert_uint_eq(client_try_negotiate(c, DIALECTS(dialect), &r), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, 0);
	if (r.word_count == 13 && rd_left(&r.bytes) >= 8)
		memcpy(c->challenge, rd_bytes(&r.bytes, 8), 8);
	return c;
}

static void
lm_response(const struct client *c, const char *password, uint8_t response[24])
{
	uint8_t hash[16];

	ck_assert_ptr_null(crypto_init());
	ck_assert(ntlm_lm_hash(crypto_oem(), password, hash));
	ntlm_response(hash, c->challenge, response);
}

/* LAN Manager's form of SESSION_SETUP_ANDX. */
static nt_status
log_on(struct client *c, const char *user, const char *password, struct reply *r)
{
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	uint8_t response[24];
	nt_status status;

	lm_response(c, password, response);
	client_no_andx(w);
	wr_u16(w, 4356);
	wr_u16(w, 2);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, sizeof(response));
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_bytes(w, response, sizeof(response));
	wr_string(w, user);
	status = client_call(c, r);
	c->uid = r->h.uid;
	return status;
}

static nt_status
tree_connect(struct client *c, const char *share, const char *password, struct reply *r)
{
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT);
	char *path = arena_printf(&c->arena, "\\\\WIRE\\%s", share);
	nt_status status;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string_oem(w, path);
	wr_u8(w, 4);
	wr_string_oem(w, password);
	wr_u8(w, 4);
	wr_string_oem(w, "A:");
	status = client_call(c, r);
	if (status == STATUS_SUCCESS) {
		rd_skip(&r->words, 2);
		c->tid = rd_u16(&r->words);
	}
	return status;
}

static void
connected(struct client *c, const char *share, const char *password)
{
	struct reply r;

	ck_assert_uint_eq(tree_connect(c, share, password, &r), STATUS_SUCCESS);
}

static nt_status
open_file(struct client *c, const char *name, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_OPEN);
	struct reply r;
	nt_status status;

	wr_u16(w, 0);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string_oem(w, name);
	status = client_call(c, &r);
	*fid = rd_u16(&r.words);
	return status;
}

static nt_status
read_file(struct client *c, uint16_t fid, struct reply *r)
{
	struct writer *w = client_begin(c, SMB_COM_READ);

	wr_u16(w, fid);
	wr_u16(w, 5);
	wr_u32(w, 0);
	wr_u16(w, 0);
	return client_call(c, r);
}

static nt_status
simple(struct client *c, uint8_t command)
{
	struct reply r;

	client_begin(c, command);
	return client_call(c, &r);
}

static nt_status
make_directory(struct client *c, const char *name)
{
	struct writer *w = client_begin(c, SMB_COM_CREATE_DIRECTORY);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string_oem(w, name);
	return client_call(c, &r);
}

/* --- NEGOTIATE --- */

static const struct {
	const char *name;
	enum conf_protocol protocol;
	uint8_t words;
	const char *domain; /* told in the reply */
} dialects[] = {
	{ "PC NETWORK PROGRAM 1.0", PROTOCOL_CORE, 1, "" },
	{ "MICROSOFT NETWORKS 1.03", PROTOCOL_COREPLUS, 1, "" },
	{ "MICROSOFT NETWORKS 3.0", PROTOCOL_LANMAN1, 13, "" },
	{ "LANMAN1.0", PROTOCOL_LANMAN1, 13, "" },
	{ "LM1.2X002", PROTOCOL_LANMAN2, 13, "" },
	{ "DOS LM1.2X002", PROTOCOL_LANMAN2, 13, "" },
	{ "LANMAN2.1", PROTOCOL_LANMAN2, 13, "WORKGROUP" },
	{ "DOS LANMAN2.1", PROTOCOL_LANMAN2, 13, "WORKGROUP" },
	{ "Samba", PROTOCOL_LANMAN2, 13, "" },
	{ "NT LM 0.12", PROTOCOL_NT1, 17, NULL },
};
#define NDIALECTS (int)(sizeof(dialects) / sizeof(dialects[0]))

START_TEST(each_dialect_has_its_reply)
{
	struct client *c = old_client(&by_user);
	struct reply r;

	ck_assert_uint_eq(
	    client_try_negotiate(c, DIALECTS("XENIX CORE", dialects[_i].name), &r), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, 1);
	ck_assert_uint_eq(r.word_count, dialects[_i].words);
	if (r.word_count == 1)
		ck_assert_uint_eq(rd_left(&r.bytes), 0);
	client_close(&c);
}
END_TEST

START_TEST(lan_manager_is_told_of_all_it_knows)
{
	struct client *c;
	struct reply r;

	if (dialects[_i].words != 13)
		return;
	c = old_client(&by_user);
	client_try_negotiate(c, DIALECTS(dialects[_i].name), &r);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u16(&r.words), MODE_USER | MODE_ENCRYPT);
	ck_assert_uint_eq(rd_u16(&r.words), 16644); /* MaxBufferSize */
	ck_assert_uint_eq(rd_u16(&r.words), 50);    /* MaxMpxCount */
	ck_assert_uint_eq(rd_u16(&r.words), 1);     /* MaxNumberVcs */
	ck_assert_uint_eq(rd_u16(&r.words), 3);     /* RawMode */
	rd_skip(&r.words, 4);                       /* SessionKey */
	rd_skip(&r.words, 2);                       /* ServerTime */
	ck_assert_uint_ge(rd_u16(&r.words) >> 9, 2026 - 1980);
	rd_skip(&r.words, 2); /* ServerTimeZone */
	ck_assert_uint_eq(rd_u16(&r.words), 8);
	ck_assert_uint_eq(rd_u16(&r.words), 0);
	rd_skip(&r.bytes, 8);
	ck_assert_str_eq(rd_string_oem(&r.bytes), dialects[_i].domain);
	ck_assert_uint_eq(rd_left(&r.bytes), 0);
	client_close(&c);
}
END_TEST

/* As old libsmbclient offers them, and turned round. */
START_TEST(the_best_dialect_is_chosen_wherever_it_stands)
{
	struct client *c = old_client(&by_user);
	struct reply r;

	client_try_negotiate(c,
	    DIALECTS("PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03", "MICROSOFT NETWORKS 3.0",
		"LANMAN1.0", "LM1.2X002", "DOS LANMAN2.1", "LANMAN2.1"),
	    &r);
	ck_assert_uint_eq(c->dialect, 6);
	client_close(&c);
	c = old_client(&by_user);
	client_try_negotiate(
	    c, DIALECTS("NT LM 0.12", "LANMAN2.1", "LANMAN1.0", "PC NETWORK PROGRAM 1.0"), &r);
	ck_assert_uint_eq(c->dialect, 0);
	client_close(&c);
}
END_TEST

START_TEST(what_nobody_speaks_is_answered_and_the_next_offer_taken)
{
	struct client *c = old_client(&by_user);
	struct reply r;

	ck_assert_uint_eq(
	    client_try_negotiate(c, DIALECTS("MICROSOFT NETWORKS DEC"), &r), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, 0xFFFF);
	ck_assert_uint_eq(r.word_count, 1);
	client_try_negotiate(c, DIALECTS("PC NETWORK PROGRAM 1.0"), &r);
	ck_assert_uint_eq(c->dialect, 0);
	client_close(&c);
}
END_TEST

START_TEST(a_share_level_server_says_so)
{
	struct client *c = old_client(&by_share);
	struct reply r;

	client_try_negotiate(c, DIALECTS("LANMAN1.0"), &r);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u16(&r.words), MODE_ENCRYPT);
	client_close(&c);
	c = old_client(&by_share);
	c->flags2 = SMB_FLAGS2_EXTENDED_SECURITY | SMB_FLAGS2_NT_STATUS;
	client_try_negotiate(c, DIALECTS("NT LM 0.12"), &r);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u8(&r.words), MODE_ENCRYPT);
	ck_assert_uint_eq(c->capabilities & 0x80000000u, 0);
	client_close(&c);
}
END_TEST

/* --- users --- */

START_TEST(lan_manager_logs_on_with_one_password_field)
{
	struct client *c;
	struct reply r;
	uint16_t fid;

	if (dialects[_i].words != 13)
		return;
	c = speaking(&by_user, dialects[_i].name);
	ck_assert_uint_eq(log_on(c, "TORTURE", "SECRET", &r), STATUS_SUCCESS);
	ck_assert_uint_ne(c->uid, 0);
	ck_assert_uint_eq(r.word_count, 3);
	ck_assert_uint_eq(client_try_tree(c, "private", "A:", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 2);
	ck_assert_str_eq(rd_string_oem(&r.bytes), "A:");
	ck_assert_uint_eq(rd_left(&r.bytes), 0);
	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_file(c, fid, &r), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

START_TEST(lan_manager_is_refused_with_a_dos_error)
{
	struct client *c = speaking(&by_user, "LANMAN2.1");
	struct reply r;

	ck_assert_uint_eq(log_on(c, "torture", "wrong", &r), ERR_BAD_PASSWORD);
	ck_assert_uint_eq(r.word_count, 0);
	client_close(&c);
}
END_TEST

START_TEST(a_log_on_says_no_more_than_the_client_knows_to_say)
{
	struct client *c = speaking(&by_user, "LANMAN1.0");
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_zero(w, 16);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS); /* anonymous, no string at all */
	ck_assert_uint_ne(r.h.uid, 0);
	client_close(&c);
}
END_TEST

/* --- shares with passwords --- */

static const struct server *
share_server(int i)
{
	return i == 0 ? &by_user : &by_share;
}

/* The core dialects know shares alone, whatever the server is set to. */
static const struct {
	int server;
	const char *dialect;
} by_password[] = {
	{ 0, "PC NETWORK PROGRAM 1.0" },
	{ 0, "MICROSOFT NETWORKS 1.03" },
	{ 1, "PC NETWORK PROGRAM 1.0" },
	{ 1, "LANMAN1.0" },
	{ 1, "LANMAN2.1" },
	{ 1, "NT LM 0.12" },
};
#define NBY_PASSWORD (int)(sizeof(by_password) / sizeof(by_password[0]))

static struct client *
password_client(int i)
{
	return speaking(share_server(by_password[i].server), by_password[i].dialect);
}

START_TEST(a_password_opens_its_share)
{
	struct client *c = password_client(_i);
	struct reply r;
	uint16_t fid;

	ck_assert_uint_eq(tree_connect(c, "private", "secret", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 2);
	ck_assert_uint_eq(r.h.uid, 0);
	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_file(c, fid, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(make_directory(c, "\\MADE"), STATUS_SUCCESS);
	ck_assert(server_has(share_server(by_password[_i].server), "MADE"));
	client_close(&c);
}
END_TEST

START_TEST(another_password_does_not)
{
	struct client *c = password_client(_i);
	struct reply r;

	ck_assert_uint_eq(tree_connect(c, "private", "wrong", &r), ERR_BAD_PASSWORD);
	ck_assert_uint_eq(tree_connect(c, "private", "", &r), ERR_BAD_PASSWORD);
	ck_assert_uint_eq(r.word_count, 0);
	client_close(&c);
}
END_TEST

START_TEST(a_share_for_guests_needs_none)
{
	struct client *c = password_client(_i);
	uint16_t fid;

	connected(c, "readonly", "");
	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(make_directory(c, "\\GUESTS"), DOS(1, 5));
	client_close(&c);
}
END_TEST

START_TEST(no_tree_is_nobody)
{
	struct client *c = password_client(_i);
	uint16_t fid;

	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), ERR_BAD_TID);
	client_close(&c);
}
END_TEST

START_TEST(one_tree_does_not_lend_its_rights_to_another)
{
	struct client *c = password_client(_i);
	uint16_t fid, strong;
	struct reply r;

	connected(c, "private", "secret");
	strong = c->tid;
	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), STATUS_SUCCESS);
	connected(c, "readonly", "");
	ck_assert_uint_eq(read_file(c, fid, &r), ERR_BAD_FID);
	c->tid = strong;
	ck_assert_uint_eq(read_file(c, fid, &r), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

/* Where a share's links lead is told to who could open it. */
START_TEST(a_password_asks_for_the_links_of_what_it_opens)
{
	static const struct {
		const char *link;
		nt_status status;
	} row[] = {
		{ "\\WIRE\\others\\away", DOS(1, 1168) },
		{ "\\WIRE\\own\\away", STATUS_SUCCESS },
		{ "\\WIRE\\guests\\away", STATUS_SUCCESS },
	};
	struct client *c = speaking(&by_share, "LANMAN2.1");
	struct trans2 t;

	connected(c, "private", "secret");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct writer *w = client_trans2_begin(c, &t, GET_DFS_REFERRAL);

		wr_u16(w, 1);
		wr_string_oem(w, row[i].link);
		ck_assert_uint_eq(client_trans2_call(c, &t), row[i].status);
	}
	client_close(&c);
}
END_TEST

START_TEST(a_log_on_to_a_share_level_server_proves_nothing)
{
	struct client *c = speaking(&by_share, "LANMAN1.0");
	struct reply r;

	ck_assert_uint_eq(log_on(c, "anybody", "wrong", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(c->uid, 0);
	ck_assert_uint_eq(tree_connect(c, "private", "", &r), ERR_BAD_PASSWORD);
	client_close(&c);
}
END_TEST

/* More trees one after the other than a connection may have users. */
START_TEST(who_a_tree_was_goes_with_it)
{
	struct client *c = password_client(_i);

	for (int i = 0; i < 600; i++) {
		connected(c, "readonly", "");
		ck_assert_uint_eq(simple(c, SMB_COM_TREE_DISCONNECT), STATUS_SUCCESS);
	}
	ck_assert_uint_eq(simple(c, SMB_COM_TREE_DISCONNECT), ERR_BAD_TID);
	client_close(&c);
}
END_TEST

START_TEST(a_log_off_leaves_trees_alone)
{
	struct client *c = password_client(_i);
	struct reply r;
	uint16_t fid;

	connected(c, "readonly", "");
	client_no_andx(client_begin(c, SMB_COM_LOGOFF_ANDX));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

START_TEST(a_process_that_exits_closes_its_files_on_all_trees)
{
	struct client *c = password_client(_i);
	uint16_t fid[2], tid[2];
	struct reply r;

	for (int i = 0; i < 2; i++) {
		connected(c, "readonly", "");
		tid[i] = c->tid;
		ck_assert_uint_eq(open_file(c, "\\HELLO.TXT", &fid[i]), STATUS_SUCCESS);
	}
	ck_assert_uint_eq(simple(c, SMB_COM_PROCESS_EXIT), STATUS_SUCCESS);
	for (int i = 0; i < 2; i++) {
		c->tid = tid[i];
		ck_assert_uint_eq(read_file(c, fid[i], &r), ERR_BAD_FID);
	}
	client_close(&c);
}
END_TEST

/* The response in the password field, as LAN Manager's clients send it. */
START_TEST(a_response_to_the_challenge_opens_a_share)
{
	struct client *c = speaking(&by_share, "LANMAN2.1");
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);
	uint8_t response[24];
	struct reply r;

	lm_response(c, "secret", response);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, sizeof(response));
	wr_block_bytes(w);
	wr_bytes(w, response, sizeof(response));
	wr_string_oem(w, "\\\\WIRE\\PRIVATE");
	wr_string_oem(w, "A:");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

/* SMB_INFO_STANDARD with one entry. */
static void
list_one(struct client *c, struct trans2 *t, bool first, char name[16])
{
	uint16_t n;
	size_t len;

	ck_assert_uint_eq(client_trans2_call(c, t), STATUS_SUCCESS);
	if (first)
		rd_skip(&t->got_parameters, 2); /* SID */
	n = rd_u16(&t->got_parameters);
	ck_assert_uint_eq(n, 1);
	rd_skip(&t->got_data, 22);
	len = rd_u8(&t->got_data);
	ck_assert_uint_lt(len, 16);
	memcpy(name, rd_bytes(&t->got_data, len), len);
	name[len] = '\0';
}

/* In \names are "lower.txt" and a long name. */
START_TEST(who_knows_no_long_names_is_shown_none)
{
	struct client *c = speaking(&by_share, "LANMAN2.1");
	char names[2][16], again[16];
	struct writer *w;
	struct trans2 t;
	uint16_t fid, sid;

	connected(c, "readonly", "");
	w = client_trans2_begin(c, &t, FIND_FIRST2);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_string_oem(w, "\\NAMES\\????????.???");
	list_one(c, &t, true, names[0]);
	t.got_parameters.pos -= 4;
	sid = rd_u16(&t.got_parameters);
	w = client_trans2_begin(c, &t, FIND_NEXT2);
	wr_u16(w, sid);
	wr_u16(w, 1);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_string_oem(w, names[0]);
	list_one(c, &t, false, names[1]);
	ck_assert(strcmp(names[0], "LOWER.TXT") == 0 || strcmp(names[1], "LOWER.TXT") == 0);
	for (int i = 0; i < 2; i++) {
		ck_assert(strcmp(names[i], "LOWER.TXT") == 0 || names[i][1] == '~');
		ck_assert_uint_eq(
		    open_file(c, arena_printf(&c->arena, "\\NAMES\\%s", names[i]), &fid),
		    STATUS_SUCCESS);
		w = client_trans2_begin(c, &t, FIND_FIRST2); /* by the name alone */
		wr_u16(w, 0);
		wr_u16(w, 1);
		wr_u16(w, 0);
		wr_u16(w, 1);
		wr_u32(w, 0);
		wr_string_oem(w, arena_printf(&c->arena, "\\NAMES\\%s", names[i]));
		list_one(c, &t, true, again);
		ck_assert_str_eq(again, names[i]);
	}
	client_close(&c);
}
END_TEST

/* Also for each test that fails to log on, which those after it would have to wait for. */
static void
start(void)
{
	server_start(&by_user,
	    "\tserver min protocol = CORE\n\tlanman auth = yes\n\tntlm auth = ntlmv1-permitted\n"
	    "\tplaintext auth = yes\n");
	server_start(&by_share,
	    "\tserver min protocol = CORE\n\tlanman auth = yes\n\tntlm auth = ntlmv1-permitted\n"
	    "\tplaintext auth = yes\n\tsecurity = share\n"
	    "[others]\n\tpath = /tmp\n\tmsdfs root = yes\n\tusername = other\n"
	    "\tmsdfs links = away=\\there\\share\n"
	    "[own]\n\tpath = /tmp\n\tmsdfs root = yes\n\tusername = torture\n"
	    "\tmsdfs links = away=\\there\\share\n"
	    "[guests]\n\tpath = /tmp\n\tmsdfs root = yes\n\tguest ok = yes\n"
	    "\tmsdfs links = away=\\there\\share\n");
	server_file(&by_user, "hello.txt", "hello", 5);
	server_file(&by_share, "hello.txt", "hello", 5);
	server_mkdir(&by_share, "names");
	server_file(&by_share, "names/lower.txt", "", 0);
	server_file(&by_share, "names/A long name.text", "", 0);
}

static void
stop(void)
{
	ck_assert_int_eq(server_stop(&by_user) + server_stop(&by_share), 0);
}

static void
remove_made(void)
{
	char path[128];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/MADE", share_server(i)->root);
		rmdir(path);
	}
}

static Suite *
dialect_suite(void)
{
	Suite *s = suite_create("dialects");
	TCase *t = tcase_create("negotiate");

	tcase_add_loop_test(t, each_dialect_has_its_reply, 0, NDIALECTS);
	tcase_add_loop_test(t, lan_manager_is_told_of_all_it_knows, 0, NDIALECTS);
	tcase_add_test(t, the_best_dialect_is_chosen_wherever_it_stands);
	tcase_add_test(t, what_nobody_speaks_is_answered_and_the_next_offer_taken);
	tcase_add_test(t, a_share_level_server_says_so);
	suite_add_tcase(s, t);
	t = tcase_create("users");
	tcase_add_loop_test(t, lan_manager_logs_on_with_one_password_field, 0, NDIALECTS);
	tcase_add_test(t, a_log_on_says_no_more_than_the_client_knows_to_say);
	suite_add_tcase(s, t);
	t = tcase_create("shares");
	tcase_add_checked_fixture(t, NULL, remove_made);
	tcase_add_loop_test(t, a_password_opens_its_share, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, a_share_for_guests_needs_none, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, no_tree_is_nobody, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, one_tree_does_not_lend_its_rights_to_another, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, who_a_tree_was_goes_with_it, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, a_log_off_leaves_trees_alone, 0, NBY_PASSWORD);
	tcase_add_loop_test(t, a_process_that_exits_closes_its_files_on_all_trees, 0, NBY_PASSWORD);
	tcase_add_test(t, a_response_to_the_challenge_opens_a_share);
	tcase_add_test(t, who_knows_no_long_names_is_shown_none);
	suite_add_tcase(s, t);
	t = tcase_create("refused");
	tcase_add_checked_fixture(t, start, stop);
	tcase_add_test(t, lan_manager_is_refused_with_a_dos_error);
	tcase_add_loop_test(t, another_password_does_not, 0, NBY_PASSWORD);
	tcase_add_test(t, a_password_asks_for_the_links_of_what_it_opens);
	tcase_add_test(t, a_log_on_to_a_share_level_server_proves_nothing);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(dialect_suite());
	int failed;

	start();
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	failed += server_stop(&by_user);
	failed += server_stop(&by_share);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
