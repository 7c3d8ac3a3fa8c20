/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Transactions against a model of what must become of each message. Several are under way at a
 * time on one connection, cut in pieces at random, their messages interleaved and spoilt: twice,
 * out of place, of another UID, TID, PID, MID or kind, with totals that shrink, too late. After
 * each message just the replies come that the model foresees, and none brings more than the client
 * said it takes, nor a byte that is nobody's. SEED=number
 * makes others.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "inside.h"

#define TRANSACTION2      0x32
#define NT_TRANSACT       0xA0
#define SECONDARY         1 /* to be added to either */
#define INVALID_PARAM     0xC000000Du
#define SHARING_VIOLATION 0xC0000043u

#define HEADER     32
#define OPEN_MAX   3 /* transactions at a time */
#define PARAMS_MAX 96
#define DATA_MAX   64

static struct inside s;
static struct client c;
static uint16_t uids[2], tids[2];
static uint32_t seed, first_seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Of parameters or data: what they should be in the end, and the model's view of what came. */
struct block {
	uint8_t whole[PARAMS_MAX], came[PARAMS_MAX];
	uint32_t size;            /* of the whole */
	uint32_t total, end, sum; /* announced last; behind the last byte; of all bytes */
	uint32_t sent;            /* by us, in good order */
};

struct transaction {
	bool nt, open; /* open: the server waits for more */
	uint16_t uid, tid, mid;
	uint32_t pid, max_params, max_data;
	struct block part[2];
};

/* One message of a transaction, perhaps spoilt. */
struct message {
	uint8_t command;
	uint16_t uid, tid, mid;
	uint32_t pid, total[2], n[2], at[2];
	bool primary;
};

/* --- bytes --- */

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, v >> 16);
}

static uint32_t
get(const uint8_t *p, size_t bytes)
{
	uint32_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | p[bytes];
	return v;
}

/* The words of NT_TRANSACT are twice as wide. */
static size_t
put(uint8_t *p, bool nt, uint32_t v)
{
	if (nt)
		put32(p, v);
	else
		put16(p, v);
	return nt ? 4 : 2;
}

/* --- requests --- */

/* QUERY_PATH_INFORMATION of \file, or NT_TRANSACT_CREATE to open it; the data are ignored. */
static void
begin(struct transaction *t, uint16_t mid)
{
	static const uint32_t limits[] = { 0, 1, 2, 4, 71, 100, 0xFFFF };
	static const char path[] = "\\file";
	uint8_t *p = t->part[0].whole;

	memset(t, 0, sizeof(*t));
	t->nt = below(2) == 0;
	t->uid = uids[below(2)];
	t->tid = tids[t->uid == uids[0] ? 0 : 1];
	t->pid = 100 + below(2);
	t->mid = mid;
	t->max_params = limits[below(7)];
	t->max_data = limits[below(7)];
	t->part[0].size = (t->nt ? 53 : 6) + sizeof(path);
	memcpy(p + t->part[0].size - sizeof(path), path, sizeof(path));
	if (t->nt) {
		put32(p + 8, 0x120089);
		put32(p + 24, 7);
		put32(p + 28, 1);
		put32(p + 44, sizeof(path) - 1);
	} else {
		put16(p, 0x107);
	}
	t->part[1].size = below(DATA_MAX);
	for (uint32_t i = 0; i < t->part[1].size; i++)
		t->part[1].whole[i] = (uint8_t)(1 + below(255));
}

/* The counts and offsets of one block; its bytes are put where they are known to stand. */
static size_t
put_piece(uint8_t *words, const struct message *m, int b, size_t at)
{
	const bool nt = m->command >= NT_TRANSACT;
	size_t n = put(words, nt, m->n[b]);

	n += put(words + n, nt, (uint32_t)at);
	return m->primary ? n : n + put(words + n, nt, m->at[b]);
}

