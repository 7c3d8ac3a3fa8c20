/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Transactions cut in pieces at random, and sent with random mistakes. Whatever comes: a primary is
 * answered once, what is not its own changes nothing, and what is carried out is made of the bytes
 * that came, each at its place, and of nothing else.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "client.h"
#include "server.h"

#define ECHO                   0x2B
#define TRANSACTION2           0x32
#define TRANSACTION2_SECONDARY 0x33
#define NT_TRANSACT            0xA0
#define NT_TRANSACT_SECONDARY  0xA1
#define SET_PATH_INFORMATION   0x0006
#define NT_TRANSACT_CREATE     0x0001

#define ROUNDS    60
#define SEEDS     12
#define PIECES    8
#define VALUE_AT  10 /* of the EA, in either form of its list */
#define VALUE_LEN 24
#define WHOLE_MAX 128

static struct server server;
static struct client *c;
static uint16_t other_tid;
static uint32_t seed;

/* A request that gives \file the EA "A", as one block of parameters and one of data. */
struct block {
	uint8_t bytes[WHOLE_MAX];
	uint16_t size;
};

enum mistake {
	NONE,
	TWICE,      /* a piece comes twice */
	BEHIND,     /* a piece ends behind the total */
	FAR_OFF,    /* its displacement is far away */
	LOWERED,    /* the total shrinks below what came or comes */
	SHORTENED,  /* it shrinks, and the rest never comes */
	OVERLAP,    /* a piece lies over another, where it should be is a hole */
	OTHER_KIND, /* a secondary of the other transaction */
	OTHER_MID,
	OTHER_PID,
	OTHER_TID,
	TOO_LATE, /* once more when all has come */
	MISTAKES
};

struct message {
	struct {
		uint16_t total, n, at;
	} part[2]; /* parameters, data */
	bool stray;
	uint8_t command;
};

struct conversation {
	bool nt;
	enum mistake mistake;
	struct block whole[2];
	struct message m[2 * PIECES + 2];
	size_t n;
	uint16_t max_parameters;
	/* what must become of it */
	struct block got[2];
	uint16_t total[2], sum[2];
	bool failed, complete;
	size_t strays;
};

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
put_path(struct block *b, size_t at)
{
	static const char path[] = "\\file";

	for (size_t i = 0; i < sizeof(path); i++)
		b->bytes[at + 2 * i] = (uint8_t)path[i];
	b->size = (uint16_t)(at + 2 * sizeof(path));
}

static void
make_request(struct conversation *v)
{
	struct block *params = &v->whole[0], *data = &v->whole[1];

	if (v->nt) {
		params->bytes[8] = 0xFF; /* rights */
		params->bytes[9] = 0x01;
		params->bytes[10] = 0x12;
		params->bytes[24] = 7;                    /* sharing */
		params->bytes[28] = 5;                    /* overwrite or create */
		params->bytes[40] = VALUE_AT + VALUE_LEN; /* EALength */
		put_path(params, 54);
		memcpy(data->bytes + 4, "\0\1\x18\0A", 6);
	} else {
		params->bytes[0] = 2; /* SMB_INFO_SET_EAS */
		put_path(params, 6);
		data->bytes[0] = VALUE_AT + VALUE_LEN;
		memcpy(data->bytes + 4, "\0\1\x18\0A", 6);
	}
	data->size = VALUE_AT + VALUE_LEN;
	for (size_t i = VALUE_AT; i < data->size; i++)
		data->bytes[i] = (uint8_t)(1 + below(255));
}

