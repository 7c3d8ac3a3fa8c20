/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The times of a file in all their forms: those of DOS and UTIME in the server's zone, with
 * daylight saving; what stands for no time; what writing does to a time that was set.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ntime.h"
#include "levels.h"

#define CLOSE              0x04
#define QUERY_INFORMATION  0x08
#define SET_INFORMATION    0x09
#define WRITE              0x0B
#define SET_INFORMATION2   0x22
#define QUERY_INFORMATION2 0x23

#define LEAVE_UTIME      0xFFFFFFFFu
#define DATE(y, m, d)    ((uint16_t)(((y)-1980) << 9 | (m) << 5 | (d)))
#define TIME(h, m, s)    ((uint16_t)((h) << 11 | (m) << 5 | (s) / 2))
#define FIRST_DATE       DATE(1980, 1, 1)
#define LAST_DATE        DATE(2107, 12, 31)
#define LAST_TIME        TIME(23, 59, 58)
#define LARGEST_UTIME    0xFFFFFFFEu
#define TICKS_PER_SECOND 10000000ULL
#define WINTER           1705320000 /* 2024-01-15 12:00:00 UTC */
#define NAME             "\\dir\\file.txt"
#define ON_DISK          "dir/file.txt"

/* Central Europe: an hour ahead, two from the last Sunday of March to that of October. */
static const struct {
	int64_t seconds; /* since 1970, UTC */
	uint32_t utime;  /* in local time */
	uint16_t date, time;
} instants[] = {
	{ WINTER, WINTER + 3600, DATE(2024, 1, 15), TIME(13, 0, 0) },
	{ 1721044802, 1721044802 + 7200, DATE(2024, 7, 15), TIME(14, 0, 2) },
	{ 1711846798, 1711846798 + 3600, DATE(2024, 3, 31), TIME(1, 59, 58) },
	{ 1711846800, 1711846800 + 7200, DATE(2024, 3, 31), TIME(3, 0, 0) },
	{ 1729986998, 1729986998 + 7200, DATE(2024, 10, 27), TIME(1, 56, 38) },
	{ 1729994400, 1729994400 + 3600, DATE(2024, 10, 27), TIME(3, 0, 0) },
	/* What a form cannot say is the nearest it can. */
	{ 315529200, 315529200 + 3600, FIRST_DATE, TIME(0, 0, 0) },
	{ 300000000, 300000000 + 7200, FIRST_DATE, 0 },
	{ -300000000, 1, FIRST_DATE, 0 },
	{ 4354815600, LARGEST_UTIME, LAST_DATE, LAST_TIME },
	{ 5000000000, LARGEST_UTIME, LAST_DATE, LAST_TIME },
};

#define INSTANTS (sizeof(instants) / sizeof(instants[0]))

static bool
is_clamped(size_t i)
{
	return instants[i].seconds < 315529200 || instants[i].utime == LARGEST_UTIME;
}

static uint16_t
open_file(void)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, NAME, ALL_ACCESS, 1, &fid), STATUS_SUCCESS);
	return fid;
}

static void
close_with(uint16_t fid, uint32_t utime)
{
	struct writer *w = client_begin(c, CLOSE);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, utime);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static void
write_to(uint16_t fid)
{
	struct writer *w = client_begin(c, WRITE);
	struct reply r;

	wr_u16(w, fid);
	wr_u16(w, 1);
	wr_zero(w, 6);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 1);
	wr_u8(w, 'x');
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static uint32_t
queried_utime(void)
{
	struct writer *w = client_begin(c, QUERY_INFORMATION);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, NAME);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 2);
	return rd_u32(&r.words);
}

/* The last write behind creation and access, and then the rest. */
static void
is_dos(struct reader *r, size_t i)
{
	rd_skip(r, 8);
	ck_assert_msg(rd_u16(r) == instants[i].date, "date of instant %zu", i);
	ck_assert_msg(rd_u16(r) == instants[i].time, "time of instant %zu", i);
}

