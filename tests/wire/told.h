/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_TOLD_H
#define TESTS_WIRE_TOLD_H

#include <stdbool.h>
#include <stdio.h>

/*
 * All that can be told of a file, a directory or a link without reading it: owner, mode, size,
 * times, extended attributes. Whatever touches it shows; whatever reads it too, if the time of the
 * last access is wanted and older than that of the last change.
 */
void told_one(FILE *to, const char *path, bool accessed);

/* The same, but the time of the last access, of a directory and all below, in order of their names,
 * with the contents of files. Yours to free. */
char *told_tree(const char *top);

#endif
