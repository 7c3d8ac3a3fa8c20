/* SPDX-License-Identifier: BSD-2-Clause */

/* Security descriptors: as stored, as inherited, as obeyed. */
#include "../auth/hex.h"
#include "acls.h"

#include <pthread.h>
#include <stdatomic.h>

#include "disk/access.h"
#include "disk/dir.h"
#include "disk/name.h"
#include "disk/posix_acl.h"
#include "wire/frame.h"
#include "wire/writer.h"

/* Written by smbd 4.17 for a file of root's with mode 0775 and the list below. */
static const char of_samba_hex[] =
    "0400040000000200040002000100e84cccab0cac4f68bf19a15f0ee993dd430e91eda46174a7c88b"
    "40196b735e930000000000000000000000000000000000000000000000000000000000000000706f"
    "7369785f61636c0014594382727bdd015dd2b193e43b4dc35157ee98c7526c731dd3e007cf250e67"
    "358da2c7ca90748e0000000000000000000000000000000000000000000000000000000000000000"
    "01000480b4000000d000000000000000ec000000010500000000000515000000e93597f58fb7c47c"
    "aa941a01f5010000010500000000000515000000e93597f58fb7c47caa941a010102000002006400"
    "0300000000002400ff011f00010500000000000515000000e93597f58fb7c47caa941a01f5010000"
    "00002400a9001200010500000000000515000000e93597f58fb7c47caa941a010102000000001400"
    "a9001200010100000000000100000000";
static const char its_posix_acl_hex[] =
    "0200000001000700ffffffff020007000000000004000500ffffffff080005000000000010000700"
    "ffffffff20000500ffffffff";

static uint8_t of_samba[336], its_posix_acl[52];

#define HASH_AT 96 /* of the POSIX side */

static void
setup(void)
{
	acls_setup();
	ck_assert_uint_eq(unhex(of_samba_hex, of_samba), sizeof(of_samba));
	ck_assert_uint_eq(unhex(its_posix_acl_hex, its_posix_acl), sizeof(its_posix_acl));
}

/* Opens for these rights. */
static nt_status
try_access(const char *name, uint32_t wanted, uint32_t *granted)
{
	struct disk_open o = { .path = name, .wanted = wanted };
	nt_status status;

	if ((wanted & FILE_READ_DATA) != 0)
		o.access |= DISK_READ;
	if ((wanted & FILE_WRITE_DATA) != 0)
		o.access |= DISK_WRITE;
	status = disk_open(&scratch, &scratch_arena, &o);
	if (granted != NULL)
		*granted = o.granted;
	disk_close(&o.file);
	return status;
}

/* --- as stored */

static struct statx
samba_stat(void)
{
	return (struct statx){ .stx_mode = S_IFREG | 0775, .stx_uid = 0, .stx_gid = 0 };
}

START_TEST(value_that_samba_stored_is_understood)
{
	const struct ntacl_value v = { of_samba, sizeof(of_samba) };
	struct sd sd;

	ck_assert_int_eq(ntacl_decode(&scratch_arena, &v, NULL, &sd), NTACL_VALID);
	ck_assert(sid_is_account(sd.owner) && sid_is_account(sd.group));
	ck_assert_uint_eq(sd.dacl->count, 3);
	ck_assert_uint_eq(sd.dacl->aces[0].mask, FULL);
	ck_assert(sid_equal(&sd.dacl->aces[2].sid, &sid_everyone));
}
END_TEST

START_TEST(no_shorter_value_is_understood)
{
	struct sd sd;

	for (size_t n = 0; n < sizeof(of_samba); n++) {
		uint8_t *copy = malloc(n > 0 ? n : 1);
		const struct ntacl_value v = { copy, n };

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, of_samba, n);
		ck_assert_int_eq(ntacl_decode(&scratch_arena, &v, NULL, &sd), NTACL_BAD);
		free(copy);
	}
}
END_TEST

