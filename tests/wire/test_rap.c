/* SPDX-License-Identifier: BSD-2-Clause */

/* RAP: what each call tells at every size of buffer, to whom, and what it refuses. */
#include <check.h>
#include <string.h>

#include "client.h"
#include "rap/descriptor.h"
#include "server.h"

#define TRANSACTION 0x25
#define LARGE       0xF000
#define ARGS_MAX    80

#define ACCESS_DENIED     5
#define NOT_SUPPORTED     50
#define INVALID_PARAMETER 87
#define INVALID_LEVEL     124
#define MORE_DATA         234
#define BUF_TOO_SMALL     2123

static struct server server;
static struct client *c;
static struct trans2 t;
static uint16_t error, words[2]; /* of the last answer; what is behind the converter */

static void
log_on(const char *user)
{
	struct reply r;

	if (c != NULL)
		client_close(&c);
	c = client_connect(server.port);
	client_negotiate(c);
	ck_assert_uint_eq(client_try_logon(c, user, "secret", &r), STATUS_SUCCESS);
	client_tree(c, "IPC$");
}

static void
setup(void)
{
	log_on("torture");
}

static void
teardown(void)
{
	client_close(&c);
}

/* A call begun: its arguments are written next. */
static struct writer *
begin_named(const char *name, uint16_t function, const char *params, const char *shape)
{
	struct writer *w = client_begin(c, TRANSACTION);

	memset(&t, 0, sizeof(t));
	wr_zero(w, 4);
	wr_u16(w, 16);
	wr_u16(w, LARGE);
	wr_zero(w, 20); /* no setup */
	wr_block_bytes(w);
	wr_string(w, name);
	t.parameters = w->pos;
	wr_u16(w, function);
	wr_bytes(w, params, strlen(params) + 1);
	wr_bytes(w, shape, strlen(shape) + 1);
	return w;
}

static struct writer *
begin(uint16_t function, const char *params, const char *shape)
{
	return begin_named("\\PIPE\\LANMAN", function, params, shape);
}

static void
call(void)
{
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_uint_ge(rd_left(&t.got_parameters), 4);
	error = rd_u16(&t.got_parameters);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0); /* the converter */
	memset(words, 0, sizeof(words));
	for (size_t i = 0; i < 2 && rd_left(&t.got_parameters) >= 2; i++)
		words[i] = rd_u16(&t.got_parameters);
}

/* Calls with a structure, and their arguments before the level. */
static const struct about {
	uint16_t function;
	const char *params, *shape;
	uint16_t level;
	const char *name; /* a first argument, or NULL */
	bool lists;
} about[] = {
	{ 0, "WrLeh", "B13", 0, NULL, true },
	{ 0, "WrLeh", "B13BWz", 1, NULL, true },
	{ 0, "WrLeh", "B13BWzWWWzB9B", 2, NULL, true },
	{ 1, "zWrLh", "B13", 0, "share", false },
	{ 1, "zWrLh", "B13BWz", 1, "SHARE", false },
	{ 1, "zWrLh", "B13BWzWWWzB9B", 2, "ipc$", false },
	{ 6, "WrLeh", "z", 0, NULL, true },
	{ 6, "WrLeh", "zzWWWDDD", 1, NULL, true },
	{ 6, "WrLeh", "zzWWWDDDz", 2, NULL, true },
	{ 6, "WrLeh", "zzDD", 10, NULL, true },
	{ 7, "zWrLh", "z", 0, "\\\\127.0.0.1", false },
	{ 7, "zWrLh", "zzWWWDDDz", 2, "\\\\127.0.0.1", false },
	{ 9, "zWrLeh", "W", 0, "\\\\127.0.0.1", true },
	{ 9, "zWrLeh", "WWWWDzz", 1, "IPC$", true },
	{ 13, "WrLh", "B16", 0, NULL, false },
	{ 13, "WrLh", "B16BBDz", 1, NULL, false },
	{ 13, "WrLh", "B16BBDzDDDWWzWWWWWWWB21BzWWWWWWWWWWWWWWWWWWWWWWz", 2, NULL, false },
	{ 13, "WrLh", "B16BBDzDDDWWzWWWWWWWB21BzWWWWWWWWWWWWWWWWWWWWWWzDWz", 3, NULL, false },
	{ 56, "zWrLh", "B21", 0, "torture", false },
	{ 56, "zWrLh", "B21BB16DWzzWz", 1, "torture", false },
	{ 56, "zWrLh", "B21BB16DWzzWzDzzzzDDDDWb21WWzWW", 2, "torture", false },
	{ 56, "zWrLh", "B21Bzzz", 10, "torture", false },
	{ 56, "zWrLh", "B21BzzzWDDzzDDWWzWzDWb21W", 11, "torture", false },
	{ 59, "zWrLeh", "B21", 0, "torture", true },
	{ 63, "WrLh", "zzzBBzz", 10, NULL, false },
	{ 53, "WrLeh", "B21", 0, NULL, true },
};

