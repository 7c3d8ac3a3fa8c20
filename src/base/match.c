/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"

#define DOS_STAR '<'
#define DOS_QM   '>'
#define DOS_DOT  '"'

/* Names on disk and the patterns of real clients fit; a longer one costs an allocation. */
#define FEW 256

/*
 * Text as upper-case UTF-16 units, since on Windows '?' stands for one of those: a character
 * beyond 16 bits takes two of them.
 */
struct units {
	uint16_t *at;
	size_t n;
	uint16_t few[FEW];
};

static void
units_init(struct units *u, const char *text)
{
	size_t most = strlen(text);
	uint32_t c;

	u->n = 0;
	u->at = most <= FEW ? u->few : xcalloc(most, sizeof(*u->at));
	while ((c = utf8_next(&text)) != 0) {
		c = char_upcase(c);
		if (c >= 0x10000) {
			u->at[u->n++] = (uint16_t)(0xD7C0 + (c >> 10));
			c = 0xDC00 + (c & 0x3FF);
		}
		u->at[u->n++] = (uint16_t)c;
	}
}

static void
units_clear(struct units *u)
{
	if (u->at != u->few)
		free(u->at);
}

/*
 * The places in the pattern that may come next, one byte each, for the character at hand and
 * for the one after it. Moving all of them on at once is what keeps the time linear. There are
 * none from now_end and next_end on, which in practice is soon.
 */
struct places {
	uint8_t *now, *next;
	size_t now_end, next_end;
	uint8_t few[2 * (FEW + 1)];
};

static void
places_init(struct places *p, size_t n)
{
	p->now = p->few;
	if (n <= FEW)
		memset(p->few, 0, 2 * (n + 1));
	else
		p->now = xcalloc(2, n + 1);
	p->next = p->now + n + 1;
	p->now_end = p->next_end = 0;
}

static void
allow_now(struct places *p, size_t i)
{
	p->now[i] = 1;
	if (i >= p->now_end)
		p->now_end = i + 1;
}

static void
allow_next(struct places *p, size_t i)
{
	p->next[i] = 1;
	if (i >= p->next_end)
		p->next_end = i + 1;
}

/* What one place allows for the character c; last_dot says that c is the name's last dot. */
static void
step(struct places *p, size_t i, uint16_t expr, uint16_t c, bool last_dot)
{
	switch (expr) {
	case '*':
	case DOS_STAR:
		if (expr == '*' || !last_dot)
			allow_next(p, i);
		allow_now(p, i + 1);
		break;
	case DOS_QM:
		if (c == '.')
			allow_now(p, i + 1);
		else
			allow_next(p, i + 1);
		break;
	case DOS_DOT:
		if (c == '.')
			allow_next(p, i + 1);
		break;
	default:
		if (expr == '?' || expr == c)
			allow_next(p, i + 1);
	}
}

/* False when no place is left. */
static bool
step_all(struct places *p, const struct units *pattern, uint16_t c, bool last_dot)
{
	uint8_t *swap = p->now;
	size_t i;

	for (i = 0; i < p->now_end && i < pattern->n; i++) {
		if (p->now[i] != 0)
			step(p, i, pattern->at[i], c, last_dot);
	}
	memset(p->now, 0, p->now_end);
	p->now = p->next;
	p->now_end = p->next_end;
	p->next = swap;
	p->next_end = 0;
	return p->now_end != 0;
}

static bool
matches_nothing(uint16_t expr)
{
	return expr == '*' || expr == DOS_STAR || expr == DOS_QM || expr == DOS_DOT;
}

/* Whether the end is among the places once the name is used up. */
static bool
at_end(const struct places *p, const struct units *pattern)
{
	size_t i = pattern->n;

	while (p->now[i] == 0) {
		if (i == 0 || !matches_nothing(pattern->at[i - 1]))
			return false;
		i--;
	}
	return true;
}

static bool
units_match(const struct units *pattern, const struct units *name)
{
	struct places p;
	uint8_t *memory;
	size_t i, dot = name->n;
	bool alive = true;

	while (dot > 0 && name->at[dot - 1] != '.')
		dot--;
	places_init(&p, pattern->n);
	memory = p.now;
	allow_now(&p, 0);
	for (i = 0; i < name->n && alive; i++)
		alive = step_all(&p, pattern, name->at[i], i + 1 == dot);
	alive = alive && at_end(&p, pattern);
	if (memory != p.few)
		free(memory);
	return alive;
}

bool
name_matches(const char *pattern, const char *name)
{
	struct units p, n;
	bool match;

	if (pattern[0] == '*' && pattern[1] == '\0')
		return name[0] != '\0';
	if (!name_has_wildcard(pattern))
		return name_casecmp(pattern, name) == 0;
	units_init(&p, pattern);
	units_init(&n, name);
	match = n.n != 0 && units_match(&p, &n);
	units_clear(&p);
	units_clear(&n);
	return match;
}

bool
name_has_wildcard(const char *name)
{
	return strpbrk(name, "*?<>\"") != NULL;
}

/* Where it goes wrong the last '*' takes one character more; those before it need not change. */
bool
name_matches_exactly(const char *pattern, const char *name)
{
	const char *behind_star = NULL, *retry = NULL, *p, *n;
	uint32_t expr, c;

	while (*name != '\0') {
		p = pattern;
		n = name;
		expr = utf8_next(&p);
		c = utf8_next(&n);
		if (expr == '*') {
			behind_star = pattern = p;
			retry = name;
		} else if (expr == c || expr == '?') {
			pattern = p;
			name = n;
		} else if (behind_star != NULL) {
			(void)utf8_next(&retry);
			name = retry;
			pattern = behind_star;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}