START_TEST(posix_side_hashes_as_samba_does)
{
	struct statx stx = samba_stat();
	uint8_t hash[NTACL_HASH];
	int fd;

	others_write("f", "x");
	if (setxattr(path_of("f"), POSIX_ACL_ACCESS, its_posix_acl, sizeof(its_posix_acl), 0) != 0)
		return; /* no such lists here */
	fd = openat(scratch_fd, "f", O_PATH | O_CLOEXEC);
	ck_assert(ntacl_hash(fd, &stx, hash));
	ck_assert_mem_eq(hash, of_samba + HASH_AT, sizeof(hash));
	stx.stx_mode = S_IFREG | 0770;
	ck_assert(ntacl_hash(fd, &stx, hash));
	ck_assert_mem_ne(hash, of_samba + HASH_AT, sizeof(hash));
	close(fd);
}
END_TEST

/* In front of the descriptor what each version has there. */
static struct ntacl_value
value_of_version(unsigned version, const struct sd *sd)
{
	static const size_t fronts[] = { 0, 8, 28, 80 };
	const size_t front = fronts[version], n = sd_size(sd);
	uint8_t *p = arena_alloc(&scratch_arena, front + n);
	struct writer w;

	p[0] = p[2] = (uint8_t)version;
	p[6] = p[10] = 2; /* pointers to something */
	wr_init(&w, front + n);
	wr_zero(&w, front);
	sd_encode(&w, sd, 0);
	ck_assert_uint_eq(w.pos, front + n);
	memcpy(p + front, w.frame->smb + front, n);
	wr_clear(&w);
	return (struct ntacl_value){ p, front + n };
}

START_TEST(every_older_version_is_understood)
{
	struct sd sd = { .control = SD_DACL_PRESENT, .owner = &me }, back;
	struct ntacl_value v = value_of_version((unsigned)_i, &sd);

	ck_assert_int_eq(ntacl_decode(&scratch_arena, &v, NULL, &back), NTACL_VALID);
	ck_assert(sid_equal(back.owner, &me));
}
END_TEST

START_TEST(descriptor_is_kept_until_the_mode_changes)
{
	struct sd sd;

	others_write("f", "x");
	ck_assert(!has_stored("f"));
	set_one("f", entry(ACE_ALLOWED, &sid_users, FILE_READ_DATA, 0));
	ck_assert(has_stored("f"));
	sd = get("f");
	ck_assert(sid_equal(sd.owner, &me));
	ck_assert_uint_eq(sd.dacl->count, 1);
	ck_assert(sid_equal(&sd.dacl->aces[0].sid, &sid_users));
	ck_assert_int_eq(chmod(path_of("f"), 0640), 0);
	sd = get("f");
	ck_assert_uint_eq(sd.dacl->count, 2);
	ck_assert(sid_equal(&sd.dacl->aces[0].sid, &me));
}
END_TEST

START_TEST(damaged_value_gives_its_owner_the_right_to_mend_it)
{
	struct disk_file *f;
	struct sd sd;

	others_write("f", "x");
	ck_assert_int_eq(setxattr(path_of("f"), NTACL_USER, "\4\0\4\0", 4, 0), 0);
	ck_assert_uint_eq(try_access("f", FILE_READ_DATA, NULL), STATUS_ACCESS_DENIED);
	f = handle_of("f");
	ck_assert_uint_eq(
	    disk_acl_get(&scratch, &scratch_arena, f, &sd), STATUS_INVALID_SECURITY_DESCR);
	disk_close(&f);
	ck_assert_uint_eq(try_access("f", ACCESS_WRITE_DAC, NULL), STATUS_SUCCESS);
	set_one("f", entry(ACE_ALLOWED, &sid_everyone, FULL, 0));
	ck_assert_uint_eq(try_access("f", FILE_READ_DATA, NULL), STATUS_SUCCESS);
}
END_TEST

