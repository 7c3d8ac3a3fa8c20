/* SPDX-License-Identifier: BSD-2-Clause */

/* lsarpc and samr: every operation with a good stub, and with every shorter one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "base/arena.h"
#include "config/schema.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/rpc.h"
#include "rpc/samr.h"
#include "rpc/sid_name.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

#define OWN_DOMAIN \
	4, SID_AUTHORITY_NT, \
	{ \
		21, 1, 2, 3 \
	}

static struct server server = { .domain = { OWN_DOMAIN } };
static struct conn conn = { .server = &server };
static struct config conf = { .netbios_name = "HOST", .workgroup = "GROUP", .server_string = "s" };
static struct share_set set = { .config = &conf };
static struct session session = { .conn = &conn, .set = &set, .user = "boss" };
static struct request req = { .conn = &conn, .session = &session };
static struct rpc_handles handles;
static struct rpc_call call;
static struct ndr_out stub;

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	set.accounts = account_db_new();
	ck_assert(account_set(set.accounts, "boss", "x", false));
	ck_assert(account_set(set.accounts, "nobody-else", "x", false));
	session.anonymous = session.guest = false;
	memset(&handles, 0, sizeof(handles));
	arena_init(&req.arena);
	ndr_out_init(&stub, &req.arena, 65536);
	call = (struct rpc_call){ .req = &req, .handles = &handles };
}

static void
teardown(void)
{
	account_db_free(&set.accounts);
	arena_clear(&req.arena);
}

static unsigned
open_handles(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < RPC_HANDLES_MAX; i++)
		n += handles.all[i].kind != HANDLE_NONE;
	return n;
}

/* The first n bytes of the stub, in memory that ends where they do. */
static uint32_t
run_short(const struct rpc_interface *i, unsigned number, size_t n)
{
	uint8_t *exact = malloc(n + 1);
	uint32_t result;

	if (n != 0)
		memcpy(exact + 1, stub.p, n);
	call.in = (struct ndr_in){ .p = exact + 1, .end = n, .arena = &req.arena };
	ndr_out_init(&call.out, &req.arena, 65536);
	result = i->operations[number].run(&call);
	if (result == RPC_LATER) {
		call.work(&req.arena, call.arg);
		result = call.answer(&call, call.arg);
	}
	free(exact);
	return result;
}