static void
ask(const struct about *a, uint16_t room)
{
	struct writer *w = begin(a->function, a->params, a->shape);

	if (a->name != NULL)
		wr_bytes(w, a->name, strlen(a->name) + 1);
	wr_u16(w, a->level);
	wr_u16(w, room);
	call();
}

/* Whatever has a pointer points behind the structures, to text that ends within the data. */
static void
check_pointers(const char *shape, unsigned n)
{
	struct reader r = t.got_data, at;
	size_t fixed = rap_descriptor_size(shape) * n, size = rd_left(&r);
	struct rap_member m;
	const char *d;
	uint32_t p;

	while (n-- != 0) {
		for (d = shape; rap_member_next(&d, &m);) {
			if (m.type != 'z' && m.type != 'b') {
				rd_skip(&r, m.type == 'B' ? m.count : m.type == 'D' ? 4 : 2);
				continue;
			}
			p = rd_u32(&r);
			if (p == 0)
				continue;
			ck_assert_uint_ge(p, fixed);
			ck_assert_uint_lt(p, size);
			at = t.got_data;
			rd_skip(&at, p);
			if (m.type == 'z')
				ck_assert_ptr_nonnull(memchr(at.msg + at.pos, 0, size - p));
			else
				ck_assert_uint_ge(size - p, m.count);
		}
	}
	ck_assert(rd_ok(&r));
}

/* What is answered of n bytes of room, when all there is takes `whole`. */
static void
check_room(const struct about *a, uint16_t room, size_t whole, unsigned entries)
{
	size_t fixed = rap_descriptor_size(a->shape), got;

	ask(a, room);
	got = rd_left(&t.got_data);
	ck_assert_uint_le(got, room);
	if (room >= whole) {
		ck_assert_uint_eq(error, 0);
		ck_assert_uint_eq(got, whole);
	} else if (a->lists || room >= fixed) {
		ck_assert_uint_eq(error, MORE_DATA);
	} else {
		ck_assert_uint_eq(error, BUF_TOO_SMALL);
		ck_assert_uint_eq(got, 0);
	}
	if (a->lists) {
		ck_assert_uint_eq(words[1], entries);
		ck_assert_uint_le(words[0], entries);
		ck_assert_int_eq(words[0] == entries, room >= whole);
		ck_assert_uint_ge(got, words[0] * fixed);
		check_pointers(a->shape, words[0]);
	} else {
		ck_assert_uint_eq(words[0], whole);
		check_pointers(a->shape, got != 0);
	}
}

START_TEST(every_size_of_buffer_is_kept_to)
{
	const struct about *a = &about[_i];
	size_t fixed = rap_descriptor_size(a->shape), whole;
	unsigned entries;

	ask(a, LARGE);
	ck_assert_uint_eq(error, 0);
	whole = rd_left(&t.got_data);
	entries = a->lists ? words[0] : 1;
	ck_assert_uint_ge(entries, 1);
	ck_assert_uint_ge(whole, fixed * entries);
	check_room(a, 0, whole, entries);
	check_room(a, (uint16_t)(fixed - 1), whole, entries);
	check_room(a, (uint16_t)fixed, whole, entries);
	check_room(a, (uint16_t)(whole - 1), whole, entries);
	check_room(a, (uint16_t)whole, whole, entries);
	check_room(a, UINT16_MAX, whole, entries);
}
END_TEST

