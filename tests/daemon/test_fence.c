/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/file.h"
#include "config/schema.h"
#include "disk/quota.h"
#include "fence.h"

static const struct fence_needs nothing, identities = { .identity = true };

static char dir[] = "/tmp/smb1d-fence.XXXXXX";

static void
make(const char *name, bool directory)
{
	int fd;

	if (directory) {
		ck_assert_int_eq(mkdir(name, 0755), 0);
		return;
	}
	fd = open(name, O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
set_up(void)
{
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	make("open", true);
	make("open/a", true);
	make("open/b", true);
	make("open/file", false);
	make("closed", true);
	make("closed/file", false);
	make("outside", false);
}

static void
tear_down(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

static void
share(struct config *c, const char *name, const char *below, bool writable)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", dir, below);
	ck_assert(config_set(c, name, "path", path, NULL));
	ck_assert(config_set(c, name, "read only", writable ? "no" : "yes", NULL));
}

static struct config *
two_shares(void)
{
	struct config *c = config_new();

	share(c, "open", "open", true);
	share(c, "closed", "closed", false);
	return c;
}

/* How a child ends that does this: its exit status, or 1000 and the signal that ended it. */
static int
outcome(int (*body)(void))
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		signal(SIGSYS, SIG_DFL);
		_exit(body());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool
enter(void)
{
	struct config *c = two_shares();
	char err[300];

	return fence_enter(c, err, sizeof(err)) != NULL;
}

static bool
kernel_has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 2;
}

static bool
refused(int result)
{
	return result < 0 && errno == EACCES;
}

/* Each returns the number of the first step that went wrong. */
static int
use_the_writable_share(void)
{
	if (!enter())
		return 1;
	if (open("open/new", O_RDWR | O_CREAT, 0644) < 0 || truncate("open/file", 10) != 0)
		return 2;
	if (mkdir("open/dir", 0755) != 0 || rmdir("open/dir") != 0)
		return 3;
	if (rename("open/file", "open/a/moved") != 0 || rename("open/a", "open/b/a") != 0)
		return 4;
	return unlink("open/new") != 0 ? 5 : 0;
}

static int
use_the_read_only_share(void)
{
	if (!enter())
		return 1;
	if (open("closed/file", O_RDONLY) < 0 || open("closed", O_RDONLY | O_DIRECTORY) < 0)
		return 2;
	if (!refused(open("closed/file", O_WRONLY)) ||
	    !refused(open("closed/new", O_RDWR | O_CREAT, 0644)))
		return 3;
	if (!refused(mkdir("closed/dir", 0755)) || !refused(unlink("closed/file")))
		return 4;
	/* EXDEV: as between file systems. */
	if (rename("closed/file", "open/file2") == 0 || rename("open/file", "closed/file2") == 0)
		return 5;
	return link("closed/file", "open/link") == 0 ? 6 : 0;
}

static int
look_outside(void)
{
	if (!enter())
		return 1;
	if (!refused(open("outside", O_RDONLY)) || !refused(open(".", O_RDONLY | O_DIRECTORY)))
		return 2;
	if (!refused(open("/usr/lib/os-release", O_RDONLY)) ||
	    !refused(open("/etc", O_RDONLY | O_DIRECTORY)))
		return 3;
	if (!refused(open("/dev/null", O_RDWR)))
		return 4;
	return open("/etc/passwd", O_RDONLY) < 0 ? 5 : 0;
}

static int
call_out(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd >= 0 && enter() && refused(connect(fd, (struct sockaddr *)&a, sizeof(a))) ? 0 : 1;
}

static int (*const landlock_steps[])(void) = {
	use_the_writable_share,
	use_the_read_only_share,
	look_outside,
	call_out,
};

START_TEST(the_kernel_keeps_us_on_the_shares)
{
	if (!kernel_has_landlock()) {
		printf("# no Landlock in this kernel\n");
		return;
	}
	ck_assert_int_eq(outcome(landlock_steps[_i]), 0);
}
END_TEST

static int
ask_what_is_admitted(void)
{
	struct config *c = two_shares(), *later = config_new();
	char err[300];
	struct fence *f = fence_enter(c, err, sizeof(err));
	static const struct {
		const char *below;
		bool writable, admitted;
	} rows[] = {
		{ "open", true, true },
		{ "open", false, true },
		{ "open/a", true, true },
		{ "closed", false, true },
		{ "closed", true, false },
		{ "", false, false },
		{ "open2", false, false },
		{ "open/../closed", true, false },
		{ "gone", false, false },
	};

	for (int i = 0; f != NULL && i < 9; i++) {
		char name[] = { 'a', (char)('0' + i), '\0' };
		const struct share_conf *s;

		share(later, name, rows[i].below, rows[i].writable);
		s = config_share(later, name);
		if (fence_admits(f, s) != rows[i].admitted)
			return 10 + i;
	}
	config_free(&later);
	config_free(&c);
	fence_free(&f);
	return 0;
}

START_TEST(a_later_share_must_lie_inside)
{
	make("open2", true);
	if (kernel_has_landlock())
		ck_assert_int_eq(outcome(ask_what_is_admitted), 0);
}
END_TEST

static int
enter_without_directory(void)
{
	struct config *c = config_new();
	char err[300];

	share(c, "gone", "gone", false);
	return fence_enter(c, err, sizeof(err)) == NULL && strstr(err, "[gone] path: ") != NULL ? 0
												: 1;
}

START_TEST(a_share_without_directory_is_named)
{
	if (kernel_has_landlock())
		ck_assert_int_eq(outcome(enter_without_directory), 0);
}
END_TEST

static int
run_a_program(void)
{
	char *const argv[] = { "/bin/true", NULL };

	return fence_calls(&identities) == 0 ? execv(argv[0], argv) : 1;
}

static int
make_a_process(void)
{
	/* The system call itself: the C library's first looks after its own. */
	return fence_calls(&identities) == 0 ? (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : 1;
}

static int
trace_a_process(void)
{
	return fence_calls(&identities) == 0 ? (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL) : 1;
}

static int
become_root(void)
{
	return fence_calls(&identities) == 0 ? setuid(0) : 1;
}

static int
take_an_identity_unasked(void)
{
	return fence_calls(&nothing) == 0 ? setfsuid(0) : 1;
}

static int
ask_for_quotas_unasked(void)
{
	return fence_calls(&identities) == 0 ? quota_kernel(-1, 0, 0, NULL) : 1;
}

static int
unfence(void)
{
	return fence_calls(&nothing) == 0 ? prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) : 1;
}

static int (*const fatal[])(void) = {
	run_a_program,
	make_a_process,
	trace_a_process,
	become_root,
	take_an_identity_unasked,
	ask_for_quotas_unasked,
	unfence,
};

START_TEST(calls_that_serve_no_file_are_fatal)
{
	ck_assert_int_eq(outcome(fatal[_i]), 1000 + SIGSYS);
}
END_TEST

static int
load_code(void)
{
	if (fence_calls(&nothing) != 0)
		return 1;
	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		MAP_FAILED ||
	    errno != EACCES)
		return 2;
	return dlopen("libnss_hesiod.so.2", RTLD_NOW) != NULL ? 3 : 0;
}

