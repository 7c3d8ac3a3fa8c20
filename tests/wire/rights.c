/* SPDX-License-Identifier: BSD-2-Clause */
#include "rights.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "wire/status.h"

#define NT_SET_SECURITY 3
#define DACL            4u
#define OPEN            1

struct server rights_server;
struct client *rights_client;

const uint32_t rights_bits[] = { FILE_READ_DATA, FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_READ_EA,
	FILE_WRITE_EA, FILE_EXECUTE, FILE_DELETE_CHILD, FILE_READ_ATTRIBUTES, FILE_WRITE_ATTRIBUTES,
	ACCESS_DELETE, ACCESS_READ_CONTROL, ACCESS_WRITE_DAC, ACCESS_WRITE_OWNER,
	ACCESS_SYNCHRONIZE };
#define BITS (sizeof(rights_bits) / sizeof(rights_bits[0]))

const size_t rights_nbits = BITS;

static const uint32_t usual[] = { FILE_READ_ATTRIBUTES, FILE_ALL_ACCESS, FILE_GENERIC_READ,
	FILE_GENERIC_WRITE, FILE_GENERIC_READ | FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE };
#define SETS (2 * BITS + sizeof(usual) / sizeof(usual[0]))

const size_t rights_nsets = SETS;

uint32_t
rights_set(size_t i)
{
	if (i < BITS)
		return rights_bits[i];
	if (i < 2 * BITS)
		return FILE_ALL_ACCESS & ~rights_bits[i - BITS];
	return usual[i - 2 * BITS];
}

static const char *
on_disk(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", rights_server.root, name);
	return path;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag;
	return at->level > 0 ? remove(path) : 0;
}

void
rights_file(const char *name)
{
	server_file(&rights_server, name, "0123456789", 10);
	setxattr(on_disk(name), "user.DosStream.s:$DATA", "data", 5, 0);
}

void
rights_furnish(void)
{
	nftw(on_disk("box"), remove_one, 8, FTW_DEPTH | FTW_PHYS);
	server_mkdir(&rights_server, "box/dir");
	rights_file("box/file");
}

void
rights_close(uint16_t fid)
{
	struct writer *w = client_begin(rights_client, 0x04);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(rights_client, &r), STATUS_SUCCESS);
}

static void
put_descriptor(struct writer *w, unsigned count, const struct ace *aces)
{
	struct ace copy[2];
	struct acl acl = { .revision = 2, .count = count, .aces = copy };
	const struct sd sd = { .control = SD_DACL_PRESENT, .dacl = &acl };

	memcpy(copy, aces, count * sizeof(*aces));
	sd_encode(w, &sd, w->pos);
}

nt_status
rights_set_dacl(uint16_t fid, unsigned count, const struct ace *aces)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, NT_SET_SECURITY, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, DACL);
	client_trans2_data(rights_client, &t);
	put_descriptor(w, count, aces);
	return client_trans2_call(rights_client, &t);
}

/* These rights and no others, for its owner either. */
void
rights_allow(const char *path, uint32_t rights)
{
	const struct ace aces[2] = {
		{ .type = ACE_ALLOWED, .mask = rights, .sid = sid_everyone },
		{ .type = ACE_ALLOWED, .mask = rights, .sid = sid_owner_rights },
	};
	uint16_t fid;

	ck_assert_uint_eq(
	    client_try_open(rights_client, path, ACCESS_WRITE_DAC, OPEN, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rights_set_dacl(fid, 2, aces), STATUS_SUCCESS);
	rights_close(fid);
}

/* The value the server gave a file, or a directory, with these rights. */
static struct stamp {
	uint32_t rights;
	bool directory;
	size_t n;
	char value[512];
} stamps[4 * SETS];
static size_t nstamps;

static const struct stamp *
learn(const char *name, uint32_t rights, bool directory)
{
	struct stamp *s = &stamps[nstamps++];
	char path[64] = "\\";
	ssize_t n;

	ck_assert_uint_le(nstamps, sizeof(stamps) / sizeof(stamps[0]));
	removexattr(on_disk(name), "user.NTACL");
	strncat(path, name, sizeof(path) - 2);
	for (char *p = path; *p != '\0'; p++)
		*p = *p == '/' ? '\\' : *p;
	rights_allow(path, rights);
	n = getxattr(on_disk(name), "user.NTACL", s->value, sizeof(s->value));
	ck_assert_int_gt(n, 0);
	s->n = (size_t)n;
	s->rights = rights;
	s->directory = directory;
	return s;
}

void
rights_stamp(const char *name, uint32_t rights)
{
	const struct stamp *s = NULL;
	struct stat st;
	bool directory = stat(on_disk(name), &st) == 0 && S_ISDIR(st.st_mode);

	for (size_t i = 0; i < nstamps && s == NULL; i++) {
		if (stamps[i].rights == rights && stamps[i].directory == directory)
			s = &stamps[i];
	}
	if (s == NULL)
		s = learn(name, rights, directory);
	ck_assert_int_eq(setxattr(on_disk(name), "user.NTACL", s->value, s->n, 0), 0);
}

void
rights_close_all(void)
{
	client_begin(rights_client, 0x11);
	rights_call();
}

void
rights_setup(void)
{
	rights_client = client_on(rights_server.port, "share");
	server_mkdir(&rights_server, "box");
	rights_furnish();
	rights_allow("\\box", FILE_ALL_ACCESS & ~FILE_DELETE_CHILD);
}

void
rights_teardown(void)
{
	client_close(&rights_client);
	nftw(on_disk("box"), remove_one, 8, FTW_DEPTH | FTW_PHYS);
	rmdir(on_disk("box"));
}

nt_status
rights_call(void)
{
	struct reply r;

	return client_call(rights_client, &r);
}

void
rights_expect(bool allowed, nt_status got, const char *command, uint32_t rights)
{
	nt_status want = allowed ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;

	ck_assert_msg(got == want, "%s with %08x: %s instead of %s", command, rights,
	    status_name(got), status_name(want));
}