static size_t
put_words(uint8_t *body, const struct transaction *t, const struct message *m, const size_t at[2])
{
	const bool nt = m->command >= NT_TRANSACT;
	size_t n = 1 + (nt ? 3 : 0);

	n += put(body + n, nt, m->total[0]);
	n += put(body + n, nt, m->total[1]);
	if (m->primary) {
		n += put(body + n, nt, t->max_params);
		n += put(body + n, nt, t->max_data);
		n += nt ? 0 : 10;
	}
	n += put_piece(body + n, m, 0, at[0]);
	n += put_piece(body + n, m, 1, at[1]);
	if (m->primary && nt) {
		put16(body + n + 1, 1);
		n += 3;
	} else if (m->primary) {
		body[n] = 1;
		put16(body + n + 2, 5);
		n += 4;
	} else {
		n += nt ? 1 : 2;
	}
	body[0] = (uint8_t)((n - 1) / 2);
	return n;
}

static void
send_message(const struct transaction *t, const struct message *m)
{
	uint8_t body[512] = { 0 };
	const size_t at[2] = { HEADER + 120, HEADER + 120 + PARAMS_MAX };
	size_t words = put_words(body, t, m, at);

	put16(body + words, (uint32_t)(120 + 2 * PARAMS_MAX - words - 2));
	for (int b = 0; b < 2; b++) {
		/* What lies elsewhere is of no account. */
		uint32_t from = m->at[b] <= PARAMS_MAX - m->n[b] ? m->at[b] : 0;

		memcpy(body + at[b] - HEADER, t->part[b].whole + from, m->n[b]);
	}
	c.uid = m->uid;
	c.tid = m->tid;
	c.pid = m->pid;
	c.mid = m->mid;
	client_send(&c, m->command, body, 120 + 2 * PARAMS_MAX);
}

/* --- what is sent --- */

/* The next piece in good order, of either block or both. */
static struct message
next_piece(struct transaction *t, bool primary)
{
	struct message m = { .uid = t->uid, .tid = t->tid, .pid = t->pid, .mid = t->mid };
	bool rest = below(4) == 0;

	m.primary = primary;
	m.command = (uint8_t)((t->nt ? NT_TRANSACT : TRANSACTION2) + (primary ? 0 : SECONDARY));
	for (int b = 0; b < 2; b++) {
		struct block *k = &t->part[b];
		uint32_t left = k->size - k->sent;

		m.total[b] = k->size;
		m.at[b] = k->sent;
		m.n[b] = rest ? left : below(left + 1);
		k->sent += m.n[b];
	}
	return m;
}

/* A primary has no displacement, and is what the transaction is. */
static void
spoil(const struct transaction *t, struct message *m)
{
	int b = (int)below(2);

	switch (below(m->primary ? 3 : 12)) {
	case 0: /* the total is less, for good or for bad */
		m->total[b] = below(m->total[b] + 1);
		break;
	case 1: /* or as much as came, which may be more when it came twice */
		m->total[b] = t->part[b].end;
		m->n[b] = m->at[b] = 0;
		break;
	case 2: /* or more */
		m->total[b] += 1 + below(8);
		break;
	case 3:
		m->uid = m->uid == uids[0] ? uids[1] : uids[0];
		break;
	case 4:
		m->tid = m->tid == tids[0] ? tids[1] : tids[0];
		break;
	case 5:
		m->pid ^= 1;
		break;
	case 6:
		m->mid = (uint16_t)(m->mid + 1 + below(OPEN_MAX));
		break;
	case 7: /* the other kind */
		m->command ^= TRANSACTION2 ^ NT_TRANSACT;
		break;
	case 8: /* over what came, or beyond what is announced */
		m->at[b] = below(PARAMS_MAX);
		break;
	case 9:
		m->at[b] = 0xFFFF - below(4);
		break;
	case 10: /* again */
		m->at[b] = below(m->at[b] + 1);
		break;
	default:
		m->n[b] = below(8);
		m->at[b] = 0;
		break;
	}
}

/* --- what must come of it --- */

