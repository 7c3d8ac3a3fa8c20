/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cred.h"
#include "disk/attr.h"
#include "disk/io.h"
#include "disk/lookup.h"

static nt_status
try_open(struct disk_open *o)
{
	nt_status status = disk_open(&scratch, &scratch_arena, o);

	disk_close(&o->file);
	return status;
}

static void
make_readonly(const char *path)
{
	struct disk_attr attr = { .attributes = FILE_ATTRIBUTE_READONLY };
	struct disk_file *f;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_set_attr(&scratch, f, &attr), STATUS_SUCCESS);
	disk_close(&f);
}

START_TEST(a_new_file_is_what_was_asked_for)
{
	struct disk_open o = { .path = "New.txt",
		.access = DISK_READ | DISK_WRITE,
		.create = DISK_CREATE,
		.attributes = FILE_ATTRIBUTE_HIDDEN };
	struct stat st;

	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.created);
	ck_assert_str_eq(o.real, "New.txt");
	ck_assert_uint_eq(o.stat.attributes, FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE);
	ck_assert(o.stat.created != 0);
	ck_assert(o.file->readable && o.file->writable && !o.file->path_only && !o.file->directory);
	ck_assert_int_eq(fstatat(scratch_fd, "New.txt", &st, 0), 0);
	ck_assert_uint_eq(st.st_ino, o.file->id.ino);
	ck_assert_uint_eq(st.st_dev, o.file->id.dev);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	disk_close(&o.file);
	ck_assert_ptr_null(o.file);
}
END_TEST

START_TEST(dispositions_are_kept)
{
	struct disk_open o = { .path = "none", .create = DISK_OPEN };

	ck_assert_uint_eq(try_open(&o), STATUS_OBJECT_NAME_NOT_FOUND);
	o.create = DISK_OPEN_IF;
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	ck_assert(o.created);
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	ck_assert(!o.created);
	o.path = "NONE";
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	ck_assert(!o.created);
	ck_assert_str_eq(o.real, "none");
	o.create = DISK_CREATE;
	ck_assert_uint_eq(try_open(&o), STATUS_OBJECT_NAME_COLLISION);
	o.path = "a/b";
	ck_assert_uint_eq(try_open(&o), STATUS_OBJECT_PATH_NOT_FOUND);
	o.path = "a?b";
	ck_assert_uint_eq(try_open(&o), STATUS_OBJECT_NAME_INVALID);
}
END_TEST

START_TEST(types_are_told_apart)
{
	struct disk_open o = { .path = "d", .create = DISK_OPEN };

	others_mkdir("d");
	others_write("f", "x");
	o.type = DISK_FILE;
	ck_assert_uint_eq(try_open(&o), STATUS_FILE_IS_A_DIRECTORY);
	o.type = DISK_DIRECTORY;
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	o.path = "f";
	ck_assert_uint_eq(try_open(&o), STATUS_NOT_A_DIRECTORY);
	o.type = DISK_ANY;
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	o.path = "";
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.file->directory && o.file->path_only);
	ck_assert_uint_eq(o.stat.attributes, FILE_ATTRIBUTE_DIRECTORY);
	ck_assert_uint_eq(o.stat.size, 0);
	disk_close(&o.file);
	o.access = DISK_READ | DISK_WRITE;
	o.path = "d";
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.file->readable && !o.file->writable);
	disk_close(&o.file);
}
END_TEST

