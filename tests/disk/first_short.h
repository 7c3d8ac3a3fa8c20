/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_DISK_FIRST_SHORT_H
#define TESTS_DISK_FIRST_SHORT_H

#include "disk/short.h"

/* What a name's short name is in a directory where nobody else wants the same. */
static inline void
first_short_name(const char *name, char out[SHORT_NAME_SIZE])
{
	out[0] = '\0';
	if (!name_is_8_3(name))
		short_name_put(name, short_name_choice(name, 0), out);
}

#endif
