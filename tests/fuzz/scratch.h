/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include "disk/open.h"

/*
 * A share of the target's own, in memory where that keeps extended attributes, with a directory and
 * a file in it; gone when the program ends.
 */
struct scratch {
	struct disk disk;
	struct disk_file *dir, *file;
};

/* The same each time. NULL: no file system here keeps extended attributes. */
const struct scratch *scratch_get(void);

/* The file loses all its extended attributes. */
void scratch_clean(const struct scratch *s);

/* Gives it one; none where the file system does not take it. */
void scratch_set(const struct scratch *s, const char *name, const void *value, size_t n);

#endif