static void
is_dos_by_handle(uint16_t fid, size_t i)
{
	struct writer *w = client_begin(c, QUERY_INFORMATION2);
	struct reply r;

	wr_u16(w, fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	is_dos(&r.words, i);
}

static uint64_t
queried_written(uint16_t fid)
{
	const struct model m = { .path = NAME, .fid = fid };
	struct trans2 t;

	ck_assert_uint_eq(levels_query(&t, &m, BASIC, PLENTY), STATUS_SUCCESS);
	rd_skip(&t.got_data, 16);
	return rd_u64(&t.got_data);
}

static struct timespec
stored(void)
{
	struct stat st;

	ck_assert_int_eq(stat(levels_on_disk(ON_DISK), &st), 0);
	return st.st_mtim;
}

static void
store(int64_t seconds)
{
	const struct timespec times[2] = { { seconds, 0 }, { seconds, 123456700 } };

	ck_assert_int_eq(utimensat(AT_FDCWD, levels_on_disk(ON_DISK), times, 0), 0);
}

START_TEST(times_are_told_in_the_servers_zone)
{
	const struct model by_path = { .path = NAME };
	uint16_t fid = open_file();
	struct trans2 t;

	for (size_t i = 0; i < INSTANTS; i++) {
		store(instants[i].seconds);
		ck_assert_int_eq(stored().tv_sec, instants[i].seconds);
		ck_assert_uint_eq(queried_utime(), instants[i].utime);
		is_dos_by_handle(fid, i);
		ck_assert_uint_eq(levels_query(&t, &by_path, 0x0001, PLENTY), STATUS_SUCCESS);
		is_dos(&t.got_data, i);
		ck_assert_uint_eq(queried_written(0),
		    ntime_from_timespec((struct timespec){ instants[i].seconds, 123456700 }));
	}
}
END_TEST

static void
set_utime(uint32_t utime)
{
	struct writer *w = client_begin(c, SET_INFORMATION);
	struct reply r;

	wr_u16(w, 0);
	wr_u32(w, utime);
	wr_zero(w, 10);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, NAME);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static void
put_dos(struct writer *w, uint16_t date, uint16_t time)
{
	wr_zero(w, 8); /* creation and access stay */
	wr_u16(w, date);
	wr_u16(w, time);
}

static void
set_dos_by_handle(uint16_t fid, uint16_t date, uint16_t time)
{
	struct writer *w = client_begin(c, SET_INFORMATION2);
	struct reply r;

	wr_u16(w, fid);
	put_dos(w, date, time);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static void
set_dos_by_path(uint16_t date, uint16_t time)
{
	const struct model m = { .path = NAME };
	uint8_t data[12] = { 0 };

	data[8] = (uint8_t)date;
	data[9] = (uint8_t)(date >> 8);
	data[10] = (uint8_t)time;
	data[11] = (uint8_t)(time >> 8);
	ck_assert_uint_eq(levels_set(&m, 0x0001, data, sizeof(data)), STATUS_SUCCESS);
}

START_TEST(times_are_set_in_the_servers_zone)
{
	for (size_t i = 0; i < INSTANTS; i++) {
		uint16_t fid;

		if (is_clamped(i))
			continue;
		set_utime(instants[i].utime);
		ck_assert_int_eq(stored().tv_sec, instants[i].seconds);
		store(0);
		set_dos_by_path(instants[i].date, instants[i].time);
		ck_assert_int_eq(stored().tv_sec, instants[i].seconds);
		store(0);
		fid = open_file();
		set_dos_by_handle(fid, instants[i].date, instants[i].time);
		ck_assert_int_eq(stored().tv_sec, instants[i].seconds);
		close_with(fid, 0);
		store(0);
		close_with(open_file(), instants[i].utime);
		ck_assert_int_eq(stored().tv_sec, instants[i].seconds);
	}
}
END_TEST

START_TEST(no_time_leaves_the_time)
{
	uint16_t fid;

	store(WINTER);
	set_utime(0);
	set_utime(LEAVE_UTIME);
	set_dos_by_path(0, 0);
	fid = open_file();
	set_dos_by_handle(fid, 0, 0);
	close_with(fid, 0);
	close_with(open_file(), LEAVE_UTIME);
	ck_assert_int_eq(stored().tv_sec, WINTER);
	ck_assert_int_eq(stored().tv_nsec, 123456700);
}
END_TEST

static void
set_written(uint16_t fid, uint64_t t)
{
	const struct model m = { .fid = fid };
	uint64_t times[5] = { 0, 0, t };

	ck_assert_uint_eq(levels_set(&m, BASIC, times, sizeof(times)), STATUS_SUCCESS);
}

START_TEST(time_that_was_set_outlasts_writes_to_the_tick)
{
	uint64_t t = ntime_from_timespec((struct timespec){ WINTER, 765432100 });
	uint16_t fid = open_file();

	set_written(fid, t);
	ck_assert_int_eq(stored().tv_nsec, 765432100);
	write_to(fid);
	ck_assert_uint_eq(queried_written(fid), t);
	ck_assert_uint_eq(queried_written(0), t);
	close_with(fid, 0);
	ck_assert_uint_eq(queried_written(0), t);
	ck_assert_int_eq(stored().tv_sec, WINTER);
	ck_assert_int_eq(stored().tv_nsec, 765432100);
}
END_TEST

START_TEST(handle_that_stops_updating_leaves_the_time_until_it_resumes)
{
	uint64_t t = ntime_from_timespec((struct timespec){ WINTER, 123456700 });
	uint16_t fid;

	store(WINTER);
	fid = open_file();
	set_written(fid, NTIME_LEAVE);
	write_to(fid);
	close_with(fid, 0);
	ck_assert_uint_eq(queried_written(0), t);
	fid = open_file();
	set_written(fid, NTIME_LEAVE);
	set_written(fid, NTIME_RESUME);
	write_to(fid);
	close_with(fid, 0);
	ck_assert_uint_gt(queried_written(0), t);
}
END_TEST

static uint64_t
created(const char *path)
{
	const struct model m = { .path = path };
	struct trans2 t;

	ck_assert_uint_eq(levels_query(&t, &m, BASIC, PLENTY), STATUS_SUCCESS);
	return rd_u64(&t.got_data);
}

static void
rename_file(const char *from, const char *to)
{
	struct writer *w = client_begin(c, 0x07);
	struct reply r;

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

START_TEST(creation_time_is_kept)
{
	const uint64_t t = 116444736000000000 + 7 * TICKS_PER_SECOND + 1;
	const struct model m = { .path = NAME };
	uint64_t times[5] = { t };
	uint16_t fid;

	ck_assert_uint_eq(levels_set(&m, BASIC, times, sizeof(times)), STATUS_SUCCESS);
	fid = open_file();
	write_to(fid);
	close_with(fid, 0);
	store(WINTER);
	rename_file(NAME, "\\dir\\other.txt");
	ck_assert_uint_eq(created("\\dir\\other.txt"), t);
	rename_file("\\dir\\other.txt", NAME);
	client_close(&c);
	c = client_on(server.port, "share");
	ck_assert_uint_eq(created(NAME), t);
}
END_TEST

START_TEST(negotiation_tells_the_zone_of_now)
{
	static const char *const dialects[] = { "NT LM 0.12", NULL };
	struct client *other = client_connect(server.port);
	struct reply r;
	uint64_t now;

	ck_assert_uint_eq(client_try_negotiate(other, dialects, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 2 + 1 + 2 + 2 + 4 + 4 + 4 + 4);
	now = rd_u64(&r.words);
	ck_assert_int_eq((int16_t)rd_u16(&r.words), ntime_zone(now));
	ck_assert_int_le(ntime_zone(now), -60);
	client_close(&other);
}
END_TEST

/* Without the handles, which have a time that was set, and keep the names. */
static void
setup(void)
{
	levels_setup();
	for (enum model_kind kind = 0; kind < MODELS; kind++)
		close_with(levels_model(kind, true).fid, 0);
}

int
main(void)
{
	TCase *tc = tcase_create("times");

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tcase_add_checked_fixture(tc, setup, levels_teardown);
	tcase_add_test(tc, times_are_told_in_the_servers_zone);
	tcase_add_test(tc, times_are_set_in_the_servers_zone);
	tcase_add_test(tc, no_time_leaves_the_time);
	tcase_add_test(tc, time_that_was_set_outlasts_writes_to_the_tick);
	tcase_add_test(tc, handle_that_stops_updating_leaves_the_time_until_it_resumes);
	tcase_add_test(tc, creation_time_is_kept);
	tcase_add_test(tc, negotiation_tells_the_zone_of_now);
	return levels_run(tc);
}