static bool
take(struct block *k, const struct message *m, int b, const uint8_t *bytes)
{
	uint64_t end = (uint64_t)m->at[b] + m->n[b], sum = (uint64_t)k->sum + m->n[b];

	if (m->total[b] < k->total)
		k->total = m->total[b];
	if (k->end > k->total || end > k->total || sum > k->total)
		return false;
	memcpy(k->came + m->at[b], bytes, m->n[b]);
	k->sum = (uint32_t)sum;
	if (m->n[b] > 0 && k->end < end)
		k->end = (uint32_t)end;
	return true;
}

/* Its bytes are the sender's, who may mean another transaction. */
static bool
take_both(struct transaction *t, const struct transaction *sent, const struct message *m)
{
	for (int b = 0; b < 2; b++) {
		uint32_t from = m->at[b] <= PARAMS_MAX - m->n[b] ? m->at[b] : 0;

		if (!take(&t->part[b], m, b, sent->part[b].whole + from))
			return false;
	}
	return true;
}

static bool
is_whole(const struct transaction *t)
{
	return t->part[0].sum == t->part[0].total && t->part[1].sum == t->part[1].total;
}

static bool
as_meant(const struct transaction *t)
{
	const struct block *k = &t->part[0];

	return k->total == k->size && memcmp(k->came, k->whole, k->size) == 0;
}

/* Bytes that belong to neither block are zero, and there are as many of each as it says. */
static void
check_final(const struct transaction *t, const uint8_t *r, size_t len)
{
	const size_t w = t->nt ? 4 : 2, words = HEADER + 1 + (t->nt ? 3 : 0);
	const size_t skip = t->nt ? 0 : 2;
	uint32_t total[2], n[2], at[2], end = 0;

	ck_assert_uint_ge(len, words + 8 * w + skip + 2);
	for (int b = 0; b < 2; b++) {
		const uint8_t *p = r + words + 2 * w + skip + (size_t)b * 3 * w;

		total[b] = get(r + words + (size_t)b * w, w);
		n[b] = get(p, w);
		at[b] = get(p + w, w);
		ck_assert_uint_le(total[b], b == 0 ? t->max_params : t->max_data);
		ck_assert_uint_eq(n[b], total[b]);
		ck_assert_uint_le((size_t)at[b] + n[b], len);
	}
	ck_assert_uint_eq(r[words + 8 * w + skip], 0); /* no setup */
	ck_assert(n[0] == 0 || n[1] == 0 || at[1] >= at[0] + n[0]);
	end = HEADER + 1 + 2u * r[HEADER] + 2;
	for (size_t i = end; i < len; i++) {
		bool own = (i >= at[0] && i - at[0] < n[0]) || (i >= at[1] && i - at[1] < n[1]);

		ck_assert_msg(own || r[i] == 0, "byte %zu is nobody's and %02x", i, r[i]);
	}
}

/* The next reply; fails the test where there is none. */
static const uint8_t *
must_reply(size_t *len, uint8_t command, uint16_t mid)
{
	const uint64_t end = loop_now_ms() + 10000;
	const uint8_t *r;

	while ((*len = client_reply(&c, &r)) == 0) {
		ck_assert_msg(loop_now_ms() < end, "no reply to %02x of MID %u", command, mid);
		loop_turn(s.loop, 5);
	}
	ck_assert_uint_eq(r[4], command);
	ck_assert_uint_eq(get(r + 30, 2), mid);
	return r;
}

static void
must_refuse(uint8_t command, uint16_t mid)
{
	size_t len;
	const uint8_t *r = must_reply(&len, command, mid);

	ck_assert_uint_eq(get(r + 5, 4), INVALID_PARAM);
	ck_assert_uint_eq(len, HEADER + 3);
}

