/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_CRED_H
#define BASE_CRED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The identity a disk call acts under. Counted: a session, a tree and running jobs share one.
 * ref and unref on the reactor thread only.
 */
struct cred {
	uint64_t serial; /* private: unlike every other's, ever */
	unsigned refs;
	uid_t uid;
	gid_t gid;
	size_t ngroups;
	gid_t groups[];
};

struct cred *cred_new(uid_t uid, gid_t gid, const gid_t *groups, size_t ngroups);

/*
 * The user's uid, gid and supplementary groups from the name service. NULL with errno (ENOENT: no
 * such user). Blocks.
 */
struct cred *cred_of_user(const char *name);
struct cred *cred_ref(struct cred *c);
void cred_unref(struct cred **c);

/*
 * Called once at start when the process may take other identities (CAP_SETUID, CAP_SETGID). Before
 * that cred_assume does nothing.
 */
void cred_enable(void);

/* Who the process itself is, for comparing; as it was when first asked. From any thread. */
const struct cred *cred_of_process(void);

/*
 * This thread's file-system identity from now on (setfsuid, setfsgid, setgroups by raw system
 * call, so that other threads keep theirs). NULL: the process's own. Free when it is c already.
 * 0, or -1 with errno when the kernel refuses.
 */
int cred_assume(const struct cred *c);

#endif