/* Each secondary brings the next of both blocks, or of one; then they are shuffled. */
static void
cut(struct conversation *v)
{
	uint16_t at[2] = { 0, 0 };

	while (at[0] < v->whole[0].size || at[1] < v->whole[1].size) {
		struct message *m = &v->m[v->n];

		memset(m, 0, sizeof(*m));
		for (int b = 0; b < 2; b++) {
			uint16_t left = (uint16_t)(v->whole[b].size - at[b]);
			bool rest = v->n + 1 == PIECES;

			m->part[b].total = v->whole[b].size;
			m->part[b].at = at[b];
			m->part[b].n = rest ? left : (uint16_t)below(left + 1u);
			at[b] = (uint16_t)(at[b] + m->part[b].n);
		}
		v->n++;
	}
	for (size_t i = v->n; i-- > 2;) {
		size_t k = 1 + below((uint32_t)i);
		struct message keep = v->m[i];

		v->m[i] = v->m[k];
		v->m[k] = keep;
	}
}

static void
insert(struct conversation *v, size_t at, struct message m)
{
	memmove(&v->m[at + 1], &v->m[at], (v->n - at) * sizeof(m));
	v->m[at] = m;
	v->n++;
}

/* The last message says so. */
static void
shorten(struct conversation *v, int b)
{
	for (size_t i = 1; i < v->n; i++) {
		if (v->m[i].part[b].n == 0 ||
		    v->m[i].part[b].at + v->m[i].part[b].n != v->whole[b].size)
			continue;
		v->m[i].part[b].n = 0;
		v->m[v->n - 1].part[b].total = v->m[i].part[b].at;
	}
}

static void
spoil(struct conversation *v)
{
	size_t at = 1 + below((uint32_t)v->n);
	struct message m = v->m[below((uint32_t)v->n)];
	int b = (int)below(2);

	switch (v->mistake) {
	case TWICE:
		insert(v, at, m);
		break;
	case BEHIND:
		m.part[b].n = (uint16_t)(1 + below(8));
		m.part[b].at = (uint16_t)(m.part[b].total - m.part[b].n + 1);
		insert(v, at, m);
		break;
	case FAR_OFF:
		m.part[b].n = (uint16_t)(1 + below(8));
		m.part[b].at = (uint16_t)(0xFFFF - below(16));
		insert(v, at, m);
		break;
	case LOWERED:
		v->m[at < v->n ? at : v->n - 1].part[b].total = (uint16_t)below(v->whole[b].size);
		break;
	case SHORTENED:
		shorten(v, b);
		break;
	case OVERLAP:
		v->m[v->n - 1].part[b].at = (uint16_t)below(v->m[v->n - 1].part[b].at + 1u);
		break;
	case TOO_LATE:
		insert(v, v->n, m);
		break;
	case OTHER_KIND:
	case OTHER_MID:
	case OTHER_PID:
	case OTHER_TID:
		m.stray = true;
		insert(v, at, m);
		break;
	case NONE:
	case MISTAKES:
		break;
	}
}

/* Bytes go where they say, totals only down, and never more than the total. */
static bool
take(struct conversation *v, const struct message *m, int b)
{
	uint16_t n = m->part[b].n, at = m->part[b].at;

	if (m->part[b].total < v->total[b])
		v->total[b] = m->part[b].total;
	if (v->got[b].size > v->total[b] || n > v->total[b] - v->sum[b])
		return false;
	if (at > v->total[b] || n > v->total[b] - at)
		return false;
	memcpy(v->got[b].bytes + at, v->whole[b].bytes + at, n);
	v->sum[b] = (uint16_t)(v->sum[b] + n);
	if (n > 0 && v->got[b].size < at + n)
		v->got[b].size = (uint16_t)(at + n);
	return true;
}

static void
foresee(struct conversation *v)
{
	v->total[0] = v->m[0].part[0].total;
	v->total[1] = v->m[0].part[1].total;
	for (size_t i = 0; i < v->n; i++) {
		bool over = v->failed || v->complete;

		if (v->m[i].stray || over) {
			v->strays++;
			continue;
		}
		v->failed = !take(v, &v->m[i], 0) || !take(v, &v->m[i], 1);
		v->complete = !v->failed && v->sum[0] == v->total[0] && v->sum[1] == v->total[1];
	}
}

