/* SPDX-License-Identifier: BSD-2-Clause */

/* What one client does wrong is no other client's trouble. */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "server.h"

#define ROUND_TRIPS 200
#define CHUNK       61440
#define UNREAD      2000

static struct server server;
static struct client *other;

static void
others_begin(void)
{
	static uint8_t data[CHUNK];

	server_file(&server, "file", data, sizeof(data));
	other = client_on(server.port, "share");
}

static void
others_end(void)
{
	client_close(&other);
}

/* A bounded number of round trips that reach the disk. */
static void
others_work(void)
{
	struct trans2 t;
	struct writer *w;
	unsigned i;

	for (i = 0; i < ROUND_TRIPS; i++) {
		w = client_trans2_begin(other, &t, 5);
		wr_u16(w, 0x107);
		wr_u32(w, 0);
		wr_string(w, "\\file");
		ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_SUCCESS);
	}
}

static void
ask_to_read(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2E);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, CHUNK);
	wr_u16(w, CHUNK);
	wr_zero(w, 6);
}

START_TEST(client_stuck_in_the_middle_of_a_frame)
{
	struct client *c = client_on(server.port, "share");
	uint16_t fid = client_open(c, "file");
	uint8_t frame[256] = { 0 };
	const uint8_t *msg;
	struct reply r;
	size_t len, n;

	ask_to_read(c, fid);
	msg = client_message(c, &len);
	frame[3] = (uint8_t)len;
	memcpy(frame + 4, msg, len);
	for (n = 0; n < len + 3; n++) {
		ck_assert(client_send_bytes(c, frame + n, 1));
		if (n % 20 == 0)
			others_work();
	}
	others_work();
	ck_assert(client_send_bytes(c, frame + n, 1));
	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

static long
resident_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

/* The requests fit into the buffers on the way whether the server reads them or not; the answers do
 * not. */
static void
send_unread(struct client *c, uint16_t fid, unsigned n)
{
	int room = 1 << 20;

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	while (n-- > 0) {
		ask_to_read(c, fid);
		client_send(c);
	}
}

START_TEST(client_that_never_reads)
{
	struct client *c = client_on(server.port, "share");
	uint16_t fid = client_open(c, "file");
	long before = resident_kib(server.pid);
	struct reply r;
	unsigned i;

	send_unread(c, fid, UNREAD);
	others_work();
	/* All answers would be 120 MB. */
	ck_assert_int_lt(resident_kib(server.pid) - before, 32 * 1024);
	for (i = 0; i < UNREAD; i++) {
		client_receive(c, &r);
		ck_assert_msg(!r.closed, "closed after %u answers", i);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	}
	others_work();
	client_close(&c);
}
END_TEST

START_TEST(client_that_goes_without_reading)
{
	struct client *c;
	unsigned i;

	for (i = 0; i < 20; i++) {
		c = client_on(server.port, "share");
		send_unread(c, client_open(c, "file"), 100);
		client_close(&c);
	}
	others_work();
}
END_TEST

START_TEST(clients_that_send_garbage)
{
	static const struct {
		size_t n;
		uint8_t bytes[8];
	} heads[] = {
		{ 0, { 0 } },                                           /* no frame at all */
		{ 4, { 0x00, 0x00, 0x01, 0x00 } },                      /* a message of noise */
		{ 4, { 0x00, 0xFF, 0xFF, 0xFF } },                      /* a message of 16 MiB */
		{ 8, { 0x00, 0x00, 0x01, 0x00, 0xFF, 'S', 'M', 'B' } }, /* with the right magic */
		{ 8, { 0x00, 0x00, 0x01, 0x00, 0xFE, 'S', 'M', 'B' } }, /* SMB2 */
		{ 4, { 0x00, 0x00, 0x00, 0x00 } },                      /* empty messages */
		{ 4, { 0x00, 0x00, 0x00, 0x1F } }, /* one byte short of a header */
		{ 4, { 0x81, 0x00, 0x00, 0x44 } }, /* a session request where there are none */
		{ 4, { 0x42, 0x00, 0x00, 0x10 } }, /* an unknown type */
	};
	struct client *c;
	uint8_t noise[4096];
	size_t head = (size_t)_i % (sizeof(heads) / sizeof(heads[0])), i;

	srandom((unsigned)_i);
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)random();
	c = _i % 2 == 0 ? client_connect(server.port) : client_on(server.port, "share");
	client_send_bytes(c, heads[head].bytes, heads[head].n);
	client_send_bytes(c, noise, sizeof(noise));
	others_work();
	client_close(&c);
	others_work();
}
END_TEST

START_TEST(clients_that_say_nothing)
{
	struct client *silent[100];
	unsigned i;

	for (i = 0; i < 100; i++)
		silent[i] = client_connect(server.port);
	others_work();
	for (i = 0; i < 100; i++)
		client_close(&silent[i]);
	others_work();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("interference");
	TCase *tc = tcase_create("others are answered");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, others_begin, others_end);
	tcase_add_test(tc, client_stuck_in_the_middle_of_a_frame);
	tcase_add_test(tc, client_that_never_reads);
	tcase_add_test(tc, client_that_goes_without_reading);
	tcase_add_loop_test(tc, clients_that_send_garbage, 0, 36);
	tcase_add_test(tc, clients_that_say_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tmax connections per address = 0");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
