/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/open.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_QUERY_INFORMATION2 ([MS-CIFS] 2.2.4.31). */

struct args {
	uint16_t fid;
	const struct disk_file *file;
	struct disk_stat stat;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
}

static nt_status
stat_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_file_stat(d, a->file, &a->stat);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	a->file = h->open->file;
	return request_work(req, WORK_CACHED, stat_work, NULL, a);
}

static void
write_time(struct writer *w, ntime t)
{
	uint16_t date, time;

	ntime_to_dos(t, &date, &time);
	wr_u16(w, date);
	wr_u16(w, time);
}

static uint32_t
clamp(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	write_time(w, a->stat.created);
	write_time(w, a->stat.accessed);
	write_time(w, a->stat.written);
	wr_u32(w, clamp(a->stat.size));
	wr_u32(w, clamp(a->stat.allocated));
	wr_u16(w, (uint16_t)(a->stat.attributes & 0x3F));
}

const struct smb_command smb_query_information2 = {
	.name = "QUERY_INFORMATION2",
	.words = WORDS(1),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