static void
must_answer(struct transaction *t)
{
	size_t len;
	const uint8_t *r = must_reply(&len, t->nt ? NT_TRANSACT : TRANSACTION2, t->mid);
	uint32_t status = get(r + 5, 4);

	t->open = false;
	if (!t->nt && as_meant(t))
		ck_assert_uint_eq(status >> 30 == 3, t->max_data < 72);
	/* One that was not meant so may have opened the file for itself alone. */
	if (t->nt && as_meant(t))
		ck_assert(status == 0 || status == SHARING_VIOLATION);
	if (len > HEADER + 3)
		check_final(t, r, len);
}

static void
must_be_silent(void)
{
	const uint8_t *r;

	inside_turn(&s);
	inside_turn(&s);
	ck_assert_uint_eq(client_reply(&c, &r), 0);
}

static void
expect_primary(struct transaction *t, const struct message *m)
{
	size_t len;
	const uint8_t *r;

	t->part[0].total = m->total[0];
	t->part[1].total = m->total[1];
	if (!take_both(t, t, m)) {
		must_refuse(m->command, m->mid);
	} else if (is_whole(t)) {
		must_answer(t);
	} else {
		r = must_reply(&len, m->command, m->mid);
		ck_assert_uint_eq(get(r + 5, 4), 0);
		ck_assert_uint_eq(len, HEADER + 3);
		t->open = true;
	}
}

static struct transaction *
owner(struct transaction *all, const struct message *m)
{
	for (int i = 0; i < OPEN_MAX; i++) {
		struct transaction *t = &all[i];
		uint8_t command = (uint8_t)((t->nt ? NT_TRANSACT : TRANSACTION2) + SECONDARY);

		if (t->open && command == m->command && t->uid == m->uid && t->tid == m->tid &&
		    t->pid == m->pid && t->mid == m->mid)
			return t;
	}
	return NULL;
}

static void
expect_secondary(struct transaction *all, struct transaction *sent, const struct message *m)
{
	struct transaction *t = owner(all, m);

	if (t == NULL) {
		must_refuse(m->command, m->mid);
		return;
	}
	if (!take_both(t, sent, m)) {
		t->open = false;
		must_refuse((uint8_t)(m->command - SECONDARY), t->mid);
	} else if (is_whole(t)) {
		must_answer(t);
	}
}

static void
converse(void)
{
	struct transaction all[OPEN_MAX];
	unsigned bad = 1 + below(5);
	struct message m;

	memset(all, 0, sizeof(all));
	for (uint16_t i = 0; i < 24; i++) {
		struct transaction *t = &all[below(OPEN_MAX)];
		bool primary = t->part[0].size == 0 || (!t->open && below(3) > 0);

		if (primary)
			begin(t, (uint16_t)(1 + 10 * i));
		m = next_piece(t, primary);
		if (below(bad) == 0)
			spoil(t, &m);
		send_message(t, &m);
		if (primary)
			expect_primary(t, &m);
		else
			expect_secondary(all, t, &m);
		must_be_silent();
	}
}

static void
log_on(int i, const char *user)
{
	c.uid = 0;
	ck_assert_uint_eq(client_log_on(&c, user, "secret"), 0);
	ck_assert_uint_eq(client_tree(&c, "rw"), 0);
	uids[i] = c.uid;
	tids[i] = c.tid;
}

START_TEST(each_message_has_the_replies_that_are_its_own)
{
	inside_start(&s, 1, NULL);
	inside_put(&s, "file", "content");
	seed = first_seed + (uint32_t)_i * 7919;
	for (int round = 0; round < 40; round++) {
		client_connect(&s, &c, 1);
		client_negotiate(&c);
		log_on(0, "alice");
		log_on(1, "bob");
		converse();
		client_close(&c);
	}
	inside_stop(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reassembly");
	TCase *tc = tcase_create("reassembly");
	const char *given = getenv("SEED");
	SRunner *r;
	int failed;

	first_seed = given != NULL ? (uint32_t)strtoul(given, NULL, 0) : 1;
	printf("SEED=%u\n", first_seed);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_message_has_the_replies_that_are_its_own, 0, 10);
	suite_add_tcase(suite, tc);
	r = srunner_create(suite);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