START_TEST(neither_pipes_nor_sockets_are_opened)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct disk_file *f;
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(mkfifoat(scratch_fd, "fifo", 0666), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/root/socket", scratch_top);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
	for (unsigned access = 0; access < 4;
	     access++) { /* a blocking open of the pipe would hang */
		ck_assert_uint_eq(
		    scratch_open("fifo", access, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
		ck_assert_uint_eq(
		    scratch_open("FIFO", access, DISK_OPEN_IF, &f), STATUS_ACCESS_DENIED);
		ck_assert_uint_eq(
		    scratch_open("socket", access, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
	}
	close(s);
}
END_TEST

START_TEST(a_pipe_in_the_place_of_a_file_is_not_opened)
{
	struct disk_file *f;

	scratch_create("f");
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(scratch_open("f", DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
		disk_close(&f);
	}
	ck_assert_int_eq(unlinkat(scratch_fd, "f", 0), 0);
	ck_assert_int_eq(mkfifoat(scratch_fd, "f", 0666), 0);
	for (unsigned access = 0; access < 4; access++)
		ck_assert_uint_eq(scratch_open("f", access, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(a_file_opened_before_is_opened_for_what_is_asked)
{
	struct disk_open o = { .path = "f" };
	struct disk_file *f;

	others_write("f", "x");
	for (unsigned access = 0; access < 8; access++) {
		ck_assert_uint_eq(scratch_open("f", access % 4, DISK_OPEN, &f), STATUS_SUCCESS);
		ck_assert_int_eq(f->path_only, access % 4 == 0);
		ck_assert_int_eq(fcntl(f->fd, F_GETFL) & O_PATH, access % 4 == 0 ? O_PATH : 0);
		if (access % 4 != 0)
			ck_assert_int_eq(fcntl(f->fd, F_GETFL) & O_ACCMODE, access % 4 - 1);
		disk_close(&f);
	}
	make_readonly("f");
	for (unsigned access = 1; access < 4; access++) {
		o.access = access;
		o.optional_write = true;
		ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
		ck_assert(!o.file->writable && o.file->readable == (access != DISK_WRITE));
		ck_assert_int_eq(
		    fcntl(o.file->fd, F_GETFL) & O_PATH, access == DISK_WRITE ? O_PATH : 0);
		disk_close(&o.file);
	}
	ck_assert_uint_eq(scratch_open("f", DISK_WRITE, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(
	    scratch_open("f", DISK_READ, DISK_CREATE, &f), STATUS_OBJECT_NAME_COLLISION);
	scratch.read_only = true;
	ck_assert_uint_eq(scratch_open("f", DISK_WRITE, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(readonly_files_are_not_written)
{
	struct disk_open o = { .path = "f", .access = DISK_READ | DISK_WRITE, .create = DISK_OPEN };

	scratch_create("f");
	make_readonly("f");
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.optional_write = true;
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.file->readable && !o.file->writable);
	disk_close(&o.file);
	o = (struct disk_open){ .path = "new",
		.access = DISK_WRITE,
		.create = DISK_CREATE,
		.attributes = FILE_ATTRIBUTE_READONLY };
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.file->writable);
	disk_close(&o.file);
	o.create = DISK_OPEN;
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(a_read_only_disk_refuses_all_that_writes)
{
	struct disk_open o = {
		.path = "f", .access = DISK_READ | DISK_WRITE, .create = DISK_OPEN_IF
	};
	struct disk_options options = scratch_defaults();

	others_write("f", "x");
	options.read_only = _i == 0;
	scratch_reopen(options);
	scratch.read_only = _i == 1;
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.optional_write = true;
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(!o.file->writable);
	disk_close(&o.file);
	o.path = "new";
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.access = 0;
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.create = DISK_CREATE;
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	ck_assert(!others_see("new"));
}
END_TEST

/* A file its user may see but not touch. */
static struct cred *
somebody(void)
{
	struct cred *c = NULL;

	if (geteuid() == 0) {
		cred_enable();
		c = cred_new(65534, 65534, NULL, 0);
		ck_assert_int_eq(chmod(scratch_top, 0755), 0);
	}
	return c;
}

START_TEST(the_kernel_decides_who_may)
{
	struct cred *c = somebody();
	struct disk_open o = { .path = "secret", .access = DISK_READ, .create = DISK_OPEN };

	others_write("secret", "x");
	others_mkdir("closed");
	others_write("closed/f", "x");
	ck_assert_int_eq(fchmodat(scratch_fd, "secret", 0, 0), 0);
	ck_assert_int_eq(fchmodat(scratch_fd, "closed", 0, 0), 0);
	scratch.cred = c;
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.access = 0;
	ck_assert_uint_eq(try_open(&o), STATUS_SUCCESS);
	o.path = "closed/f";
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	o.path = "closed/none";
	ck_assert_uint_eq(try_open(&o), STATUS_ACCESS_DENIED);
	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(fchmodat(scratch_fd, "secret", 0444, 0), 0);
	o = (struct disk_open){
		.path = "secret", .access = DISK_READ | DISK_WRITE, .optional_write = true
	};
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert(o.file->readable && !o.file->writable);
	disk_close(&o.file);
	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(fchmodat(scratch_fd, "closed", 0755, 0), 0);
	cred_unref(&c);
}
END_TEST

START_TEST(a_directory_that_may_not_be_read_is_still_searched)
{
	struct cred *c = somebody();
	struct disk_stat st;

	others_mkdir("drop");
	others_write("drop/Name", "x");
	ck_assert_int_eq(fchmodat(scratch_fd, "drop", 0311, 0), 0);
	scratch.cred = c;
	ck_assert_uint_eq(
	    disk_lookup(&scratch, &scratch_arena, "drop/Name", &st, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "drop/NAME", &st, NULL),
	    STATUS_OBJECT_NAME_NOT_FOUND);
	scratch.cred = NULL;
	disk_lookup(&scratch, &scratch_arena, "drop/NAME", &st,
	    NULL); /* the owner's names are cached now */
	scratch.cred = c;
	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "drop/NAME", &st, NULL),
	    STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(fchmodat(scratch_fd, "drop", 0755, 0), 0);
	cred_unref(&c);
}
END_TEST

START_TEST(without_waiting_nothing_is_created)
{
	struct disk cached = scratch;
	struct disk_open o = { .path = "new", .access = DISK_WRITE, .create = DISK_OPEN_IF };

	cached.nowait = true;
	ck_assert_uint_eq(disk_open(&cached, &scratch_arena, &o), STATUS_CANT_WAIT);
	ck_assert(!others_see("new"));
	o.create = DISK_CREATE;
	ck_assert_uint_eq(disk_open(&cached, &scratch_arena, &o), STATUS_CANT_WAIT);
	ck_assert(!others_see("new"));
	scratch_create("new");
	ck_assert_uint_eq(disk_open(&cached, &scratch_arena, &o), STATUS_OBJECT_NAME_COLLISION);
	o.create = DISK_OPEN;
	ck_assert_uint_eq(disk_open(&cached, &scratch_arena, &o), STATUS_SUCCESS);
	disk_close(&o.file);
}
END_TEST

START_TEST(a_full_table_of_descriptors_is_said_and_leaves_nothing)
{
	struct rlimit old, few;
	struct disk_file *f;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	others_write("f", "x");
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	for (rlim_t n = (rlim_t)fd; n < (rlim_t)fd + 4; n++) {
		few.rlim_cur = n;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		if (scratch_open("F", DISK_READ, DISK_OPEN, &f) == STATUS_SUCCESS)
			disk_close(&f);
		else
			ck_assert_uint_eq(scratch_open("F", DISK_READ, DISK_OPEN, &f),
			    STATUS_TOO_MANY_OPENED_FILES);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	}
	close(fd);
	ck_assert_uint_eq(scratch_open("F", DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_int_eq(f->fd <= fd + 4, 1); /* none has leaked */
	disk_close(&f);
}
END_TEST

START_TEST(an_open_file_outlives_its_root_and_its_name)
{
	struct disk_file *f;
	struct disk_stat st;
	size_t n;

	scratch_create("f");
	ck_assert_uint_eq(scratch_open("f", DISK_READ | DISK_WRITE, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_int_eq(unlinkat(scratch_fd, "f", 0), 0);
	disk_root_unref(&scratch.root);
	ck_assert_uint_eq(disk_write(f, "abc", 3, 0, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_file_stat(&scratch, f, &st), STATUS_SUCCESS);
	ck_assert_uint_eq(st.size, 3);
	ck_assert_uint_eq(st.links, 0);
	disk_close(&f);
	scratch_reopen(scratch_defaults());
}
END_TEST

START_TEST(a_root_must_be_a_directory)
{
	struct disk_options options = scratch_defaults();
	struct disk_fs fs;

	ck_assert_ptr_null(disk_root_open("/nowhere/at/all", &options));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(disk_root_open("", &options));
	ck_assert_ptr_null(disk_root_open("/etc/passwd", &options));
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_uint_eq(disk_fs_stat(&scratch, &fs), STATUS_SUCCESS);
	ck_assert(fs.blocks > 0 && fs.block_size >= 512 && fs.name_max == 255);
	ck_assert(fs.available <= fs.free && fs.free <= fs.blocks);
}
END_TEST

START_TEST(errors_have_a_status)
{
	static const int errors[] = { ENOENT, EEXIST, EACCES, EPERM, ENOTDIR, EISDIR, ENOTEMPTY,
		ELOOP, ENAMETOOLONG, EXDEV, EROFS, ENOSPC, EDQUOT, EFBIG, EMLINK, ENOMEM, EMFILE,
		ENFILE, EBUSY, ETXTBSY, EBADF, EINVAL, EOVERFLOW, EOPNOTSUPP, ENXIO, EIO, ESTALE };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		ck_assert_uint_eq(disk_status(errors[i]) >> 30, 3);
		ck_assert_uint_ne(disk_status(errors[i]), STATUS_UNSUCCESSFUL);
	}
	ck_assert_uint_eq(disk_status(0), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_status(EROFS), STATUS_MEDIA_WRITE_PROTECTED);
	ck_assert_uint_eq(disk_status(ELOOP), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_status(12345), STATUS_UNSUCCESSFUL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("open");
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, a_new_file_is_what_was_asked_for);
	tcase_add_test(tc, dispositions_are_kept);
	tcase_add_test(tc, types_are_told_apart);
	tcase_add_test(tc, neither_pipes_nor_sockets_are_opened);
	tcase_add_test(tc, a_pipe_in_the_place_of_a_file_is_not_opened);
	tcase_add_test(tc, a_file_opened_before_is_opened_for_what_is_asked);
	tcase_add_test(tc, readonly_files_are_not_written);
	tcase_add_loop_test(tc, a_read_only_disk_refuses_all_that_writes, 0, 2);
	tcase_add_test(tc, the_kernel_decides_who_may);
	tcase_add_test(tc, a_directory_that_may_not_be_read_is_still_searched);
	tcase_add_test(tc, without_waiting_nothing_is_created);
	tcase_add_test(tc, a_full_table_of_descriptors_is_said_and_leaves_nothing);
	tcase_add_test(tc, an_open_file_outlives_its_root_and_its_name);
	tcase_add_test(tc, a_root_must_be_a_directory);
	tcase_add_test(tc, errors_have_a_status);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
