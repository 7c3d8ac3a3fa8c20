/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_CREATE_TEMPORARY ([MS-CIFS] 2.2.4.15): a new file in a directory, under a name of ours.
 */
#include <string.h>
#include <sys/random.h>

#include "server/handle.h"
#include "server/path.h"
#include "smb/commands.h"
#include "smb/create.h"

#define NAME_LEN 8

struct create_temporary {
	const char *dir;
	char name[NAME_LEN + 1];
	struct create create;
};

static void
decode(void *args, struct smb_in *in)
{
	struct create_temporary *a = args;

	a->create.attributes = rd_u16(&in->words);
	a->create.written = ntime_from_utime(rd_u32(&in->words));
	a->dir = rd_string_04(&in->bytes);
}

/* Six digits of base 32: that it is taken already will not happen, and is refused if it does. */
static nt_status
make_name(char name[NAME_LEN + 1])
{
	uint8_t random[NAME_LEN];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return STATUS_INSUFFICIENT_RESOURCES;
	memcpy(name, "TM", 2);
	for (size_t i = 2; i < NAME_LEN; i++)
		name[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUV"[random[i] % 32];
	name[NAME_LEN] = '\0';
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	struct create_temporary *a = args;
	struct create *c = &a->create;
	const char *dir;
	nt_status status = request_path(req, a->dir, &dir);

	if (status == STATUS_SUCCESS)
		status = make_name(a->name);
	if (status != STATUS_SUCCESS)
		return status;
	c->path = dir[0] == '\0' ? a->name : arena_printf(&req->arena, "%s/%s", dir, a->name);
	c->access = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
	c->share = FILE_SHARE_READ | FILE_SHARE_WRITE;
	c->disposition = FILE_CREATE;
	c->options = FILE_NON_DIRECTORY_FILE;
	smb_create_header_oplock(req, c);
	return smb_create(req, c, NULL, a);
}

/* Windows sends the name as it is, without the format byte, and never in Unicode. */
static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct create_temporary *a = args;

	smb_create_tell_header(req, &a->create);
	wr_u16(w, a->create.handle->fid);
	wr_block_bytes(w);
	wr_string_oem(w, a->name);
}

const struct smb_command smb_create_temporary = {
	.name = "CREATE_TEMPORARY",
	.words = WORDS(3),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct create_temporary),
	.decode = decode,
	.run = run,
	.encode = encode,
};
