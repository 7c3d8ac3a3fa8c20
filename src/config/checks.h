/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_CHECKS_H
#define CONFIG_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What the rows of the schema ask of a text alone: NULL when it will do, else the end of a sentence
 * that starts with the text.
 */

/* "0.0.0.0:445", "[::]:139", "127.0.0.1:1390/netbios"; port 0 lets the kernel choose. */
const char *check_listen(const char *text);

/* An address, a network (10.0.0.0/8 or with a mask), a prefix (192.168., fe80:), ALL, localhost. */
const char *check_host(const char *text);

/* "" (the host's name) or at most 15 characters that NetBIOS knows. */
const char *check_netbios_name(const char *text);
const char *check_workgroup(const char *text);

/* Known to iconv, and ASCII where ASCII is. */
const char *check_dos_charset(const char *text);
const char *check_not_empty(const char *text);
const char *check_absolute(const char *text);
const char *check_absolute_or_empty(const char *text);
const char *check_socket(const char *text); /* the path of one of this machine, or empty */
const char *check_below(const char *text);
const char *check_share_name(const char *text);

/* "" or "\\\\server\\share", several between commas; "name=\\\\server\\share". */
const char *check_dfs_target(const char *text);
const char *check_dfs_link(const char *text);

/* Valid UTF-8 without control characters. */
const char *check_text(const char *text);

#endif
