/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/loop.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/lock_wait.h"
#include "smb/oplock_break.h"

/* SMB_COM_LOCKING_ANDX ([MS-CIFS] 2.2.4.32). */

#define SHARED_LOCK     0x01
#define OPLOCK_RELEASE  0x02
#define CHANGE_LOCKTYPE 0x04
#define CANCEL_LOCK     0x08
#define LARGE_FILES     0x10

#define RANGE_LEN       10u
#define LARGE_RANGE_LEN 20u
#define FOR_EVER        0xFFFFFFFFu

#define FIRST_PAUSE 10u /* milliseconds */
#define LAST_PAUSE  1000u

struct args {
	uint16_t fid, nunlocks, nlocks;
	uint8_t type, new_level;
	uint32_t timeout;
	struct lock_range *unlocks, *locks;
	struct handle *handle;
	uint64_t deadline;
	uint32_t pause; /* before another program is asked again for its lock, milliseconds */
	unsigned taken; /* of the locks, while it waits for the next */
	bool waited;
};

/* An offset or length of 64 bits comes high half first. */
static uint64_t
read_large(struct reader *r)
{
	uint64_t high = rd_u32(r);

	return high << 32 | rd_u32(r);
}

static struct lock_range *
read_ranges(struct reader *r, const struct args *a, unsigned n)
{
	size_t each = a->type & LARGE_FILES ? LARGE_RANGE_LEN : RANGE_LEN;
	struct lock_range *ranges;
	unsigned i;

	if (rd_left(r) / each < n) {
		r->bad = true;
		return NULL;
	}
	ranges = arena_alloc(r->arena, n * sizeof *ranges);
	for (i = 0; i < n; i++) {
		ranges[i].pid = rd_u16(r);
		ranges[i].exclusive = (a->type & SHARED_LOCK) == 0;
		if (a->type & LARGE_FILES) {
			rd_skip(r, 2);
			ranges[i].offset = read_large(r);
			ranges[i].length = read_large(r);
		} else {
			ranges[i].offset = rd_u32(r);
			ranges[i].length = rd_u32(r);
		}
	}
	return ranges;
}

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->type = rd_u8(&in->words);
	a->new_level = rd_u8(&in->words);
	a->timeout = rd_u32(&in->words);
	a->nunlocks = rd_u16(&in->words);
	a->nlocks = rd_u16(&in->words);
	a->unlocks = read_ranges(&in->bytes, a, a->nunlocks);
	a->locks = read_ranges(&in->bytes, a, a->nlocks);
}

/* In turn; those taken are kept while it waits for the next. */
static nt_status
lock_on(struct args *a, bool waits)
{
	nt_status status;

	for (; a->taken < a->nlocks; a->taken++) {
		status = file_lock(a->handle->open, &a->locks[a->taken], waits);
		if (status != STATUS_SUCCESS)
			return status;
	}
	return STATUS_SUCCESS;
}

/* All or none. */
static nt_status
undo(struct args *a, nt_status status)
{
	for (; a->taken > 0; a->taken--)
		file_lock_undo(a->handle->open, &a->locks[a->taken - 1]);
	return status;
}

static bool
is_refusal(nt_status status)
{
	return status == STATUS_LOCK_NOT_GRANTED || status == STATUS_FILE_LOCK_CONFLICT;
}

uint32_t
lock_next_pause(const struct open *o, uint32_t *pause)
{
	if (!o->lock_foreign)
		*pause = 0;
	else
		*pause = *pause == 0 ? FIRST_PAUSE : *pause * 2;
	if (*pause > LAST_PAUSE)
		*pause = LAST_PAUSE;
	return *pause;
}

static nt_status try_or_wait(struct request *req, struct args *a);

static nt_status
woken(struct request *req, void *arg, nt_status why)
{
	struct args *a = arg;

	if (why == STATUS_FILE_CLOSED || a->handle->closed)
		return STATUS_RANGE_NOT_LOCKED;
	if (why == STATUS_CANCELLED)
		return undo(a, STATUS_FILE_LOCK_CONFLICT);
	return why == STATUS_SUCCESS || why == STATUS_IO_TIMEOUT ? try_or_wait(req, a)
								 : undo(a, why);
}

