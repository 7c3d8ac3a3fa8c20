/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct config;

/*
 * Called once for each mistake with one line: "smb1d.conf:12: [games] path: /srv/gmaes: No such
 * file or directory". NULL where one may be given: nobody is told.
 */
typedef void config_complain(void *arg, const char *mistake);

/*
 * Reads, converts and checks the whole file; every mistake is reported, in the order of the lines.
 * NULL when there was one. The caller frees it.
 */
struct config *config_load(const char *file, config_complain *complain, void *arg);

/* Defaults and no shares, for --share and the tests. */
struct config *config_new(void);

struct config_hearer {
	config_complain *complain;
	void *arg;
};

/*
 * Sets a key as the file would; a share that is new is made. share NULL: [global]. False and a
 * complaint when it will not do. hearer may be NULL.
 */
bool config_set(struct config *c, const char *share, const char *key, const char *value,
    const struct config_hearer *hearer);

/*
 * The checks that need the whole (directories exist, required keys, pairs of limits), as
 * config_load makes them; but without a file no password file is asked for.
 */
bool config_check(struct config *c, config_complain *complain, void *arg);

/*
 * "NAME=DIR[,rw][,guest]" of --share; DIR may be relative. With ",guest", map to guest becomes
 * "bad user" where it was "never": old clients always send some user's name.
 */
bool config_add_share(struct config *c, const char *spec, config_complain *complain, void *arg);
void config_free(struct config **c);

/* The configuration as understood, in the form of the file (smb1d -t); a comment stands above what
 * a profile has set. */
void config_print(const struct config *c, FILE *out);

/*
 * No mistakes, but good to know at start: one line for each weak setting that a profile has turned
 * on ("[global] profile ps2 sets ntlm auth = ntlmv1-permitted: ..."), and for each share with a
 * profile of which [global] lacks something.
 */
void config_remarks(const struct config *c, config_complain *tell, void *arg);

/* Share names compare without regard to case. NULL: no such share. */
const struct share_conf *config_share(const struct config *c, const char *name);

#endif