START_TEST(ownership_is_taken_and_not_given)
{
	struct sid other = sid_of_unix(SID_UNIX_USERS, 4242), everyone = sid_everyone;
	struct sd sd = { .owner = &other };

	others_write("f", "x");
	ck_assert_uint_eq(set_parts("f", SECURITY_OWNER, &sd), STATUS_INVALID_OWNER);
	sd.owner = &everyone;
	ck_assert_uint_eq(set_parts("f", SECURITY_OWNER, &sd), STATUS_SUCCESS);
	ck_assert(sid_equal(get("f").owner, &sid_everyone));
	sd.owner = &me;
	ck_assert_uint_eq(set_parts("f", SECURITY_OWNER, &sd), STATUS_SUCCESS);
	ck_assert(sid_equal(get("f").owner, &me));
}
END_TEST

START_TEST(nothing_is_kept_where_it_is_not_wanted)
{
	struct sd sd = { .control = SD_DACL_PRESENT };

	scratch_reopen(scratch_defaults());
	others_write("f", "x");
	ck_assert_uint_eq(set_parts("f", SECURITY_DACL, &sd), STATUS_NOT_SUPPORTED);
	ck_assert(!has_stored("f"));
	ck_assert_ptr_null(get("f").dacl);
}
END_TEST

/* --- as evaluated */

#define R FILE_READ_DATA
#define W FILE_WRITE_DATA
#define C ACCESS_READ_CONTROL
#define D ACCESS_WRITE_DAC

enum who { NOBODY, EVERYONE, USER, STRANGER, CREATOR, RIGHTS_OF_OWNER };

static struct sid
sid_of(enum who who)
{
	switch (who) {
	case EVERYONE:
		return sid_everyone;
	case USER:
		return me;
	case CREATOR:
		return sid_creator_owner;
	case RIGHTS_OF_OWNER:
		return sid_owner_rights;
	default:
		return sid_of_unix(SID_UNIX_USERS, 4242);
	}
}

static const struct {
	enum who owner;
	struct {
		uint8_t type;
		enum who who;
		uint32_t mask;
		unsigned flags;
	} aces[3];
	uint32_t rights;
} evaluations[] = {
	{ STRANGER, { { 0 } }, 0 },
	{ USER, { { 0 } }, C | D },
	{ STRANGER, { { ACE_ALLOWED, EVERYONE, R, 0 } }, R },
	{ STRANGER, { { ACE_ALLOWED, STRANGER, R, 0 } }, 0 },
	{ STRANGER, { { ACE_ALLOWED, USER, R, 0 }, { ACE_ALLOWED, EVERYONE, W, 0 } }, R | W },
	/* The first word counts. */
	{ STRANGER, { { ACE_DENIED, USER, R, 0 }, { ACE_ALLOWED, EVERYONE, R | W, 0 } }, W },
	{ STRANGER, { { ACE_ALLOWED, EVERYONE, R | W, 0 }, { ACE_DENIED, USER, R, 0 } }, R | W },
	/* The owner can always mend it, unless what owners may is said. */
	{ USER, { { ACE_DENIED, EVERYONE, FULL, 0 } }, C | D },
	{ USER, { { ACE_ALLOWED, RIGHTS_OF_OWNER, R, 0 } }, R },
	{ STRANGER, { { ACE_ALLOWED, RIGHTS_OF_OWNER, R, 0 } }, 0 },
	/* What is for others yet to come is not for this one. */
	{ STRANGER, { { ACE_ALLOWED, EVERYONE, R, OI | CI | IO }, { ACE_ALLOWED, USER, W, 0 } },
	    W },
	{ USER, { { ACE_ALLOWED, CREATOR, R, 0 } }, C | D },
	{ STRANGER, { { ACE_ALLOWED, EVERYONE, GENERIC_READ, 0 } }, FILE_GENERIC_READ },
	{ STRANGER, { { ACE_ALLOWED, EVERYONE, ACCESS_SYSTEM_SECURITY, 0 } }, 0 },
	/* Nobody here can judge a condition. */
	{ STRANGER, { { ACE_ALLOWED_CALLBACK, EVERYONE, R, 0 } }, 0 },
	{ STRANGER,
	    { { ACE_DENIED_CALLBACK, EVERYONE, R, 0 }, { ACE_ALLOWED, EVERYONE, R | W, 0 } }, W },
	{ STRANGER, { { ACE_AUDIT, EVERYONE, R, 0 } }, 0 },
};

