/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"

#include <stdbool.h>
#include <string.h>

#define TICKS_PER_SECOND 10000000
#define NS_PER_TICK      100
#define EPOCH_SECONDS    11644473600 /* from 1601 to 1970 */

ntime
ntime_from_timespec(struct timespec ts)
{
	int64_t seconds = (int64_t)ts.tv_sec;
	ntime t;

	if (seconds < -EPOCH_SECONDS)
		return 1;
	/* Clients read it as a signed number. */
	if (seconds >= INT64_MAX / TICKS_PER_SECOND - EPOCH_SECONDS)
		return INT64_MAX;
	t = (ntime)(seconds + EPOCH_SECONDS) * TICKS_PER_SECOND + (ntime)(ts.tv_nsec / NS_PER_TICK);
	return t > 0 ? t : 1;
}

static time_t
seconds_of(ntime t)
{
	return (time_t)(t / TICKS_PER_SECOND) - EPOCH_SECONDS;
}

struct timespec
ntime_to_timespec(ntime t)
{
	return (struct timespec){
		.tv_sec = seconds_of(t),
		.tv_nsec = (long)(t % TICKS_PER_SECOND) * NS_PER_TICK,
	};
}

ntime
ntime_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ntime_from_timespec(now);
}

static ntime
from_seconds(time_t seconds)
{
	return ntime_from_timespec((struct timespec){ .tv_sec = seconds });
}

/* False for 0, -1, -2 and what the C library cannot tell the year of. */
static bool
local_of(ntime t, struct tm *tm)
{
	time_t seconds = seconds_of(t);

	return t != 0 && t <= INT64_MAX && localtime_r(&seconds, tm) != NULL;
}

/* The library finds out whether summer time applies. */
static ntime
from_local(struct tm *tm)
{
	time_t seconds;

	tm->tm_isdst = -1;
	tm->tm_wday = -1;
	seconds = mktime(tm);
	return seconds == -1 && tm->tm_wday == -1 ? 0 : from_seconds(seconds);
}

uint32_t
ntime_to_utime(ntime t)
{
	struct tm tm;
	int64_t local;

	if (!local_of(t, &tm))
		return 0;
	local = (int64_t)seconds_of(t) + tm.tm_gmtoff;
	if (local < 1)
		return 1;
	return local < UINT32_MAX ? (uint32_t)local : UINT32_MAX - 1;
}

ntime
ntime_from_utime(uint32_t utime)
{
	time_t local = (time_t)utime;
	struct tm tm;

	if (utime == 0 || utime == UINT32_MAX || gmtime_r(&local, &tm) == NULL)
		return 0;
	return from_local(&tm);
}

void
ntime_to_dos(ntime t, uint16_t *date, uint16_t *time)
{
	struct tm tm;

	*date = 0;
	*time = 0;
	if (!local_of(t, &tm))
		return;
	if (tm.tm_year < 80) {
		*date = 1 << 5 | 1;
		return;
	}
	if (tm.tm_year > 207) {
		*date = 127 << 9 | 12 << 5 | 31;
		*time = 23 << 11 | 59 << 5 | 29;
		return;
	}
	*date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
	/* A leap second has no place among thirty steps. */
	*time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 |
	    (tm.tm_sec < 60 ? tm.tm_sec / 2 : 29));
}

ntime
ntime_from_dos(uint16_t date, uint16_t time)
{
	struct tm tm;

	if (date == 0 && time == 0)
		return 0;
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = 80 + (date >> 9);
	tm.tm_mon = (date >> 5 & 0x0F) - 1;
	tm.tm_mday = date & 0x1F;
	tm.tm_hour = time >> 11;
	tm.tm_min = time >> 5 & 0x3F;
	tm.tm_sec = (time & 0x1F) * 2;
	return from_local(&tm);
}

int16_t
ntime_zone(ntime t)
{
	struct tm tm;

	if (!local_of(t, &tm))
		return 0;
	return (int16_t)(-tm.tm_gmtoff / 60);
}
