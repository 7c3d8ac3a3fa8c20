/* SPDX-License-Identifier: BSD-2-Clause */

/* Descriptors and the POSIX side of their files: shown where none is stored, kept until it changes.
 */
#include "../auth/hex.h"
#include "acls.h"

#include "disk/posix_acl.h"

/* They say nothing of who may do what, and Samba does not ask for them either. */
START_TEST(descriptor_is_kept_when_special_bits_change)
{
	others_mkdir("d");
	ck_assert_int_eq(chmod(path_of("d"), 01750), 0);
	set_one("d", entry(ACE_ALLOWED, &sid_users, FILE_READ_DATA, 0));
	for (mode_t special = 0; special < 8; special++) {
		ck_assert_int_eq(chmod(path_of("d"), special << 9 | 0750), 0);
		ck_assert_uint_eq(get("d").dacl->count, 1);
	}
	ck_assert_int_eq(chmod(path_of("d"), 01700), 0);
	ck_assert(!sid_equal(&get("d").dacl->aces[0].sid, &sid_users));
}
END_TEST

START_TEST(mode_is_shown_as_a_descriptor)
{
	struct sd sd;

	others_write("f", "x");
	ck_assert_int_eq(chmod(path_of("f"), 0604), 0);
	sd = get("f");
	ck_assert_uint_eq(sd.control, SD_DACL_PRESENT);
	ck_assert_uint_eq(sd.dacl->count, 2);
	ck_assert(sid_equal(&sd.dacl->aces[0].sid, &me));
	ck_assert_uint_eq(sd.dacl->aces[0].mask, FULL);
	ck_assert(sid_equal(&sd.dacl->aces[1].sid, &sid_everyone));
	ck_assert_uint_eq(sd.dacl->aces[1].mask, FILE_GENERIC_READ | FILE_GENERIC_EXECUTE);
}
END_TEST

/* The rights and inheritance of the one entry of an SID that is in effect, or is not. */
static struct ace
of_sid(const struct sd *sd, const struct sid *sid, bool waiting)
{
	struct ace found = { .mask = 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < sd->dacl->count; i++) {
		const struct ace *ace = &sd->dacl->aces[i];

		if (!sid_equal(&ace->sid, sid) || ((ace->flags & IO) != 0) != waiting)
			continue;
		found = *ace;
		n++;
	}
	ck_assert_uint_le(n, 1);
	return found;
}

START_TEST(what_is_made_in_a_directory_is_meant_as_its_mode_is)
{
	const uint32_t reads = FILE_GENERIC_READ | FILE_GENERIC_EXECUTE;
	struct sd sd;

	others_mkdir("d");
	ck_assert_int_eq(chmod(path_of("d"), 0705), 0);
	sd = get("d");
	ck_assert_uint_eq(sd.dacl->count, 3);
	ck_assert_uint_eq(of_sid(&sd, &me, false).mask, FULL);
	ck_assert_uint_eq(of_sid(&sd, &me, false).flags, 0);
	ck_assert_uint_eq(of_sid(&sd, &sid_creator_owner, true).mask, FULL);
	ck_assert_uint_eq(of_sid(&sd, &sid_creator_owner, true).flags, OI | CI | IO);
	ck_assert_uint_eq(of_sid(&sd, &sid_everyone, false).mask, reads);
	ck_assert_uint_eq(of_sid(&sd, &sid_everyone, false).flags, OI | CI);
}
END_TEST

/* u::rwx, user 1234 r-x, g::---, m::r-x, o::--- */
static const char default_acl_hex[] =
    "0200000001000700ffffffff02000500d204000004000000ffffffff10000500ffffffff20000000ffffffff";

START_TEST(default_list_is_what_is_inherited)
{
	const struct sid named = sid_of_unix(SID_UNIX_USERS, 1234);
	uint8_t value[44];
	struct sd sd;

	others_mkdir("d");
	ck_assert_int_eq(chmod(path_of("d"), 0705), 0);
	ck_assert_uint_eq(unhex(default_acl_hex, value), sizeof(value));
	if (setxattr(path_of("d"), POSIX_ACL_DEFAULT, value, sizeof(value), 0) != 0)
		return; /* no such lists here */
	sd = get("d");
	ck_assert_uint_eq(sd.dacl->count, 4);
	ck_assert_uint_eq(of_sid(&sd, &me, false).mask, FULL);
	ck_assert_uint_eq(of_sid(&sd, &sid_everyone, false).flags, 0);
	ck_assert_uint_eq(of_sid(&sd, &sid_creator_owner, true).flags, OI | CI | IO);
	ck_assert_uint_eq(of_sid(&sd, &named, true).flags, OI | CI | IO);
	ck_assert_uint_eq(
	    of_sid(&sd, &named, true).mask & (FILE_READ_DATA | FILE_WRITE_DATA), FILE_READ_DATA);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("acl_posix");
	TCase *tc = tcase_create("acl_posix");

	tcase_add_checked_fixture(tc, acls_setup, scratch_teardown);
	tcase_add_test(tc, descriptor_is_kept_when_special_bits_change);
	tcase_add_test(tc, mode_is_shown_as_a_descriptor);
	tcase_add_test(tc, what_is_made_in_a_directory_is_meant_as_its_mode_is);
	tcase_add_test(tc, default_list_is_what_is_inherited);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
