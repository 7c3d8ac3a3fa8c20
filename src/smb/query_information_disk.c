/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "smb/commands.h"

/* SMB_COM_QUERY_INFORMATION_DISK ([MS-CIFS] 2.2.4.57). */

#define MAX_UNITS  65535u
#define DOS_SECTOR 512u

struct args {
	struct disk_fs fs;
	uint64_t total, free; /* units */
	uint32_t sectors;     /* per unit */
};

static nt_status
stat_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_fs_stat(d, &a->fs);
}

/*
 * The fields have 16 bits. Units grow as far as a client's own arithmetic goes: before NT LM 0.12
 * to 64 sectors, which with 65535 units is 2 GiB. What is larger still is shown as full fields.
 */
static nt_status
scale(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;
	uint64_t unit = a->fs.block_size;
	uint32_t most = req->conn->protocol < PROTOCOL_NT1 ? 64 : 32768;

	if (status != STATUS_SUCCESS)
		return status;
	a->total = a->fs.blocks * unit / DOS_SECTOR;
	a->free = a->fs.available * unit / DOS_SECTOR;
	for (a->sectors = 1; a->total > MAX_UNITS && a->sectors < most; a->sectors *= 2) {
		a->total /= 2;
		a->free /= 2;
	}
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	return request_work(req, WORK_QUICK, stat_work, scale, args);
}

static uint16_t
clamp(uint64_t units)
{
	return (uint16_t)(units > MAX_UNITS ? MAX_UNITS : units);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, clamp(a->total));
	wr_u16(w, (uint16_t)a->sectors);
	wr_u16(w, DOS_SECTOR);
	wr_u16(w, clamp(a->free));
	wr_u16(w, 0);
}

const struct smb_command smb_query_information_disk = {
	.name = "QUERY_INFORMATION_DISK",
	.words = WORDS(0),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct args),
	.run = run,
	.encode = encode,
};
