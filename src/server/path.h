/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_PATH_H
#define SERVER_PATH_H

#include <stdbool.h>

#include "base/status.h"

struct request;

/*
 * A client's path, as decoded, in the form disk/ wants ("dir/file", "" for the share's root), in
 * the arena. Backslashes part, slashes in a path that has none of them (of a POSIX client slashes
 * alone, and what else means something to others is part of a name); empty parts go, ".." goes
 * up. Streams as in disk/stream.h: "dir/file:stream", "dir/file:" for "dir\\file::$DATA";
 * OBJECT_NAME_INVALID for other types than $DATA, where the share has no streams, and before the
 * last part. OBJECT_PATH_SYNTAX_BAD when it leaves the share, OBJECT_NAME_INVALID when a part
 * cannot be a name; "." cannot at the end, before it is OBJECT_PATH_NOT_FOUND. DELETE_PENDING: the
 * directory it is in is.
 */
nt_status request_path(struct request *req, const char *client, const char **out);

/* True when it may name a stream, or is a POSIX client's: then it is no pattern, whatever it holds.
 */
bool request_names_one(const struct request *req, const char *client);

/* A path as clients write it, from the root of the share: "\\dir\\file". In the arena. */
struct arena;
char *path_for_client(struct arena *a, const char *path);

/*
 * The same for a path whose last part may hold wildcards: that part is returned apart, as the
 * client spelled it.
 */
nt_status request_pattern(
    struct request *req, const char *client, const char **dir, const char **pattern);

#endif
