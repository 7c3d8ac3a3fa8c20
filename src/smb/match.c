/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/match.h"

#include "disk/root.h"

#define BY_REQUEST (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_DIRECTORY)

bool
attributes_match(uint32_t attributes, uint16_t search)
{
	uint32_t required = search >> 8 & 0x3F;

	if ((attributes & BY_REQUEST & ~(uint32_t)search) != 0)
		return false;
	return (attributes & required) == required;
}