START_TEST(what_the_transaction_takes_counts_as_well)
{
	struct writer *w = begin(0, "WrLeh", "B13BWz");

	wr_u16(w, 1);
	wr_u16(w, LARGE);
	wr_patch16(w, 39, 45); /* MaxDataCount */
	call();
	ck_assert_uint_eq(error, MORE_DATA);
	ck_assert_uint_eq(words[0], 2);
	ck_assert_uint_gt(words[1], 2);
	ck_assert_uint_eq(rd_left(&t.got_data), 42);
	check_pointers("B13BWz", 2);
}
END_TEST

START_TEST(a_game_console_lists_shares)
{
	static const char *const seen[] = { "share", "readonly", "private", "followed", "closed" };
	struct writer *w;
	const char *name;
	unsigned n = 0;

	c->flags2 = 0;
	w = begin(0, "WrLeh", "B13BWz");
	wr_u16(w, 1);
	wr_u16(w, 0x1FA0);
	call();
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(words[0], 6);
	ck_assert_uint_eq(words[1], 6);
	check_pointers("B13BWz", 6);
	while (n < 6) {
		name = (const char *)rd_bytes(&t.got_data, 13);
		ck_assert_ptr_nonnull(memchr(name, 0, 13));
		ck_assert_str_eq(name, n < 5 ? seen[n] : "IPC$");
		ck_assert_uint_eq(rd_u8(&t.got_data), 0);
		ck_assert_uint_eq(rd_u16(&t.got_data), n < 5 ? 0 : 3);
		rd_skip(&t.got_data, 4);
		n++;
	}
}
END_TEST

static const char *const dialects[] = { "LANMAN1.0", "LM1.2X002", "LANMAN2.1", "NT LM 0.12" };

START_TEST(every_dialect_with_transactions_has_it)
{
	const char *const offered[] = { dialects[_i], NULL };
	struct reply r;

	client_close(&c);
	c = client_connect(server.port);
	c->flags2 = 0;
	ck_assert_uint_eq(client_try_negotiate(c, offered, &r), STATUS_SUCCESS);
	client_guest(c);
	client_tree(c, "IPC$");
	ask(&about[1], 0x1FA0);
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(words[0], 6);
}
END_TEST

START_TEST(the_name_may_have_any_case)
{
	struct writer *w = begin_named("\\pipe\\LanMan", 13, "WrLh", "B16");

	wr_u16(w, 0);
	wr_u16(w, 16);
	call();
	ck_assert_uint_eq(error, 0);
	ck_assert_str_eq((const char *)rd_bytes(&t.got_data, 16), "WIRE");
}
END_TEST

/* What is wrong with a NetShareEnum or with another call of its form. */
static const struct {
	uint16_t function;
	const char *params, *shape;
	uint16_t level, error;
} wrong[] = {
	{ 0, "WrLe", "B13BWz", 1, INVALID_PARAMETER },
	{ 0, "WrLehX", "B13BWz", 1, INVALID_PARAMETER },
	{ 0, "WWrLeh", "B13BWz", 1, INVALID_PARAMETER },
	{ 0, "", "B13BWz", 1, INVALID_PARAMETER },
	{ 0, "WrLeh", "", 1, INVALID_PARAMETER },
	{ 0, "WrLeh", "B13", 1, INVALID_PARAMETER },
	{ 0, "WrLeh", "B13BWzB99999", 1, INVALID_PARAMETER },
	{ 0, "WrLeh", "B13BWz\xFF", 1, INVALID_PARAMETER },
	{ 0, "WrLeh", "B13BWz", 3, INVALID_LEVEL },
	{ 0, "WrLeh", "B13BWz", 0xFFFF, INVALID_LEVEL },
	{ 3, "WrLeh", "B13BWz", 1, NOT_SUPPORTED }, /* NetShareAdd */
	{ 214, "WrLeh", "B13BWz", 1, NOT_SUPPORTED },
	{ 0xFFFF, "WrLeh", "B13BWz", 1, NOT_SUPPORTED },
};

START_TEST(what_is_wrong_is_told)
{
	struct writer *w = begin(wrong[_i].function, wrong[_i].params, wrong[_i].shape);

	wr_u16(w, wrong[_i].level);
	wr_u16(w, LARGE);
	call();
	ck_assert_uint_eq(error, wrong[_i].error);
	ck_assert_uint_eq(rd_left(&t.got_data), 0);
}
END_TEST

