/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NTIME_H
#define BASE_NTIME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * NT time: 100 ns since 1601-01-01 UTC. 0 means "not given"; requests may also hold -1 and -2
 * ([MS-FSCC] 2.4.7).
 */
typedef uint64_t ntime;

#define NTIME_LEAVE  ((ntime)-1)
#define NTIME_RESUME ((ntime)-2)

/* A time, and none of the values that stand for something else. */
static inline bool
ntime_given(ntime t)
{
	return t != 0 && t != NTIME_LEAVE && t != NTIME_RESUME;
}

/* What cannot be said is the nearest that can, and never 0. */
ntime ntime_from_timespec(struct timespec ts);
struct timespec ntime_to_timespec(ntime t);
ntime ntime_now(void);

/*
 * UTIME: seconds since 1970 in the server's local time, as the LAN Manager commands have it; 0 and
 * 0xFFFFFFFF mean "leave" and give 0.
 */
uint32_t ntime_to_utime(ntime t);
ntime ntime_from_utime(uint32_t utime);

/*
 * SMB_DATE and SMB_TIME ([MS-CIFS] 2.2.1.4), local, two-second steps, clamped to 1980..2107. Date
 * and time both 0 give 0.
 */
void ntime_to_dos(ntime t, uint16_t *date, uint16_t *time);
ntime ntime_from_dos(uint16_t date, uint16_t time);

/* Minutes to add to local time to get UTC at t (the ServerTimeZone of NEGOTIATE, SMB's sign). */
int16_t ntime_zone(ntime t);

#endif
