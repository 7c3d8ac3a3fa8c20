/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct config;

/* Called once for each mistake with one line: "smb1d.conf: [games] path: /srv/gmaes: No such file or directory". */
typedef void config_complain(void *arg, const char *mistake);

/* Reads, converts and checks the whole file; every mistake is reported. NULL when there was one. The caller frees it. */
struct config *config_load(const char *file, config_complain *complain, void *arg);

/* Defaults and no shares, for --share and the tests; then set keys as the file would. share NULL: [global]. False and a complaint when it will not do. */
struct config *config_new(void);
bool config_set(struct config *c, const char *share, const char *key, const char *value, config_complain *complain, void *arg);

/* The checks that need the whole (directories exist, required keys, pairs of limits), as config_load makes them. */
bool config_check(struct config *c, config_complain *complain, void *arg);

/* "NAME=DIR[,rw][,guest]" of --share. */
bool config_add_share(struct config *c, const char *spec, config_complain *complain, void *arg);
void config_free(struct config **c);

/* The configuration as understood, in the form of the file (smb1d -t). */
void config_print(const struct config *c, FILE *out);

/* Share names compare without regard to case. NULL: no such share. */
const struct share_conf *config_share(const struct config *c, const char *name);

#endif