static void
put_number(struct writer *w, bool wide, uint32_t v)
{
	if (wide)
		wr_u32(w, v);
	else
		wr_u16(w, (uint16_t)v);
}

/* Where the counts and offsets stand that are known once the bytes are placed. */
static void
put_bytes(struct writer *w, const struct conversation *v, const struct message *m, size_t at[2])
{
	const bool wide = m->command == NT_TRANSACT || m->command == NT_TRANSACT_SECONDARY;

	for (int b = 0; b < 2; b++) {
		uint16_t from = m->part[b].at < WHOLE_MAX - 8 ? m->part[b].at : 0;

		wr_align(w, 4, 0);
		if (wide)
			wr_patch32(w, at[b], (uint32_t)w->pos);
		else
			wr_patch16(w, at[b], (uint16_t)w->pos);
		wr_bytes(w, v->whole[b].bytes + from, m->part[b].n);
	}
}

static void
send_primary(struct conversation *v, struct message *m)
{
	struct writer *w;
	size_t at[2];

	m->command = v->nt ? NT_TRANSACT : TRANSACTION2;
	w = client_begin(c, m->command);
	if (v->nt)
		wr_zero(w, 3);
	put_number(w, v->nt, m->part[0].total);
	put_number(w, v->nt, m->part[1].total);
	put_number(w, v->nt, v->max_parameters);
	put_number(w, v->nt, 64);
	if (!v->nt)
		wr_zero(w, 10);
	for (int b = 0; b < 2; b++) {
		put_number(w, v->nt, m->part[b].n);
		at[b] = w->pos;
		put_number(w, v->nt, 0);
	}
	wr_u8(w, !v->nt);
	if (v->nt) {
		wr_u16(w, NT_TRANSACT_CREATE);
	} else {
		wr_u8(w, 0);
		wr_u16(w, SET_PATH_INFORMATION);
	}
	wr_block_bytes(w);
	put_bytes(w, v, m, at);
	client_send(c);
}

static void
send_secondary(struct conversation *v, struct message *m)
{
	const bool nt = v->nt != (m->stray && v->mistake == OTHER_KIND);
	struct writer *w;
	size_t at[2];

	m->command = nt ? NT_TRANSACT_SECONDARY : TRANSACTION2_SECONDARY;
	w = client_begin(c, m->command);
	if (nt)
		wr_zero(w, 3);
	put_number(w, nt, m->part[0].total);
	put_number(w, nt, m->part[1].total);
	for (int b = 0; b < 2; b++) {
		put_number(w, nt, m->part[b].n);
		at[b] = w->pos;
		put_number(w, nt, 0);
		put_number(w, nt, m->part[b].at);
	}
	if (nt)
		wr_u8(w, 0);
	else
		wr_u16(w, 0xFFFF);
	wr_block_bytes(w);
	put_bytes(w, v, m, at);
	client_send(c);
}

static void
send_all(struct conversation *v)
{
	const uint16_t tid = c->tid;
	const uint32_t pid = c->pid;
	uint16_t mid;

	send_primary(v, &v->m[0]);
	mid = c->mid;
	for (size_t i = 1; i < v->n; i++) {
		bool stray = v->m[i].stray;

		c->mid = (uint16_t)(mid - 1 + (stray && v->mistake == OTHER_MID ? 100 : 0));
		c->pid = pid + (stray && v->mistake == OTHER_PID);
		c->tid = stray && v->mistake == OTHER_TID ? other_tid : tid;
		send_secondary(v, &v->m[i]);
	}
	c->mid = (uint16_t)(mid + 200);
	c->pid = pid;
	c->tid = tid;
}

/* What came back. */
struct answers {
	unsigned interim, final, refused;
	nt_status status; /* of the final one */
};