START_TEST(arguments_that_are_cut_off_are_refused)
{
	begin(0, "WrLeh", "B13BWz");
	call();
	ck_assert_uint_eq(error, INVALID_PARAMETER);
	wr_u8(begin(0, "WrLeh", "B13BWz"), 1);
	call();
	ck_assert_uint_eq(error, INVALID_PARAMETER);
	begin(0, "WrLeh", "B13BWz");
	wr_rewind(&c->out, t.parameters + 5);
	call();
	ck_assert_uint_eq(error, INVALID_PARAMETER);
	begin(0, "WrLeh", "B13BWz");
	wr_rewind(&c->out, t.parameters + 1);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(calls_may_be_made_on_a_share_of_files)
{
	client_tree(c, "share");
	ask(&about[15], LARGE);
	ck_assert_uint_eq(error, 0);
	check_pointers(about[15].shape, 1);
}
END_TEST

START_TEST(what_others_do_is_for_administrators)
{
	static const size_t refused[] = { 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 23, 25 };
	static const size_t told[] = { 0, 1, 3, 4, 14, 15, 24 };

	log_on("someone");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ask(&about[refused[i]], LARGE);
		ck_assert_uint_eq(error, ACCESS_DENIED);
		ck_assert_uint_eq(rd_left(&t.got_data), 0);
	}
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		ask(&about[told[i]], LARGE);
		ck_assert_uint_eq(error, 0);
	}
}
END_TEST

static void
begin_end(const char *client)
{
	struct writer *w = begin(8, "zW", "");

	wr_bytes(w, client, strlen(client) + 1);
	wr_u16(w, 0);
}

static uint16_t
end_session(const char *client)
{
	begin_end(client);
	call();
	return error;
}

START_TEST(a_session_is_ended_by_an_administrator)
{
	ck_assert_uint_eq(end_session(""), INVALID_PARAMETER);
	ck_assert_uint_eq(end_session("\\\\192.0.2.7"), 2312);
	log_on("someone");
	ck_assert_uint_eq(end_session("\\\\127.0.0.1"), ACCESS_DENIED);
	/* Of all from there, and so his own. */
	log_on("torture");
	begin_end("\\\\127.0.0.1");
	client_trans2_end(c, &t);
	client_send(c);
	client_receive(c, &t.reply);
	ck_assert(t.reply.closed);
}
END_TEST

static void
ask_files(uint16_t room, uint32_t key)
{
	struct writer *w = begin(112, "zzWrLehb8g8", "DWWzz");

	wr_zero(w, 2); /* whosever, wherever */
	wr_u16(w, 3);
	wr_u16(w, room);
	wr_u32(w, key);
	wr_u32(w, 0);
	call();
}

START_TEST(files_are_told_on_where_the_list_was_full)
{
	static const char *const names[] = { "one", "two", "three" };
	struct client *other = client_on(server.port, "share");
	uint32_t key, id = 0;

	for (size_t i = 0; i < 3; i++) {
		server_file(&server, names[i], "", 0);
		client_open(other, names[i]);
	}
	ask_files(LARGE, 0);
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(words[0], 3);
	check_pointers("DWWzz", 3);
	ask_files((uint16_t)(rd_left(&t.got_data) - 1), 0);
	ck_assert_uint_eq(error, MORE_DATA);
	ck_assert_uint_eq(words[0], 2);
	ck_assert_uint_eq(words[1], 3);
	key = rd_u32(&t.got_parameters);
	ask_files(LARGE, key);
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(words[0], 1);
	ck_assert_uint_eq(words[1], 1);
	id = rd_u32(&t.got_data);
	wr_u32(begin(125, "D", ""), id);
	call();
	ck_assert_uint_eq(error, 0);
	wr_u32(begin(125, "D", ""), id);
	call();
	ck_assert_uint_eq(error, 2314);
	ask_files(LARGE, 0);
	ck_assert_uint_eq(words[0], 2);
	ask_files(LARGE, UINT32_MAX);
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(words[0], 0);
	client_close(&other);
}
END_TEST

static void
ask_servers(uint32_t type, const char *domain)
{
	struct writer *w = begin(104, domain != NULL ? "WrLehDz" : "WrLehDO", "B16BBDz");

	wr_u16(w, 1);
	wr_u16(w, LARGE);
	wr_u32(w, type);
	if (domain != NULL)
		wr_bytes(w, domain, strlen(domain) + 1);
	call();
	ck_assert_uint_eq(error, 0);
}

