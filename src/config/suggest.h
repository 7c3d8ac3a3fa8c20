/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

struct conf_key;

/*
 * What may have been meant by an unknown key of a section, as the end of a message ("; did you mean
 * "path"?"); "" when nothing is near.
 */
void suggest_key(const char *key, bool share, char *out, size_t cap);

/*
 * Changed, missing, added or swapped characters that make a into b; both at most 64 bytes, more
 * counts as far away.
 */
unsigned edit_distance(const char *a, const char *b);

/* NULL: no such row. */
const struct conf_key *find_key(const struct conf_key *rows, const char *name);

#endif
