/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_SPELLING_H
#define DISK_SPELLING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/*
 * Names on disk are bytes, names of clients are Unicode without "*?<>|:\, control characters, and
 * without a space or dot at the end. What a client's name cannot hold is shown in the private use
 * area, as Services for Macintosh and the Linux client (mapposix) do:
 *
 *   0x01..0x1F          U+F001..U+F01F
 *   " * : < > ? \ |     U+F020..U+F027, in this order
 *   space, dot at end   U+F028, U+F029
 *   bytes 0x80..0xFF that are no UTF-8    U+EE80..U+EEFF
 *
 * A name on disk that holds one of these characters itself is shown byte by byte, so every name on
 * disk comes back as it was. A lone surrogate stays its three bytes.
 */

/* Room for any one name as a client sees it. */
#define SPELLING_MAX (3 * NAME_MAX + 1)

/*
 * A whole path, '/' between parts. OBJECT_NAME_INVALID when a part can be nobody's name, or
 * when it does not fit PATH_MAX.
 */
nt_status spelling_to_disk(const char *path, char out[PATH_MAX]);

/* One name; its length. */
size_t spelling_from_disk(const char *name, char out[SPELLING_MAX]);

/* A whole path of at most PATH_MAX bytes; out has room for three times as many. */
void spelling_path_from_disk(const char *path, char *out);

/*
 * Text of clients that know no such names, POSIX ones, is the bytes on disk but for what is no
 * UTF-8: that is shown as above, and so is what looks like it. out has room for as many bytes as
 * text has, or three times as many. The first gives back what the second gave.
 */
void spelling_posix_to_disk(const char *text, char *out);
void spelling_posix_from_disk(const char *text, char *out);

/* One name as other clients see it; out. */
const char *spelling_posix_name(const char *name, char out[SPELLING_MAX]);

#endif