START_TEST(this_server_is_found_as_what_it_is)
{
	ask_servers(0xFFFFFFFF, NULL);
	ck_assert_uint_eq(words[0], 1);
	ck_assert_str_eq((const char *)rd_bytes(&t.got_data, 16), "WIRE");
	ask_servers(2, "workgroup");
	ck_assert_uint_eq(words[0], 1);
	ask_servers(2, "elsewhere");
	ck_assert_uint_eq(words[0], 0);
	ask_servers(0x200, ""); /* of printers */
	ck_assert_uint_eq(words[0], 0);
	ask_servers(0x40000000, "");
	ck_assert_uint_eq(words[0], 1);
	ask_servers(0x80000000, NULL);
	ck_assert_uint_eq(words[0], 1);
	ck_assert_str_eq((const char *)rd_bytes(&t.got_data, 16), "WORKGROUP");
}
END_TEST

START_TEST(a_list_of_servers_goes_on_at_a_name)
{
	static const char *const from[] = { "A", "wire", "X" };
	struct writer *w;

	for (unsigned i = 0; i < 3; i++) {
		w = begin(215, "WrLehDzz", "B16");
		wr_u16(w, 0);
		wr_u16(w, LARGE);
		wr_u32(w, 0xFFFFFFFF);
		wr_u8(w, 0);
		wr_bytes(w, from[i], strlen(from[i]) + 1);
		call();
		ck_assert_uint_eq(error, 0);
		ck_assert_uint_eq(words[0], i < 2);
	}
}
END_TEST

START_TEST(the_time_of_day_is_told)
{
	static const uint8_t limits[] = { 24, 60, 60, 100 };
	uint32_t year;

	wr_u16(begin(91, "rL", "DDBBBBWWBBWB"), LARGE);
	call();
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(rd_left(&t.got_data), 21);
	ck_assert_uint_gt(rd_u32(&t.got_data), 1500000000);
	rd_skip(&t.got_data, 4);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_lt(rd_u8(&t.got_data), limits[i]);
	rd_skip(&t.got_data, 6);
	year = rd_u16(&t.got_data);
	ck_assert_uint_ge(year, 2017);
	ck_assert_uint_lt(rd_u8(&t.got_data), 7);
	wr_u16(begin(91, "rL", "DDBBBBWWBBWB"), 20);
	call();
	ck_assert_uint_eq(error, BUF_TOO_SMALL);
}
END_TEST

static void
log_on_at_domain(const char *name)
{
	struct writer *w = begin(132, "OOWb54WrLh", "WB21BWDWWDDDDDDDzzzD");
	char args[54] = { 0 };

	strcpy(args, name);
	wr_u16(w, 1);
	wr_bytes(w, args, sizeof(args));
	wr_u16(w, sizeof(args));
	wr_u16(w, LARGE);
	call();
}

START_TEST(a_user_logs_on_at_the_domain_as_himself)
{
	log_on_at_domain("TORTURE");
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	ck_assert_str_eq((const char *)rd_bytes(&t.got_data, 21), "torture");
	rd_skip(&t.got_data, 1);
	ck_assert_uint_eq(rd_u16(&t.got_data), 2); /* an administrator */
	log_on_at_domain("somebody");
	ck_assert_uint_eq(error, ACCESS_DENIED);
}
END_TEST

START_TEST(a_user_that_is_none_is_not_found)
{
	const struct about nobody = { 56, "zWrLh", "B21", 0, "nobodyatall", false };
	const struct about unnamed = { 56, "zWrLh", "B21", 0, "", false };
	const struct about share = { 1, "zWrLh", "B13", 0, "nowhere", false };

	ask(&nobody, LARGE);
	ck_assert_uint_eq(error, 2221);
	ask(&unnamed, LARGE);
	ck_assert_uint_eq(error, INVALID_PARAMETER);
	ask(&share, LARGE);
	ck_assert_uint_eq(error, 2310);
}
END_TEST

