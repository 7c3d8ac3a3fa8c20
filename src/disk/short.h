/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_SHORT_H
#define DISK_SHORT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A short name is the first character, '~', six digits of base 36, and the first three characters
 * of the extension: "R~0K3QZ9.TXT". Its number follows from the long name alone, so it survives
 * restarts and needs no table; only where that number is taken already in a directory does a name
 * get one of its further choices, which are above all first ones (names.c).
 */
#define SHORT_NAME_SIZE    13
#define SHORT_FIRST_MASK   0x7FFFFFFFu
#define SHORT_CHOICES      9
#define SHORT_IS_FIRST(nr) ((nr) <= SHORT_FIRST_MASK)

/*
 * True for what DOS would call it too, in any case, and so needs no short name. The names of
 * devices do, or nobody on DOS or Windows could reach the file.
 */
bool name_is_8_3(const char *name);

/* True when name looks like what short_name_put makes; its number. */
bool short_name_number(const char *name, uint32_t *number);

/* The number a name wants: 0 what it wants first, below SHORT_CHOICES. Case makes no difference. */
uint32_t short_name_choice(const char *name, unsigned choice);

/* The short name with that number. */
void short_name_put(const char *name, uint32_t number, char out[SHORT_NAME_SIZE]);

#endif