START_TEST(list_gives_the_rights_it_says)
{
	const struct statx stx = { .stx_uid = cred_of_process()->uid };
	struct sid owner = sid_of(evaluations[_i].owner);
	struct ace aces[3];
	struct sd sd = { .control = SD_DACL_PRESENT, .owner = &owner };
	unsigned n = 0;

	for (; n < 3 && evaluations[_i].aces[n].who != NOBODY; n++) {
		struct sid sid = sid_of(evaluations[_i].aces[n].who);

		aces[n] = entry(evaluations[_i].aces[n].type, &sid, evaluations[_i].aces[n].mask,
		    evaluations[_i].aces[n].flags);
	}
	sd.dacl = list(n, aces);
	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), evaluations[_i].rights);
}
END_TEST

/* Files are no such objects; but what is denied to some of them is not given to a file. */
START_TEST(rights_to_a_kind_of_object_are_none_to_a_file)
{
	static const uint8_t any[4] = { 0 }, some[20] = { 1 }, heirs[20] = { 2 };
	const struct statx stx = { 0 };
	struct sd sd = { .control = SD_DACL_PRESENT };
	struct ace aces[] = {
		entry(ACE_DENIED_OBJECT, &sid_everyone, W, 0),
		entry(ACE_ALLOWED_OBJECT, &sid_everyone, R, 0),
		entry(ACE_ALLOWED_OBJECT, &sid_everyone, W | C, 0),
		entry(ACE_ALLOWED_OBJECT, &sid_everyone, D, 0),
	};

	aces[0].head = aces[1].head = some;
	aces[0].nhead = aces[1].nhead = sizeof(some);
	aces[2].head = any;
	aces[2].nhead = sizeof(any);
	aces[3].head = heirs;
	aces[3].nhead = sizeof(heirs);
	sd.dacl = list(4, aces);
	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), C | D);
}
END_TEST

START_TEST(no_list_at_all_gives_everything)
{
	const struct statx stx = { 0 };
	struct sd sd = { .control = SD_DACL_PRESENT };

	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), FULL);
}
END_TEST

START_TEST(account_of_a_domain_is_who_owns_the_file)
{
	struct sid account = { 5, SID_AUTHORITY_NT, { 21, 7, 7, 7, 1000 } };
	struct statx stx = { .stx_uid = cred_of_process()->uid };
	struct ace ace = entry(ACE_ALLOWED, &account, R, 0);
	struct sd sd = { .owner = &account, .dacl = list(1, &ace) };

	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), R | C | D);
	stx.stx_uid++;
	stx.stx_gid = 4242;
	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), 0);
}
END_TEST

START_TEST(guests_are_not_authenticated)
{
	const struct statx stx = { 0 };
	struct ace ace = entry(ACE_ALLOWED, &sid_authenticated_users, R, 0);
	struct sd sd = { .dacl = list(1, &ace) };
	struct disk guest = scratch;

	guest.guest = true;
	ck_assert_uint_eq(access_rights(&scratch, &sd, &stx), R);
	ck_assert_uint_eq(access_rights(&guest, &sd, &stx), 0);
	ck_assert(access_is(&guest, &sid_guests) && !access_is(&scratch, &sid_guests));
}
END_TEST

/* --- as obeyed */