/* Of a server without printers. */
static const struct {
	uint16_t function;
	const char *params, *shape;
	uint8_t args[ARGS_MAX];
	size_t n;
	uint16_t error;
} prints[] = {
	{ 69, "WrLeh", "B13BWWWzzzzzWW", { 1, 0, 0, 16 }, 4, 0 },
	{ 69, "WrLeh", "B13BWWWzzzzzWN", { 2, 0, 0, 0 }, 4, 0 },
	{ 69, "WrLeh", "B13", { 9, 0, 0, 16 }, 4, INVALID_LEVEL },
	{ 70, "zWrLh", "B13", { 'q', 0, 0, 0, 0, 16 }, 6, 2150 },
	{ 70, "zWrLh", "B13", { 0, 0, 0, 0, 0 }, 5, INVALID_PARAMETER },
	{ 74, "z", "", { 'q', 0 }, 2, 2150 },
	{ 75, "z", "", { 'q', 0 }, 2, 2150 },
	{ 103, "z", "", { 'q', 0 }, 2, 2150 },
	{ 76, "zWrLeh", "WWzWWDDzz", { 'q', 0, 2, 0, 0, 16 }, 6, 2150 },
	{ 77, "WWrLh", "W", { 7, 0, 0, 0, 0, 16 }, 6, 2151 },
	{ 147, "WWsTP", "WB21BB16B10zWWzDDz", { 7, 0, 1, 0, 4, 0, 11, 0 }, 8, 2151 },
	{ 81, "W", "", { 7, 0 }, 2, 2151 },
	{ 82, "W", "", { 7, 0 }, 2, 2151 },
	{ 83, "W", "", { 7, 0 }, 2, 2151 },
	{ 84, "WrLeh", "B9", { 0, 0, 0, 16 }, 4, 0 },
	{ 85, "zWrLh", "B9", { 'q', 0, 0, 0, 0, 16 }, 6, 2152 },
	{ 205, "WrLeh", "B41", { 0, 0, 0, 16 }, 4, 0 },
	{ 206, "WrLeh", "B13", { 0, 0, 0, 16 }, 4, 0 },
	{ 207, "WrLeh", "B9", { 0, 0, 0, 16 }, 4, 0 },
};

START_TEST(a_server_without_printers_says_so)
{
	struct writer *w = begin(prints[_i].function, prints[_i].params, prints[_i].shape);

	wr_bytes(w, prints[_i].args, prints[_i].n);
	call();
	ck_assert_uint_eq(error, prints[_i].error);
	ck_assert_uint_eq(words[0], 0);
	ck_assert_uint_eq(rd_left(&t.got_data), 0);
}
END_TEST

START_TEST(rights_of_paths_are_not_kept_as_by_lan_manager)
{
	const struct about rights = { 43, "zWrLh", "zWWW", 0, "C:\\PUBLIC", false };

	ask(&rights, LARGE);
	ck_assert_uint_eq(error, 2222);
	log_on("someone");
	ask(&rights, LARGE);
	ck_assert_uint_eq(error, ACCESS_DENIED);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

int
main(void)
{
	Suite *s = suite_create("rap");
	TCase *tc = tcase_create("rap");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, every_size_of_buffer_is_kept_to, 0, COUNT(about));
	tcase_add_test(tc, what_the_transaction_takes_counts_as_well);
	tcase_add_test(tc, a_game_console_lists_shares);
	tcase_add_loop_test(tc, every_dialect_with_transactions_has_it, 0, COUNT(dialects));
	tcase_add_test(tc, the_name_may_have_any_case);
	tcase_add_loop_test(tc, what_is_wrong_is_told, 0, COUNT(wrong));
	tcase_add_test(tc, arguments_that_are_cut_off_are_refused);
	tcase_add_test(tc, calls_may_be_made_on_a_share_of_files);
	tcase_add_test(tc, what_others_do_is_for_administrators);
	tcase_add_test(tc, a_session_is_ended_by_an_administrator);
	tcase_add_test(tc, files_are_told_on_where_the_list_was_full);
	tcase_add_test(tc, this_server_is_found_as_what_it_is);
	tcase_add_test(tc, a_list_of_servers_goes_on_at_a_name);
	tcase_add_test(tc, the_time_of_day_is_told);
	tcase_add_test(tc, a_user_logs_on_at_the_domain_as_himself);
	tcase_add_test(tc, a_user_that_is_none_is_not_found);
	tcase_add_loop_test(tc, a_server_without_printers_says_so, 0, COUNT(prints));
	tcase_add_test(tc, rights_of_paths_are_not_kept_as_by_lan_manager);
	suite_add_tcase(s, tc);
	server_start(&server, "\tadmin users = torture\n\tserver min protocol = LANMAN1\n");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
