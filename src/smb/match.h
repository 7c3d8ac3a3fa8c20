/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_MATCH_H
#define SMB_MATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * SearchAttributes against a file's ([MS-CIFS] 2.2.1.2.4): hidden, system and directory entries
 * must be asked for; the high byte names attributes an entry must have.
 */
bool attributes_match(uint32_t attributes, uint16_t search);

struct request;

/*
 * A client's pattern for one name as name_matches wants it: "" and "*.*" mean everything, and
 * clients before NT leave it to the server to give '?', '.' and '*' the meaning they have on FAT
 * ([MS-CIFS] 2.2.1.1.3): up to so many characters; a dot at the end or before a wildcard need not
 * be there; "*." is all that has no extension.
 */
const char *pattern_translate(struct request *req, const char *pattern);

/* The same for commands as old as FAT, whoever sends them. */
const char *pattern_translate_fat(struct request *req, const char *pattern);

#endif