static nt_status
wait_on(struct request *req, struct args *a, uint64_t now)
{
	struct request_timeout t = { .list = file_lock_waiters(a->handle->open) };
	uint32_t pause = lock_next_pause(a->handle->open, &a->pause);

	if (!a->waited && conn_is_busy(req->conn))
		return undo(a, STATUS_INSUFF_SERVER_RESOURCES);
	a->waited = true;
	if (a->timeout != FOR_EVER)
		t.ms = (uint32_t)(a->deadline - now);
	if (pause != 0 && (t.ms == 0 || pause < t.ms))
		t.ms = pause;
	if (t.ms == 0)
		return request_wait(req, t.list, woken, a);
	return request_wait_for(req, &t, woken, a);
}

static nt_status
try_or_wait(struct request *req, struct args *a)
{
	uint64_t now = loop_now_ms();
	bool waits = a->timeout == FOR_EVER || now < a->deadline;
	nt_status status = lock_on(a, waits);

	if (status == STATUS_SUCCESS)
		return status;
	if (!is_refusal(status) || !waits)
		return undo(a,
		    status == STATUS_LOCK_NOT_GRANTED && a->timeout != 0 ? STATUS_FILE_LOCK_CONFLICT
									 : status);
	return wait_on(req, a, now);
}

static bool
same_range(const struct lock_range *a, const struct lock_range *b)
{
	return a->offset == b->offset && a->length == b->length && a->pid == b->pid;
}

static bool
waits_for_the_same(const struct request *other, const struct request *req, const struct args *a)
{
	const struct args *b = other->args;

	return other != req && other->parked && other->command == &smb_locking_andx &&
	    b->handle == a->handle && (b->type & LARGE_FILES) == (a->type & LARGE_FILES) &&
	    a->nlocks > 0 && b->taken < b->nlocks && same_range(&b->locks[b->taken], &a->locks[0]);
}

/* The waiting request answers FILE_LOCK_CONFLICT; this one success, or that there was none. */
static nt_status
cancel(struct request *req, const struct args *a)
{
	struct request *other;

	TAILQ_FOREACH (other, &req->conn->requests, link) {
		if (waits_for_the_same(other, req, a)) {
			request_cancel(other);
			return STATUS_SUCCESS;
		}
	}
	return STATUS_OS2_CANCEL_VIOLATION;
}

/* The answer to an oplock break; without ranges it gets none itself. */
static void
release_oplock(struct request *req, const struct args *a)
{
	file_oplock_ack(
	    a->handle->open, a->new_level == NEW_LEVEL_II ? OPLOCK_LEVEL_II : OPLOCK_NONE);
	if (a->nlocks == 0 && a->nunlocks == 0)
		req->silent = true;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = STATUS_SUCCESS;
	unsigned i;

	a->handle = request_handle(req, a->fid);
	if (a->handle == NULL)
		return STATUS_INVALID_HANDLE;
	if (a->type & CHANGE_LOCKTYPE)
		return STATUS_OS2_ATOMIC_LOCKS_NOT_SUPPORTED;
	if (a->type & OPLOCK_RELEASE)
		release_oplock(req, a);
	if (a->type & CANCEL_LOCK)
		return cancel(req, a);
	for (i = 0; i < a->nunlocks && status == STATUS_SUCCESS; i++)
		status = file_unlock(a->handle->open, &a->unlocks[i]);
	if (status != STATUS_SUCCESS)
		return status;
	a->deadline = loop_now_ms() + (a->timeout == FOR_EVER ? 0 : a->timeout);
	return try_or_wait(req, a);
}

const struct smb_command smb_locking_andx = {
	.name = "LOCKING_ANDX",
	.words = WORDS(8),
	.flags = NEED_DISK | BY_FID | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
