/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/cred.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"

#define MAX_GROUPS 65536 /* the kernel's own limit */
#define MAX_RECORD (1 << 20)

#ifdef SYS_setgroups32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETFSGID  SYS_setfsgid32
#define CALL_SETFSUID  SYS_setfsuid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETFSGID  SYS_setfsgid
#define CALL_SETFSUID  SYS_setfsuid
#endif

/* The process's own, as it was when cred_enable was called. NULL until then. */
static struct cred *own;

static _Atomic uint64_t last_serial;

/* The credentials this thread acts under; 0: not known, as after a change that failed half-way. */
static _Thread_local uint64_t assumed;

struct cred *
cred_new(uid_t uid, gid_t gid, const gid_t *groups, size_t ngroups)
{
	struct cred *c;

	if (ngroups > MAX_GROUPS)
		ngroups = MAX_GROUPS;
	c = xcalloc(1, sizeof(*c) + ngroups * sizeof(c->groups[0]));
	c->serial = atomic_fetch_add(&last_serial, 1) + 1;
	c->refs = 1;
	c->uid = uid;
	c->gid = gid;
	c->ngroups = ngroups;
	if (ngroups != 0)
		memcpy(c->groups, groups, ngroups * sizeof(c->groups[0]));
	return c;
}

static struct cred *
with_groups_of(const char *name, const struct passwd *pw)
{
	int room = 64, n = room;
	gid_t *groups = xcalloc((size_t)room, sizeof(*groups));
	struct cred *c;

	while (getgrouplist(name, pw->pw_gid, groups, &n) < 0 && room < MAX_GROUPS) {
		room = n > room ? n : room * 2;
		n = room;
		groups = xrealloc(groups, (size_t)room * sizeof(*groups));
	}
	if (n > room)
		n = room;
	c = cred_new(pw->pw_uid, pw->pw_gid, groups, (size_t)n);
	free(groups);
	return c;
}

struct cred *
cred_of_user(const char *name)
{
	struct passwd pw, *found = NULL;
	struct cred *c = NULL;
	size_t size = 1024;
	char *record = NULL;
	int err;

	do {
		size *= 2;
		record = xrealloc(record, size);
		err = getpwnam_r(name, &pw, record, size, &found);
	} while (err == ERANGE && size < MAX_RECORD);
	if (found != NULL)
		c = with_groups_of(name, found);
	free(record);
	if (c == NULL)
		errno = err != 0 ? err : ENOENT;
	return c;
}

struct cred *
cred_ref(struct cred *c)
{
	c->refs++;
	return c;
}

void
cred_unref(struct cred **c)
{
	if (*c != NULL && --(*c)->refs == 0)
		free(*c);
	*c = NULL;
}

static struct cred *
cred_now(void)
{
	struct cred *c;
	gid_t *groups;
	int n = getgroups(0, NULL);

	groups = xcalloc(n > 0 ? (size_t)n : 1, sizeof(*groups));
	n = getgroups(n > 0 ? n : 0, groups);
	c = cred_new(geteuid(), getegid(), groups, n > 0 ? (size_t)n : 0);
	free(groups);
	return c;
}

void
cred_enable(void)
{
	if (own == NULL)
		own = cred_now();
}

static struct cred *of_process;

static void
note_process(void)
{
	of_process = cred_now();
}

const struct cred *
cred_of_process(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, note_process);
	return of_process;
}

/*
 * The C library would change all threads' groups: these are the system calls. setfsuid and
 * setfsgid do not say whether they worked; asking for an impossible identity tells the present.
 */
int
cred_assume(const struct cred *c)
{
	if (own == NULL)
		return 0;
	if (c == NULL)
		c = own;
	if (c->serial == assumed)
		return 0;
	assumed = 0;
	if (syscall(CALL_SETGROUPS, c->ngroups, c->groups) != 0)
		return -1;
	syscall(CALL_SETFSGID, c->gid);
	syscall(CALL_SETFSUID, c->uid);
	if ((gid_t)syscall(CALL_SETFSGID, -1) != c->gid ||
	    (uid_t)syscall(CALL_SETFSUID, -1) != c->uid) {
		errno = EPERM;
		return -1;
	}
	assumed = c->serial;
	return 0;
}