static void
sort(const struct conversation *v, const struct reply *r, struct answers *a)
{
	const uint8_t primary = v->nt ? NT_TRANSACT : TRANSACTION2;
	bool last_word = r->word_count != 0 || r->h.status != STATUS_SUCCESS;

	if (r->h.command != primary) {
		ck_assert_uint_ne(r->h.status, STATUS_SUCCESS);
		a->refused++;
	} else if (v->n > 1 && a->interim == 0) {
		ck_assert(!last_word || v->failed);
		a->interim += !last_word;
		a->final += last_word;
		a->status = r->h.status;
	} else {
		a->final++;
		a->status = r->h.status;
	}
}

/* Jobs may end behind the ECHO's answer. */
static void
receive_all(const struct conversation *v, struct answers *a)
{
	struct writer *w = client_begin(c, ECHO);
	bool echoed = false;
	struct reply r;

	memset(a, 0, sizeof(*a));
	wr_u16(w, 1);
	client_send(c);
	while (!echoed || (a->final == 0 && (v->failed || v->complete)) || a->refused < v->strays) {
		client_receive(c, &r);
		ck_assert(!r.closed);
		if (r.h.command == ECHO)
			echoed = true;
		else
			sort(v, &r, a);
	}
	ck_assert_uint_eq(a->final, v->failed || v->complete);
	ck_assert_uint_eq(a->refused, v->strays);
}

static size_t
value_on_disk(uint8_t out[64])
{
	char path[128];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/file", server.root);
	n = getxattr(path, "user.A", out, 64);
	return n > 0 ? (size_t)n : 0;
}

/* Nothing but what was there, or what came. */
static void
check_effect(const struct conversation *v, const struct answers *a, const uint8_t *before, size_t n)
{
	const uint8_t *came = v->got[1].bytes + VALUE_AT;
	uint8_t now[64];
	size_t have = value_on_disk(now);

	if (v->complete && memcmp(v->got, v->whole, sizeof(v->got)) == 0) {
		ck_assert_uint_eq(a->status, STATUS_SUCCESS);
		ck_assert_uint_eq(have, VALUE_LEN);
		ck_assert_mem_eq(now, v->whole[1].bytes + VALUE_AT, VALUE_LEN);
	} else if (!v->complete || a->status != STATUS_SUCCESS) {
		ck_assert_uint_eq(have, n);
		ck_assert_mem_eq(now, before, n);
	} else if (have > 0) {
		ck_assert(have <= VALUE_LEN);
		ck_assert(memcmp(now, came, have) == 0 || memcmp(now, before, have) == 0);
	}
	if (v->failed)
		ck_assert_uint_eq(a->status, STATUS_INVALID_PARAMETER);
}

static void
converse(enum mistake mistake)
{
	static const uint16_t limits[] = { 0, 2, 128, 0xFFFF };
	struct conversation v = { .mistake = mistake, .nt = below(2) == 0 };
	struct answers a;
	uint8_t before[64];
	size_t n = value_on_disk(before);

	v.max_parameters = limits[below(4)];
	make_request(&v);
	cut(&v);
	spoil(&v);
	foresee(&v);
	send_all(&v);
	receive_all(&v, &a);
	check_effect(&v, &a, before, n);
}

static void
connect_anew(void)
{
	struct reply r;
	uint16_t tid;

	c = client_on(server.port, "share");
	tid = c->tid;
	ck_assert_uint_eq(client_try_tree(c, "share", "?????", &r), STATUS_SUCCESS);
	other_tid = r.h.tid;
	c->tid = tid;
}

START_TEST(what_is_carried_out_is_what_came)
{
	seed = (uint32_t)_i * 7919 + 1;
	server_file(&server, "file", "content", 7);
	for (int i = 0; i < ROUNDS; i++) {
		connect_anew();
		converse((enum mistake)(i % MISTAKES));
		client_close(&c);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reassembly");
	TCase *tc = tcase_create("reassembly");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_is_carried_out_is_what_came, 0, SEEDS);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return server_stop(&server) != 0 || failed != 0;
}
