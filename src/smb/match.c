/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/match.h"

#include <string.h>

#include "server/conn.h"
#include "server/request.h"

#define BY_REQUEST (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_DIRECTORY)

bool
attributes_match(uint32_t attributes, uint16_t search)
{
	uint32_t required = search >> 8 & 0x3F;

	if ((attributes & BY_REQUEST & ~(uint32_t)search) != 0)
		return false;
	return (attributes & required) == required;
}

const char *
pattern_translate_fat(struct request *req, const char *pattern)
{
	char *out = arena_strdup(&req->arena, pattern[0] != '\0' ? pattern : "*"), *p;

	if (strcmp(out, "*.*") == 0 || strcmp(out, "????????.???") == 0)
		return "*";
	for (p = out; *p != '\0'; p++) {
		if (*p == '?')
			*p = '>';
		else if (*p == '.' && strchr("?*", p[1]) != NULL) /* or at the end */
			*p = '"';
		else if (*p == '*' && p[1] == '.')
			*p = '<';
	}
	return out;
}

const char *
pattern_translate(struct request *req, const char *pattern)
{
	if (req->conn->protocol < PROTOCOL_NT1)
		return pattern_translate_fat(req, pattern);
	if (pattern[0] == '\0' || strcmp(pattern, "*.*") == 0)
		return "*";
	return pattern;
}