START_TEST(open_gets_what_the_descriptor_gives_and_no_more)
{
	uint32_t granted;

	others_write("f", "x");
	set_one("f", entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ, 0));
	ck_assert_uint_eq(try_access("f", FILE_READ_DATA, &granted), STATUS_SUCCESS);
	ck_assert_uint_eq(granted, FILE_READ_DATA);
	ck_assert_uint_eq(try_access("f", FILE_WRITE_DATA, NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(try_access("f", FILE_EXECUTE, NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(try_access("f", ACCESS_WRITE_DAC, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(try_access("f", ACCESS_WRITE_OWNER, NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(try_access("f", ACCESS_MAXIMUM_ALLOWED, &granted), STATUS_SUCCESS);
	ck_assert_uint_eq(granted, FILE_GENERIC_READ | ACCESS_WRITE_DAC | ACCESS_DELETE);
	ck_assert_uint_eq(try_access("f", ACCESS_SYSTEM_SECURITY, NULL), STATUS_PRIVILEGE_NOT_HELD);
}
END_TEST

START_TEST(administrators_are_above_descriptors)
{
	uint32_t granted;

	others_write("f", "x");
	set_dacl("f", 0, NULL);
	ck_assert_uint_eq(try_access("f", FILE_READ_DATA, NULL), STATUS_ACCESS_DENIED);
	scratch.admin = true;
	ck_assert_uint_eq(
	    try_access("f", ACCESS_SYSTEM_SECURITY | FILE_WRITE_DATA, &granted), STATUS_SUCCESS);
	ck_assert_uint_eq(granted, ACCESS_SYSTEM_SECURITY | FILE_WRITE_DATA);
}
END_TEST

START_TEST(rights_that_may_go_are_left_out)
{
	struct disk_open o = {
		.path = "f",
		.access = DISK_READ,
		.wanted = FILE_READ_DATA | FILE_WRITE_DATA,
		.may_go = FILE_WRITE_DATA,
	};

	others_write("f", "x");
	set_one("f", entry(ACE_ALLOWED, &sid_everyone, FILE_READ_DATA, 0));
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert_uint_eq(o.granted, FILE_READ_DATA);
	disk_close(&o.file);
	o.may_go = 0;
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(deleting_needs_the_file_or_its_directory)
{
	const struct ace none = entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ, 0);
	const struct ace delete = entry(ACE_ALLOWED, &sid_everyone, ACCESS_DELETE, 0);
	const struct ace child = entry(ACE_ALLOWED, &sid_everyone, FILE_DELETE_CHILD, 0);

	others_mkdir("d");
	others_write("d/f", "x");
	set_one("d/f", none);
	set_one("d", none);
	ck_assert_uint_eq(disk_unlink(&scratch, "d/f", NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(try_access("d/f", ACCESS_DELETE, NULL), STATUS_ACCESS_DENIED);
	set_one("d/f", delete);
	ck_assert_uint_eq(try_access("d/f", ACCESS_DELETE, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_unlink(&scratch, "d/f", NULL), STATUS_SUCCESS);
	others_write("d/f", "x");
	set_one("d/f", none);
	set_one("d", child);
	ck_assert_uint_eq(try_access("d/f", ACCESS_DELETE, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_unlink(&scratch, "d/f", NULL), STATUS_SUCCESS);
	others_mkdir("d/e");
	set_one("d/e", none);
	set_one("d", none);
	ck_assert_uint_eq(disk_rmdir(&scratch, "d/e", NULL), STATUS_ACCESS_DENIED);
	ck_assert(others_see("d/e"));
}
END_TEST

START_TEST(streams_need_the_rights_of_their_file)
{
	const struct ace reading = entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ, 0);
	const struct ace all = entry(ACE_ALLOWED, &sid_everyone, FILE_ALL_ACCESS, 0);
	struct disk_rename r = { .from = "d/f:one", .to = ":two" };
	struct disk_file *f;

	others_mkdir("d");
	set_one("d", all);
	ck_assert_uint_eq(scratch_open("d/f:one", DISK_WRITE, DISK_CREATE, &f), STATUS_SUCCESS);
	disk_close(&f);
	set_one("d/f", reading);
	set_one("d", reading);
	ck_assert_uint_eq(try_access("d/f:one", FILE_READ_DATA, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(try_access("d/f:one", FILE_WRITE_DATA, NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(scratch_open("d/f:new", 0, DISK_CREATE, &f), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_unlink(&scratch, "d/f:one", NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_ACCESS_DENIED);
	set_one("d/f", all);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_unlink(&scratch, "d/f:two", NULL), STATUS_SUCCESS);
}
END_TEST

START_TEST(renaming_needs_both_ends)
{
	const struct ace reading = entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ, 0);
	struct disk_rename r = { .from = "a/f", .to = "b/f" };

	others_mkdir("a");
	others_mkdir("b");
	others_write("a/f", "x");
	set_one("b", reading);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_ACCESS_DENIED);
	set_one("b", entry(ACE_ALLOWED, &sid_everyone, FILE_WRITE_DATA, 0));
	set_one("a", reading);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_ACCESS_DENIED);
	ck_assert(others_see("a/f"));
	r.granted = true;
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(making_needs_the_directory)
{
	struct disk_file *f;

	others_mkdir("d");
	set_one("d", entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ | FILE_WRITE_DATA, 0));
	ck_assert_uint_eq(disk_mkdir(&scratch, "d/e", 0, NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(scratch_open("d/f", DISK_WRITE, DISK_CREATE, &f), STATUS_SUCCESS);
	disk_close(&f);
	set_one("d", entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ | FILE_APPEND_DATA, 0));
	ck_assert_uint_eq(disk_mkdir(&scratch, "d/e", 0, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(scratch_open("d/g", DISK_WRITE, DISK_CREATE, &f), STATUS_ACCESS_DENIED);
	ck_assert(!others_see("d/g"));
}
END_TEST

START_TEST(whoever_makes_a_directory_has_no_rights_to_another_in_its_place)
{
	struct disk_id id;
	struct disk_open o = { .path = "d", .wanted = FULL, .made = &id };

	ck_assert_uint_eq(disk_mkdir(&scratch, "d", 0, &id), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert_uint_eq(o.granted, FULL);
	disk_close(&o.file);
	others_mkdir("closed");
	set_one("closed", entry(ACE_ALLOWED, &sid_everyone, FILE_READ_ATTRIBUTES, 0));
	ck_assert_int_eq(renameat2(scratch_fd, "d", scratch_fd, "closed", RENAME_EXCHANGE), 0);
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

/* "closed", which may only be looked at, and "open" change places. */
static atomic_bool stop;

static void *
flip(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		renameat2(scratch_fd, "closed", scratch_fd, "open", RENAME_EXCHANGE);
		usleep(10);
	}
	return NULL;
}

START_TEST(the_file_that_gets_a_stream_is_the_one_that_may)
{
	int fd, mine;
	pthread_t thread;

	others_write("closed", "x");
	others_write("open", "x");
	set_one("closed", entry(ACE_ALLOWED, &sid_everyone, FILE_GENERIC_READ, 0));
	fd = openat(scratch_fd, "closed", O_RDONLY | O_CLOEXEC);
	mine = openat(scratch_fd, "open", O_RDONLY | O_CLOEXEC);
	atomic_store(&stop, false);
	ck_assert_int_eq(pthread_create(&thread, NULL, flip, NULL), 0);
	for (int i = 0; i < 3000; i++) {
		struct disk_open o = { .path = "open:s", .create = DISK_OPEN_IF };

		o.wanted = FILE_READ_ATTRIBUTES;
		if (disk_open(&scratch, &scratch_arena, &o) == STATUS_SUCCESS)
			disk_close(&o.file);
		ck_assert_int_lt(fgetxattr(fd, "user.DosStream.s:$DATA", NULL, 0), 0);
		(void)fremovexattr(mine, "user.DosStream.s:$DATA");
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	close(fd);
	close(mine);
}
END_TEST

START_TEST(listing_needs_the_directory)
{
	struct disk_dir *dir;

	others_mkdir("d");
	set_one("d", entry(ACE_ALLOWED, &sid_everyone, FILE_WRITE_DATA, 0));
	ck_assert_uint_eq(disk_dir_open(&scratch, "d", &dir), STATUS_ACCESS_DENIED);
	set_one("d", entry(ACE_ALLOWED, &sid_everyone, FILE_READ_DATA, 0));
	ck_assert_uint_eq(disk_dir_open(&scratch, "d", &dir), STATUS_SUCCESS);
	disk_dir_close(&dir);
}
END_TEST

/* --- as inherited */

static const struct {
	unsigned parent;
	int file; /* flags of the entry, -1: none */
	struct {
		int flags;
		bool creator; /* still to be replaced */
	} directory[2];
} inheritances[] = {
	{ 0, -1, { { -1, false }, { -1, false } } },
	{ OI, 0, { { OI | IO, true }, { -1, false } } },
	{ CI, -1, { { 0, false }, { CI | IO, true } } },
	{ OI | CI, 0, { { 0, false }, { OI | CI | IO, true } } },
	{ NP, -1, { { -1, false }, { -1, false } } },
	{ NP | OI, 0, { { -1, false }, { -1, false } } },
	{ NP | CI, -1, { { 0, false }, { -1, false } } },
	{ NP | CI | OI, 0, { { 0, false }, { -1, false } } },
	{ IO | CI, -1, { { 0, false }, { CI | IO, true } } },
	{ IO | OI, 0, { { OI | IO, true }, { -1, false } } },
};

START_TEST(entry_is_inherited_as_its_flags_say)
{
	struct ace ace = entry(
	    ACE_ALLOWED, &sid_creator_owner, FILE_WRITE_DATA, inheritances[_i].parent);
	struct sd from = { .control = SD_DACL_PRESENT, .dacl = list(1, &ace) };
	struct acl_child child = { false, &me, &sid_users };
	struct acl *acl = acl_inherited(&scratch_arena, &from, &child);

	if (inheritances[_i].file < 0) {
		ck_assert_ptr_null(acl);
	} else {
		ck_assert_uint_eq(acl->count, 1);
		ck_assert_uint_eq(acl->aces[0].flags, (unsigned)inheritances[_i].file);
		ck_assert(sid_equal(&acl->aces[0].sid, &me));
	}
	child.directory = true;
	acl = acl_inherited(&scratch_arena, &from, &child);
	for (unsigned i = 0; i < 2; i++) {
		if (inheritances[_i].directory[i].flags < 0) {
			ck_assert(acl == NULL ? i == 0 : acl->count == i);
			return;
		}
		ck_assert_uint_gt(acl->count, i);
		ck_assert_uint_eq(
		    acl->aces[i].flags, (unsigned)inheritances[_i].directory[i].flags);
		ck_assert(sid_equal(&acl->aces[i].sid,
		    inheritances[_i].directory[i].creator ? &sid_creator_owner : &me));
	}
}
END_TEST

START_TEST(what_is_the_same_for_all_stays_one_entry)
{
	struct ace ace = entry(ACE_DENIED, &sid_users, FILE_WRITE_DATA, OI | CI);
	struct sd from = { .control = SD_DACL_PRESENT | SD_DACL_AUTO_INHERITED,
		.dacl = list(1, &ace) };
	struct acl_child child = { true, &me, &sid_users };
	struct acl *acl = acl_inherited(&scratch_arena, &from, &child);

	ck_assert_uint_eq(acl->count, 1);
	ck_assert_uint_eq(acl->aces[0].type, ACE_DENIED);
	ck_assert_uint_eq(acl->aces[0].flags, OI | CI | ID);
}
END_TEST

START_TEST(new_files_inherit_on_disk)
{
	struct disk_file *f;
	struct sd sd;

	others_mkdir("d");
	set_one("d", entry(ACE_ALLOWED, &sid_creator_owner, FULL, OI | CI | IO));
	/* Its owner may do nothing else with it now, which making a file in it is. */
	scratch.granted = true;
	ck_assert_uint_eq(scratch_open("d/f", DISK_WRITE, DISK_CREATE, &f), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(disk_mkdir(&scratch, "d/e", 0, NULL), STATUS_SUCCESS);
	sd = get("d/f");
	ck_assert(has_stored("d/f"));
	ck_assert_uint_eq(sd.dacl->count, 1);
	ck_assert(sid_equal(&sd.dacl->aces[0].sid, &me));
	sd = get("d/e");
	ck_assert_uint_eq(sd.dacl->count, 2);
	ck_assert(sid_equal(&sd.dacl->aces[1].sid, &sid_creator_owner));
}
END_TEST

START_TEST(audit_list_is_inherited_beside_the_other)
{
	struct ace audit[] = { entry(ACE_AUDIT, &sid_everyone, FILE_WRITE_DATA, OI | CI | 0x40),
		entry(ACE_AUDIT, &sid_users, FILE_READ_DATA, CI | 0x80) };
	struct ace all = entry(ACE_ALLOWED, &sid_everyone, FULL, 0);
	struct sd sd = { .control = SD_DACL_PRESENT | SD_SACL_PRESENT,
		.dacl = list(1, &all),
		.sacl = list(2, audit) };
	const uint32_t parts = SECURITY_DACL | SECURITY_SACL;

	others_mkdir("d");
	ck_assert_uint_eq(set_parts("d", parts, &sd), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_mkdir(&scratch, "d/alone", 0, NULL), STATUS_SUCCESS);
	ck_assert(!has_stored("d/alone"));
	all.flags = OI | CI;
	sd.dacl = list(1, &all);
	ck_assert_uint_eq(set_parts("d", parts, &sd), STATUS_SUCCESS);
	scratch_create("d/f");
	sd = get("d/f");
	ck_assert_uint_eq(sd.control & SD_SACL_PRESENT, SD_SACL_PRESENT);
	ck_assert_uint_eq(sd.sacl->count, 1);
	ck_assert_uint_eq(sd.sacl->aces[0].flags, 0x40);
	ck_assert_uint_eq(sd.dacl->count, 1);
	ck_assert_uint_eq(disk_mkdir(&scratch, "d/e", 0, NULL), STATUS_SUCCESS);
	sd = get("d/e");
	ck_assert_uint_eq(sd.sacl->count, 2);
	ck_assert_uint_eq(sd.sacl->aces[1].flags, CI | 0x80);
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

static void
add(Suite *s, TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	suite_add_tcase(s, tc);
}

int
main(void)
{
	Suite *s = suite_create("acl");
	TCase *tc;

	tc = tcase_create("stored");
	add(s, tc);
	tcase_add_test(tc, value_that_samba_stored_is_understood);
	tcase_add_test(tc, no_shorter_value_is_understood);
	tcase_add_test(tc, posix_side_hashes_as_samba_does);
	tcase_add_loop_test(tc, every_older_version_is_understood, 1, 4);
	tcase_add_test(tc, descriptor_is_kept_until_the_mode_changes);
	tcase_add_test(tc, damaged_value_gives_its_owner_the_right_to_mend_it);
	tcase_add_test(tc, ownership_is_taken_and_not_given);
	tcase_add_test(tc, nothing_is_kept_where_it_is_not_wanted);

	tc = tcase_create("evaluated");
	add(s, tc);
	LOOP(tc, list_gives_the_rights_it_says, evaluations);
	tcase_add_test(tc, rights_to_a_kind_of_object_are_none_to_a_file);
	tcase_add_test(tc, no_list_at_all_gives_everything);
	tcase_add_test(tc, account_of_a_domain_is_who_owns_the_file);
	tcase_add_test(tc, guests_are_not_authenticated);

	tc = tcase_create("obeyed");
	add(s, tc);
	tcase_add_test(tc, open_gets_what_the_descriptor_gives_and_no_more);
	tcase_add_test(tc, administrators_are_above_descriptors);
	tcase_add_test(tc, rights_that_may_go_are_left_out);
	tcase_add_test(tc, deleting_needs_the_file_or_its_directory);
	tcase_add_test(tc, streams_need_the_rights_of_their_file);
	tcase_add_test(tc, renaming_needs_both_ends);
	tcase_add_test(tc, making_needs_the_directory);
	tcase_add_test(tc, whoever_makes_a_directory_has_no_rights_to_another_in_its_place);
	tcase_add_test(tc, the_file_that_gets_a_stream_is_the_one_that_may);
	tcase_add_test(tc, listing_needs_the_directory);

	tc = tcase_create("inherited");
	add(s, tc);
	LOOP(tc, entry_is_inherited_as_its_flags_say, inheritances);
	tcase_add_test(tc, what_is_the_same_for_all_stays_one_entry);
	tcase_add_test(tc, new_files_inherit_on_disk);
	tcase_add_test(tc, audit_list_is_inherited_beside_the_other);
	return scratch_run(s);
}
