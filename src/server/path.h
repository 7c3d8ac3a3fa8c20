/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_PATH_H
#define SERVER_PATH_H

#include "base/status.h"

struct request;

/*
 * A client's path, as decoded, in the form disk/ wants ("dir/file", "" for the share's root), in
 * the arena. Backslashes and slashes part; empty parts and a closing "::$DATA" go, ".." goes up.
 * OBJECT_PATH_SYNTAX_BAD when it leaves the share. A part that cannot be a name, "." and other
 * streams too: OBJECT_NAME_INVALID at the end, OBJECT_PATH_NOT_FOUND before.
 */
nt_status request_path(struct request *req, const char *client, const char **out);

/*
 * The same for a path whose last part may hold wildcards: that part is returned apart, as the
 * client spelled it.
 */
nt_status request_pattern(
    struct request *req, const char *client, const char **dir, const char **pattern);

#endif
