/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_CONFIG_SCRATCH_H
#define TESTS_CONFIG_SCRATCH_H

#include <stddef.h>
#include <sys/stat.h>

#include "config/file.h"
#include "config/schema.h"

/* A directory with a directory "games" to serve, the account file "accounts" and the file under
 * test, "t.conf". */
extern char dir[64];
extern char *heard; /* every mistake told, each with a newline */
extern const struct config_hearer hearer;

/* A test's fixture. */
void scratch_setup(void);
void scratch_teardown(void);

/* The path of a file in the directory; the caller frees it. */
char *name_in(const char *name);
void write_bytes(const char *name, const void *bytes, size_t n, mode_t mode);

/* text with each % replaced by the directory; the caller frees it. */
char *expand(const char *text);

void hear(void *arg, const char *mistake);
void forget(void);

/* The file under test as it is, or with these bytes, or with this text, expanded. */
struct config *load_file(void);
struct config *load_bytes(const void *bytes, size_t n);
struct config *load(const char *text);

/* It loads without a word. */
struct config *load_good(const char *text);

/* Loading it tells just these mistakes, expanded. */
void load_bad(const char *text, const char *mistakes);

/* What config_print prints; the caller frees it. */
char *printed(const struct config *c);
void assert_same(const struct config *a, const struct config *b);

#endif
