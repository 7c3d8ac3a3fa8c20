/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FENCE_H
#define FENCE_H

#include <stdbool.h>
#include <stddef.h>

/* False in sanitizer builds: what they need, /proc and executable memory, is not to be had inside.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FENCED_IN 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define FENCED_IN 0
#endif
#endif
#ifndef FENCED_IN
#define FENCED_IN 1
#endif

struct config;
struct fence;
struct share_conf;

/*
 * Landlock (landlock(7)): from now on this process and its threads reach the directories of the
 * shares, the read-only ones read-only, and for reading the directories with the configuration, the
 * accounts and the name service. NULL with a line in err. Where the kernel has no Landlock that is
 * logged, and the fence lets everything pass.
 */
struct fence *fence_enter(const struct config *c, char *err, size_t errlen);

/* Does the directory of a share, as a new configuration has it, lie inside? */
bool fence_admits(const struct fence *f, const struct share_conf *s);
void fence_free(struct fence **f);

/*
 * The system calls that are left (seccomp(2)): what serving files takes. Any other ends the
 * process. identity: the calls that take another user's identity too; quotas: the one that asks
 * for them. 0 or a negative errno.
 */
struct fence_needs {
	bool identity, quotas;
};
int fence_calls(const struct fence_needs *needs);

#endif
