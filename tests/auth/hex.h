/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_AUTH_HEX_H
#define TESTS_AUTH_HEX_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

/* Bytes from hexadecimal digits, blanks between them allowed; how many. */
static inline size_t
unhex(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	for (; *text != '\0'; text += 2) {
		text += strspn(text, " ");
		ck_assert_int_eq(sscanf(text, "%2x", &byte), 1);
		out[n++] = (uint8_t)byte;
	}
	return n;
}

#define ck_assert_hex(bytes, text) \
	do { \
		uint8_t hex_want[512]; \
		size_t hex_n = unhex(text, hex_want); \
		ck_assert_mem_eq(bytes, hex_want, hex_n); \
	} while (0)

#endif