static int
call_the_network(void)
{
	if (fence_calls(&nothing) != 0)
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT)
		return 2;
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 ? 3 : 0;
}

static int
serve_files(void)
{
	char byte;
	int fd;

	if (fence_calls(&identities) != 0)
		return 1;
	fd = open("open/file", O_RDWR);
	if (fd < 0 || pwrite(fd, "x", 1, 0) != 1 || pread(fd, &byte, 1, 0) != 1 || fsync(fd) != 0)
		return 2;
	/* getxattrat: newer than the system's headers and libseccomp. */
	if (syscall(464, fd, "", AT_EMPTY_PATH, "user.none", NULL, 0) >= 0)
		return 4;
	(void)setfsuid(geteuid());
	return rename("open/file", "open/other") != 0 ? 3 : 0;
}

static int
ask_for_quotas(void)
{
	const struct fence_needs quotas = { .quotas = true };

	if (fence_calls(&quotas) != 0)
		return 1;
	return quota_kernel(-1, 0, 0, NULL) == 0 ? 2 : 0;
}

static int (*const harmless[])(void) = { load_code, call_the_network, serve_files, ask_for_quotas };

START_TEST(others_fail_or_work)
{
	ck_assert_int_eq(outcome(harmless[_i]), 0);
}
END_TEST

static void *
do_nothing(void *arg)
{
	return arg;
}

static void *
misbehave(void *arg)
{
	(void)syscall(SYS_setuid, 0);
	return arg;
}

static int
run_threads(void)
{
	pthread_t t;

	if (fence_calls(&nothing) != 0 || pthread_create(&t, NULL, do_nothing, NULL) != 0 ||
	    pthread_join(t, NULL) != 0)
		return 1;
	return pthread_create(&t, NULL, misbehave, NULL) != 0 || pthread_join(t, NULL) != 0 ? 2 : 3;
}

START_TEST(threads_are_made_and_fenced_too)
{
	ck_assert_int_eq(outcome(run_threads), 1000 + SIGSYS);
}
END_TEST

static TCase *
calls(void)
{
	TCase *tc = tcase_create("calls");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(
	    tc, calls_that_serve_no_file_are_fatal, 0, (int)(sizeof(fatal) / sizeof(fatal[0])));
	tcase_add_loop_test(
	    tc, others_fail_or_work, 0, (int)(sizeof(harmless) / sizeof(harmless[0])));
	tcase_add_test(tc, threads_are_made_and_fenced_too);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("fence");
	TCase *tc = tcase_create("files");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, the_kernel_keeps_us_on_the_shares, 0, 4);
	tcase_add_test(tc, a_later_share_must_lie_inside);
	tcase_add_test(tc, a_share_without_directory_is_named);
	suite_add_tcase(s, tc);
	/* A sanitizer makes calls of its own, in every thread. */
	if (FENCED_IN)
		suite_add_tcase(s, calls());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