static nt_status
status(void)
{
	const uint8_t *p = call.out.p + call.out.n - 4;

	ck_assert_uint_ge(call.out.n, 4);
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static nt_status
run(const struct rpc_interface *i, unsigned number)
{
	ck_assert_uint_eq(run_short(i, number, stub.n), 0);
	ck_assert_msg(!call.in.bad, "%s: a good stub", i->operations[number].name);
	ck_assert_uint_eq(call.in.pos, stub.n);
	ck_assert(!call.out.full);
	return status();
}

/* ---- stubs ---- */

static const struct rpc_handle *
opened(enum rpc_handle_kind kind, uint32_t value)
{
	return rpc_handle_open(&call, kind, value);
}

static void
begin(enum rpc_handle_kind kind, uint32_t value)
{
	memset(&handles, 0, sizeof(handles));
	stub.n = 0;
	rpc_put_handle(&stub, opened(kind, value));
}

static void
words(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ndr_put32(&stub, i == 0 ? 0 : 0x1000);
}

static void
name(const char *text)
{
	ndr_put_counted(&stub, text);
	ndr_put_counted_text(&stub, text);
}

static void
names(void)
{
	ndr_put_counted(&stub, "boss");
	ndr_put_counted(&stub, "HOST\\nobody-else");
	ndr_put_counted_text(&stub, "boss");
	ndr_put_counted_text(&stub, "HOST\\nobody-else");
}

static void
sids(void)
{
	ndr_put32(&stub, 2);
	ndr_put_pointer(&stub, true);
	ndr_put32(&stub, 2);
	ndr_put_pointer(&stub, true);
	ndr_put_pointer(&stub, true);
	ndr_put_sid(&stub, &sid_administrators);
	ndr_put_sid(&stub, &sid_everyone);
}

static void
system_name(void)
{
	ndr_put_pointer(&stub, true);
	ndr_put_string(&stub, "\\\\HOST");
}

static void
attributes(void)
{
	ndr_put32(&stub, 24);
	for (int i = 0; i < 4; i++)
		ndr_put32(&stub, 0);
	ndr_put_pointer(&stub, true);
	ndr_put32(&stub, 12);
	ndr_put16(&stub, 2);
	ndr_put16(&stub, 1);
	ndr_put32(&stub, 0x02000000);
}

static void
lookup_end(bool second)
{
	ndr_put32(&stub, 0);
	ndr_put_pointer(&stub, false);
	ndr_put16(&stub, 1);
	ndr_put32(&stub, 0);
	if (second) {
		ndr_put32(&stub, 0);
		ndr_put32(&stub, 2);
	}
}

static void
list_head(uint32_t n)
{
	ndr_put32(&stub, n);
	ndr_put32(&stub, 1000);
	ndr_put32(&stub, 0);
	ndr_put32(&stub, n);
}

static uint32_t
rid_of_boss(void)
{
	return account_find(set.accounts, "boss")->rid;
}

/* Which handle a call begins with, and what it has behind it. */
enum body {
	NOTHING,
	LEVEL,
	WORDS2,
	WORDS3,
	ONE_NAME,
	NAMES,
	SIDS,
	SID,
	RIDS,
	RID,
	DISPLAY,
	PRIVILEGE,
	LSA_NAMES,
	LSA_NAMES2,
	LSA_SIDS,
	LSA_SIDS2,
	OPEN_DOMAIN,
	OPEN_USER,
	SID_ACCESS
};

static void
put_body(enum body body, uint32_t level)
{
	switch (body) {
	case NOTHING:
		break;
	case LEVEL:
		ndr_put16(&stub, (uint16_t)level);
		break;
	case WORDS2:
	case WORDS3:
		words(body == WORDS2 ? 2 : 3);
		break;
	case ONE_NAME:
		name(level != 0 ? "SeBackupPrivilege" : "HOST");
		break;
	case NAMES:
		list_head(2);
		ndr_put_counted(&stub, "boss");
		ndr_put_counted(&stub, "None");
		ndr_put_counted_text(&stub, "boss");
		ndr_put_counted_text(&stub, "None");
		break;
	case LSA_NAMES:
	case LSA_NAMES2:
		ndr_put32(&stub, 2);
		ndr_put32(&stub, 2);
		names();
		lookup_end(body == LSA_NAMES2);
		break;
	case SIDS:
		sids();
		break;
	case LSA_SIDS:
	case LSA_SIDS2:
		sids();
		lookup_end(body == LSA_SIDS2);
		break;
	case RIDS:
		list_head(2);
		ndr_put32(&stub, rid_of_boss());
		ndr_put32(&stub, RID_NONE_GROUP);
		break;
	case RID:
		ndr_put32(&stub, rid_of_boss());
		break;
	case PRIVILEGE:
		ndr_put32(&stub, 17);
		ndr_put32(&stub, 0);
		break;
	case DISPLAY:
		ndr_put16(&stub, (uint16_t)level);
		words(3);
		break;
	case OPEN_DOMAIN:
		ndr_put32(&stub, 0);
		ndr_put_sid(&stub, &server.domain);
		break;
	case OPEN_USER:
		ndr_put32(&stub, 0);
		ndr_put32(&stub, rid_of_boss());
		break;
	case SID:
	case SID_ACCESS:
	default:
		ndr_put_sid(&stub, &sid_administrators);
		if (body == SID_ACCESS)
			ndr_put32(&stub, 0);
		break;
	}
}

static const struct row {
	const struct rpc_interface *interface;
	unsigned number;
	enum rpc_handle_kind kind;
	enum body body;
	uint32_t level;
	nt_status status;
} rows[] = {
	{ &rpc_lsarpc, 0, HANDLE_POLICY, NOTHING, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 2, HANDLE_POLICY, WORDS2, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 7, HANDLE_POLICY, LEVEL, 3, STATUS_SUCCESS },
	{ &rpc_lsarpc, 7, HANDLE_POLICY, LEVEL, 5, STATUS_SUCCESS },
	{ &rpc_lsarpc, 7, HANDLE_POLICY, LEVEL, 6, STATUS_SUCCESS },
	{ &rpc_lsarpc, 46, HANDLE_POLICY, LEVEL, 12, STATUS_SUCCESS },
	{ &rpc_lsarpc, 46, HANDLE_POLICY, LEVEL, 1, STATUS_INVALID_PARAMETER },
	{ &rpc_lsarpc, 11, HANDLE_POLICY, WORDS2, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 13, HANDLE_POLICY, WORDS2, 0, STATUS_NO_MORE_ENTRIES },
	{ &rpc_lsarpc, 50, HANDLE_POLICY, WORDS2, 0, STATUS_NO_MORE_ENTRIES },
	{ &rpc_lsarpc, 14, HANDLE_POLICY, LSA_NAMES, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 58, HANDLE_POLICY, LSA_NAMES2, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 68, HANDLE_POLICY, LSA_NAMES2, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 15, HANDLE_POLICY, LSA_SIDS, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 57, HANDLE_POLICY, LSA_SIDS2, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 17, HANDLE_POLICY, SID_ACCESS, 0, STATUS_ACCESS_DENIED },
	{ &rpc_lsarpc, 31, HANDLE_POLICY, ONE_NAME, 1, STATUS_SUCCESS },
	{ &rpc_lsarpc, 32, HANDLE_POLICY, PRIVILEGE, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 36, HANDLE_POLICY, SID, 0, STATUS_SUCCESS },
	{ &rpc_lsarpc, 53, HANDLE_POLICY, LEVEL, 2, STATUS_OBJECT_NAME_NOT_FOUND },
	{ &rpc_samr, 1, HANDLE_SAM_SERVER, NOTHING, 0, STATUS_SUCCESS },
	{ &rpc_samr, 5, HANDLE_SAM_SERVER, ONE_NAME, 0, STATUS_SUCCESS },
	{ &rpc_samr, 6, HANDLE_SAM_SERVER, WORDS2, 0, STATUS_SUCCESS },
	{ &rpc_samr, 7, HANDLE_SAM_SERVER, OPEN_DOMAIN, 0, STATUS_SUCCESS },
	{ &rpc_samr, 8, HANDLE_SAM_DOMAIN, LEVEL, 2, STATUS_SUCCESS },
	{ &rpc_samr, 46, HANDLE_SAM_DOMAIN, LEVEL, 10, STATUS_INVALID_INFO_CLASS },
	{ &rpc_samr, 11, HANDLE_SAM_DOMAIN, WORDS2, 0, STATUS_SUCCESS },
	{ &rpc_samr, 13, HANDLE_SAM_DOMAIN, WORDS3, 0, STATUS_SUCCESS },
	{ &rpc_samr, 15, HANDLE_SAM_DOMAIN, WORDS2, 0, STATUS_SUCCESS },
	{ &rpc_samr, 16, HANDLE_SAM_DOMAIN, SIDS, 0, STATUS_SUCCESS },
	{ &rpc_samr, 17, HANDLE_SAM_DOMAIN, NAMES, 0, STATUS_SUCCESS },
	{ &rpc_samr, 18, HANDLE_SAM_DOMAIN, RIDS, 0, STATUS_SUCCESS },
	{ &rpc_samr, 34, HANDLE_SAM_DOMAIN, OPEN_USER, 0, STATUS_SUCCESS },
	{ &rpc_samr, 36, HANDLE_SAM_USER, LEVEL, 21, STATUS_SUCCESS },
	{ &rpc_samr, 47, HANDLE_SAM_USER, LEVEL, 22, STATUS_INVALID_INFO_CLASS },
	{ &rpc_samr, 39, HANDLE_SAM_USER, NOTHING, 0, STATUS_SUCCESS },
	{ &rpc_samr, 40, HANDLE_SAM_DOMAIN, DISPLAY, 1, STATUS_SUCCESS },
	{ &rpc_samr, 48, HANDLE_SAM_DOMAIN, DISPLAY, 3, STATUS_SUCCESS },
	{ &rpc_samr, 44, HANDLE_SAM_USER, NOTHING, 0, STATUS_SUCCESS },
	{ &rpc_samr, 65, HANDLE_SAM_DOMAIN, RID, 0, STATUS_SUCCESS },
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static void
make(const struct row *r)
{
	begin(r->kind, r->kind == HANDLE_SAM_USER ? rid_of_boss() : SAM_ACCOUNTS);
	put_body(r->body, r->level);
}

START_TEST(each_call_is_answered)
{
	make(&rows[_i]);
	ck_assert_msg(run(rows[_i].interface, rows[_i].number) == rows[_i].status, "%s %u",
	    rows[_i].interface->name, rows[_i].number);
}
END_TEST

START_TEST(each_call_cut_short_anywhere_is_bad)
{
	size_t n;

	make(&rows[_i]);
	for (n = 0; n < stub.n; n++) {
		(void)run_short(rows[_i].interface, rows[_i].number, n);
		ck_assert_msg(
		    call.in.bad, "%s %u at %zu", rows[_i].interface->name, rows[_i].number, n);
	}
	ck_assert_uint_eq(open_handles(), 1);
}
END_TEST

START_TEST(a_handle_of_another_kind_is_a_fault)
{
	make(&rows[_i]);
	handles.all[0].kind = rows[_i].kind == HANDLE_POLICY ? HANDLE_SAM_USER : HANDLE_POLICY;
	ck_assert_uint_eq(
	    run_short(rows[_i].interface, rows[_i].number, stub.n), RPC_FAULT_CONTEXT_MISMATCH);
	handles.all[0].kind = rows[_i].kind;
	handles.all[0].serial++;
	ck_assert_uint_eq(
	    run_short(rows[_i].interface, rows[_i].number, stub.n), RPC_FAULT_CONTEXT_MISMATCH);
}
END_TEST

/* What opens without a handle. */
static void
make_open(int which)
{
	stub.n = 0;
	system_name();
	if (which == 0)
		attributes();
	else
		words((unsigned)which);
}

START_TEST(opens_cut_short_open_nothing)
{
	static const struct {
		const struct rpc_interface *interface;
		unsigned number;
	} opens[] = { { &rpc_lsarpc, 44 }, { &rpc_samr, 57 }, { &rpc_samr, 62 } };

	for (int i = 0; i < 3; i++) {
		memset(&handles, 0, sizeof(handles));
		make_open(i);
		for (size_t n = 0; n < stub.n; n++) {
			(void)run_short(opens[i].interface, opens[i].number, n);
			ck_assert(call.in.bad);
			ck_assert_uint_eq(open_handles(), 0);
		}
		for (unsigned n = 0; n < RPC_HANDLES_MAX; n++)
			ck_assert_uint_eq(run(opens[i].interface, opens[i].number), STATUS_SUCCESS);
		ck_assert_uint_eq(
		    run(opens[i].interface, opens[i].number), STATUS_INSUFFICIENT_RESOURCES);
	}
}
END_TEST

START_TEST(who_is_nobody_is_told_little)
{
	session.anonymous = true;
	begin(HANDLE_POLICY, 0);
	put_body(LSA_NAMES, 0);
	ck_assert_uint_eq(run(&rpc_lsarpc, 14), STATUS_ACCESS_DENIED);
	make_open(1);
	ck_assert_uint_eq(run(&rpc_samr, 57), STATUS_ACCESS_DENIED);
	session.anonymous = false;
	session.guest = true;
	begin(HANDLE_SAM_DOMAIN, SAM_ACCOUNTS);
	words(3);
	ck_assert_uint_eq(run(&rpc_samr, 13), STATUS_ACCESS_DENIED);
}
END_TEST

/* ---- names ---- */

static struct sid_name
find(const char *text)
{
	struct sid_names n;
	struct sid_name found;

	sid_names_init(&n, &session);
	n.nss = true;
	sid_name_find(&n, &req.arena, text, &found);
	return found;
}

START_TEST(a_name_and_its_sid_lead_to_each_other)
{
	static const char *const texts[] = { "boss", "HOST\\boss", "host\\NOBODY-ELSE", "Everyone",
		"Unix User\\root", "Unix Group\\root", "BUILTIN\\Administrators", "Users",
		"BUILTIN", "HOST", "NT AUTHORITY\\SYSTEM", "None" };
	struct sid_names n;

	sid_names_init(&n, &session);
	n.nss = true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sid_name found = find(texts[i]), again = { .sid = found.sid };

		ck_assert_msg(found.use != SID_USE_UNKNOWN, "%s", texts[i]);
		sid_name_complete(&n, &req.arena, &again);
		ck_assert_msg(again.use == found.use, "%s", texts[i]);
		ck_assert_str_eq(again.name, found.name);
		ck_assert_str_eq(again.domain, found.domain);
	}
}
END_TEST

/* A call may ask for thousands, and a group's record has all its members. */
START_TEST(of_the_name_service_only_names_are_kept)
{
	struct sid_name user = { .sid = sid_of_unix(SID_UNIX_USERS, 0) };
	struct sid_name group = { .sid = sid_of_unix(SID_UNIX_GROUPS, 0) };
	size_t before = req.arena.used;
	struct sid_names n;

	sid_names_init(&n, &session);
	n.nss = true;
	sid_name_complete(&n, &req.arena, &user);
	sid_name_complete(&n, &req.arena, &group);
	ck_assert_str_eq(user.name, "root");
	ck_assert_str_eq(group.name, "root");
	find("Unix User\\root");
	find("Unix Group\\root");
	ck_assert_uint_lt(req.arena.used - before, 512);
}
END_TEST

START_TEST(a_name_in_another_domain_is_none)
{
	static const char *const texts[] = { "OTHER\\boss", "BUILTIN\\boss", "Unix User\\boss",
		"\\", "boss\\", "HOST\\boss\\boss", "HOST\\Everyone" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(find(texts[i]).use == SID_USE_UNKNOWN, "%s", texts[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rpc/accounts");
	TCase *tc = tcase_create("calls");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_call_is_answered, 0, ROWS);
	tcase_add_loop_test(tc, each_call_cut_short_anywhere_is_bad, 0, ROWS);
	tcase_add_loop_test(tc, a_handle_of_another_kind_is_a_fault, 0, ROWS);
	tcase_add_test(tc, opens_cut_short_open_nothing);
	tcase_add_test(tc, who_is_nobody_is_told_little);
	tcase_add_test(tc, a_name_and_its_sid_lead_to_each_other);
	tcase_add_test(tc, of_the_name_service_only_names_are_kept);
	tcase_add_test(tc, a_name_in_another_domain_is_none);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
