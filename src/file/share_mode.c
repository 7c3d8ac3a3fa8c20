/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/share_mode.h"

#define READS   (FILE_READ_DATA | FILE_EXECUTE)
#define CHANGES (FILE_WRITE_DATA | FILE_APPEND_DATA)
#define CONTENT (READS | CHANGES | ACCESS_DELETE)

/* What a does to the file, against what b lets others do. */
static bool
tolerates(const struct share_mode *b, const struct share_mode *a)
{
	if ((a->access & READS) != 0 && (b->share & FILE_SHARE_READ) == 0)
		return false;
	if ((a->access & CHANGES) != 0 && (b->share & FILE_SHARE_WRITE) == 0)
		return false;
	return (a->access & ACCESS_DELETE) == 0 || (b->share & FILE_SHARE_DELETE) != 0;
}

static bool
same_process(const struct share_mode *a, const struct share_mode *b)
{
	return a->owner != NULL && a->owner == b->owner && a->pid == b->pid;
}

/* The file object of a keeps everybody else away, and programs are not opened that way. */
static bool
exclusive_dos(const struct share_mode *a)
{
	return a->deny_fcb || (a->deny_dos && !a->executable && (a->access & CHANGES) != 0);
}

bool
share_mode_joins(const struct share_mode *a, const struct share_mode *b)
{
	return same_process(a, b) && exclusive_dos(a) && (b->deny_fcb || b->deny_dos);
}

bool
share_mode_compatible(const struct share_mode *a, const struct share_mode *b)
{
	if ((a->access & CONTENT) == 0 || (b->access & CONTENT) == 0)
		return true;
	if (tolerates(a, b) && tolerates(b, a))
		return true;
	return share_mode_joins(a, b);
}
