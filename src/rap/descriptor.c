/* SPDX-License-Identifier: BSD-2-Clause */
#include "rap/descriptor.h"

#include <string.h>

#define POINTER 4u

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
rap_member_next(const char **d, struct rap_member *m)
{
	const char *p = *d;
	unsigned count = 0;

	if (!is_letter(*p))
		return false;
	m->type = *p++;
	m->counted = is_digit(*p);
	for (; is_digit(*p); p++) {
		count = count * 10 + (unsigned)(*p - '0');
		if (count > RAP_COUNT_MAX)
			return false;
	}
	if (m->counted && count == 0)
		return false;
	m->count = m->counted ? (uint16_t)count : 1;
	*d = p;
	return true;
}

bool
rap_descriptor_is_sane(const char *d, const char *letters)
{
	struct rap_member m;

	if (strnlen(d, RAP_DESCRIPTOR_MAX + 1) > RAP_DESCRIPTOR_MAX)
		return false;
	while (rap_member_next(&d, &m)) {
		if (strchr(letters, m.type) == NULL)
			return false;
	}
	return *d == '\0';
}

bool
rap_descriptor_matches(const char *known, const char *sent)
{
	for (; *known != '\0' && *sent != '\0'; known++, sent++) {
		if (*known != *sent && !(*known == 'z' && *sent == 'O'))
			return false;
	}
	return *known == '\0' && *sent == '\0';
}

unsigned
rap_descriptor_members(const char *d)
{
	struct rap_member m;
	unsigned n = 0;

	while (rap_member_next(&d, &m))
		n++;
	return n;
}

static size_t
member_size(const struct rap_member *m)
{
	switch (m->type) {
	case 'B':
		return m->count;
	case 'W':
	case 'N':
		return 2;
	case 'D':
		return 4;
	default:
		return POINTER;
	}
}

size_t
rap_descriptor_size(const char *d)
{
	struct rap_member m;
	size_t n = 0;

	while (rap_member_next(&d, &m))
		n += member_size(&m);
	return n;
}
