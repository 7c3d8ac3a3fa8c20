/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/access.h"

uint32_t
access_map(uint32_t wanted, uint32_t max)
{
	uint32_t access = wanted & 0x01FFFFFFu;

	if (wanted & GENERIC_ALL)
		access |= FILE_ALL_ACCESS;
	if (wanted & GENERIC_READ)
		access |= FILE_GENERIC_READ;
	if (wanted & GENERIC_WRITE)
		access |= FILE_GENERIC_WRITE;
	if (wanted & GENERIC_EXECUTE)
		access |= FILE_GENERIC_EXECUTE;
	if (wanted & ACCESS_MAXIMUM_ALLOWED)
		access |= max;
	return access;
}
