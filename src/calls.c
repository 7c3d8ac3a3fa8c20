/* SPDX-License-Identifier: BSD-2-Clause */
#include "fence.h"

#include <errno.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* Newer than some systems' libseccomp, and the same on every processor: fchmodat2, and the four
 * xattrat calls. */
static const int newest[] = { 452, 463, 464, 465, 466 };

/* By name: a system's libseccomp or processor may not know the newest or the oldest of them. */
static const char *const files[] = {
	"access",
	"chmod",
	"close",
	"close_range",
	"copy_file_range",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchmod",
	"fchmodat",

	"fchown",
	"fchownat",
	"fcntl",
	"fdatasync",
	"fgetxattr",
	"flistxattr",
	"flock",
	"fremovexattr",
	"fsetxattr",
	"fstat",
	"fstatfs",
	"fsync",
	"ftruncate",
	"getcwd",
	"getdents64",
	"getxattr",
	"inotify_add_watch",
	"inotify_init1",
	"inotify_rm_watch",
	"lgetxattr",
	"linkat",
	"listxattr",
	"llistxattr",
	"lremovexattr",
	"lseek",
	"lsetxattr",
	"lstat",
	"mkdir",
	"mkdirat",
	"mknodat",
	"name_to_handle_at",
	"newfstatat",
	"open",
	"openat",
	"openat2",
	"pread64",
	"preadv",
	"preadv2",
	"pwrite64",
	"pwritev",
	"pwritev2",
	"read",
	"readahead",
	"readlink",
	"readlinkat",
	"readv",
	"removexattr",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"sendfile",
	"setxattr",
	"splice",
	"stat",
	"statfs",
	"statx",
	"symlinkat",
	"sync_file_range",
	"syncfs",
	"umask",
	"unlink",
	"unlinkat",
	"utimensat",
	"write",
	"writev",
};

static const char *const events[] = {
	"accept4",
	"connect",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd2",
	"getpeername",
	"getsockname",
	"getsockopt",
	"pipe2",
	"poll",
	"ppoll",
	"pselect6",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"select",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	"signalfd4",
	"socketpair",
	"timerfd_create",
	"timerfd_gettime",
	"timerfd_settime",
};

static const char *const process[] = {
	"brk",
	"capget",
	"clock_getres",
	"clock_gettime",
	"clock_nanosleep",
	"exit",
	"exit_group",
	"futex",
	"futex_waitv",
	"getcpu",
	"getegid",
	"geteuid",
	"getgid",
	"getgroups",
	"getpgrp",
	"getpid",
	"getppid",
	"getrandom",
	"getresgid",
	"getresuid",
	"getrlimit",
	"getrusage",
	"gettid",
	"gettimeofday",
	"getuid",
	"madvise",
	"memfd_create",
	"membarrier",
	"mremap",
	"munmap",
	"nanosleep",
	"prlimit64",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigtimedwait",
	"sched_getaffinity",
	"sched_getparam",
	"sched_getscheduler",
	"sched_yield",
	"set_robust_list",
	"set_tid_address",
	"sigaltstack",
	"sysinfo",
	"tgkill",
	"time",
	"times",
	"uname",
};

static const char *const identities[] = {
	"setfsgid",
	"setfsgid32",
	"setfsuid",
	"setfsuid32",
	"setgroups",
	"setgroups32",
};

/* By number, as the newest are: libseccomp may not know it. */
#define QUOTACTL_FD 443

#define ALL(list) list, sizeof(list) / sizeof((list)[0])

static int
allow(scmp_filter_ctx ctx, const char *const *names, size_t n)
{
	int error = 0;

	for (size_t i = 0; i < n && error == 0; i++) {
		int call = seccomp_syscall_resolve_name(names[i]);

		/* Negative ones do not exist on this processor. */
		if (call >= 0)
			error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 0);
	}
	return error;
}

static int
allow_newest(scmp_filter_ctx ctx)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(newest) / sizeof(newest[0]) && error == 0; i++)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, newest[i], 0);
	return error;
}

static int
allow_if(scmp_filter_ctx ctx, int call, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &condition);
}

static int
deny_if(scmp_filter_ctx ctx, int error, int call, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((uint16_t)error), call, 1, &condition);
}

/* Code cannot be loaded. A library that tries (a name service module, a character set) gets an
 * error. */
static int
no_new_code(scmp_filter_ctx ctx)
{
	const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int error = 0;

	for (size_t i = 0; i < 2 && error == 0; i++) {
		error = allow_if(ctx, calls[i], SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (error == 0)
			error = deny_if(ctx, EACCES, calls[i],
			    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	}
	return error;
}

/* Threads, but no processes. clone3 hides its flags behind a pointer; the C library takes clone
 * then. */
static int
threads_only(scmp_filter_ctx ctx)
{
	int error = allow_if(
	    ctx, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	return error != 0 ? error
			  : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* To the service manager, the log and the name service; never the network. */
static int
local_sockets(scmp_filter_ctx ctx)
{
	int error = allow_if(ctx, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));

	return error != 0
	    ? error
	    : deny_if(ctx, EAFNOSUPPORT, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
}

static int
choices(scmp_filter_ctx ctx, int call, unsigned arg, const unsigned long *values, size_t n)
{
	int error = 0;

	for (size_t i = 0; i < n && error == 0; i++)
		error = allow_if(ctx, call, SCMP_CMP(arg, SCMP_CMP_EQ, values[i], 0));
	return error;
}

/* libseccomp knows no "else" of several conditions: of ioctl and prctl anything not named here ends
 * the process too. */
static int
narrow_calls(scmp_filter_ctx ctx)
{
	static const unsigned long ioctls[] = { FIONREAD, FIONBIO, TCGETS, FICLONE, FICLONERANGE,
		FS_IOC_GETFLAGS, FS_IOC_SETFLAGS };
	static const unsigned long prctls[] = { PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE,
		0x53564D41 /* PR_SET_VMA */ };
	int error = choices(ctx, SCMP_SYS(ioctl), 1, ioctls, sizeof(ioctls) / sizeof(ioctls[0]));

	if (error == 0)
		error = choices(
		    ctx, SCMP_SYS(prctl), 0, prctls, sizeof(prctls) / sizeof(prctls[0]));
	return error;
}

static int
add_rules(scmp_filter_ctx ctx, const struct fence_needs *needs)
{
	int error = allow(ctx, ALL(files));

	if (error == 0)
		error = allow(ctx, ALL(events));
	if (error == 0)
		error = allow(ctx, ALL(process));
	if (error == 0)
		error = allow_newest(ctx);
	if (error == 0 && needs->identity)
		error = allow(ctx, ALL(identities));
	if (error == 0 && needs->quotas)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, QUOTACTL_FD, 0);
	if (error == 0)
		error = no_new_code(ctx);
	if (error == 0)
		error = threads_only(ctx);
	if (error == 0)
		error = local_sockets(ctx);
	return error != 0 ? error : narrow_calls(ctx);
}

int
fence_calls(const struct fence_needs *needs)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error;

	if (ctx == NULL)
		return -ENOMEM;
	/* A tree rather than a list. */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	error = add_rules(ctx, needs);
	if (error == 0)
		error = seccomp_load(ctx);
	seccomp_release(ctx);
	return error;
}
