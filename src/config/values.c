/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "config/checks.h"

/* Every number and enumeration of the two structs is read and written as this. */
_Static_assert(sizeof(enum conf_protocol) == sizeof(uint32_t), "enumerations have 32 bits");

static void *
field_of(void *base, const struct conf_key *row)
{
	return (char *)base + row->offset;
}

static bool
fail(char why[WHY_MAX], const char *reason)
{
	snprintf(why, WHY_MAX, "%s", reason);
	return false;
}

static bool
set_bool(bool *field, const char *text, char why[WHY_MAX])
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*field = i % 2 == 1;
			return true;
		}
	}
	return fail(why, "is neither yes nor no");
}

static bool
set_uint(uint32_t *field, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	size_t digits = strspn(text, "0123456789");
	uint64_t n = 0;

	if (digits == 0 || text[digits] != '\0')
		return fail(why, "is not a whole number");
	for (; *text != '\0' && n <= row->max; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	if (n < row->min || n > row->max) {
		snprintf(why, WHY_MAX, "is not between %u and %u", row->min, row->max);
		return false;
	}
	*field = (uint32_t)n;
	return true;
}

static bool
set_octal(uint32_t *field, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	size_t digits = strspn(text, "01234567");
	uint32_t n = 0;

	if (digits == 0 || text[digits] != '\0')
		return fail(why, "is not an octal number, as 0755");
	for (; *text != '\0' && n <= row->max; text++)
		n = n * 8 + (uint32_t)(*text - '0');
	if (n > row->max)
		return fail(why, "has more than the mode bits 07777");
	*field = n;
	return true;
}

static bool
set_enum(uint32_t *field, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	size_t used;

	for (uint32_t i = 0; row->choices[i] != NULL; i++) {
		if (strcasecmp(text, row->choices[i]) == 0) {
			*field = i;
			return true;
		}
	}
	used = (size_t)snprintf(why, WHY_MAX, "is not one of");
	for (uint32_t i = 0; row->choices[i] != NULL && used < WHY_MAX; i++)
		used += (size_t)snprintf(
		    why + used, WHY_MAX - used, "%s %s", i > 0 ? "," : "", row->choices[i]);
	return false;
}

static bool
set_string(char **field, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	const char *reason = row->check != NULL ? row->check(text) : NULL;

	if (reason != NULL)
		return fail(why, reason);
	free(*field);
	*field = xstrdup(text);
	return true;
}

static void
list_clear(struct conf_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->words[i]);
	free(list->words);
	*list = (struct conf_list){ 0 };
}

static void
list_add(struct conf_list *list, const char *word, size_t len)
{
	char *copy = xcalloc(len + 1, 1);

	memcpy(copy, word, len);
	list->words = xrealloc(list->words, (list->count + 2) * sizeof(list->words[0]));
	list->words[list->count++] = copy;
	list->words[list->count] = NULL;
}

/* The words of text between any number of the separators. */
static struct conf_list
list_split(const char *text, const char *separators)
{
	struct conf_list list = { .words = xcalloc(1, sizeof(char *)) };

	for (;;) {
		size_t len;

		text += strspn(text, separators);
		len = strcspn(text, separators);
		if (len == 0)
			return list;
		list_add(&list, text, len);
		text += len;
	}
}

static bool
words_ok(const struct conf_list *list, const struct conf_key *row, char why[WHY_MAX])
{
	for (size_t i = 0; i < list->count && row->check != NULL; i++) {
		const char *reason = row->check(list->words[i]);

		if (reason == NULL)
			continue;
		if (list->count == 1)
			return fail(why, reason);
		snprintf(why, WHY_MAX, "%.80s %s", list->words[i], reason);
		return false;
	}
	return true;
}

static bool
set_list(struct conf_list *field, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	struct conf_list list;

	if (row->type == CONF_LIST && strpbrk(text, "\"';#") != NULL)
		return fail(why, "holds a quote, ; or # which no word of a list may have");
	if (row->type == CONF_PATTERNS && text[0] != '\0' && strchr(text, '/') == NULL)
		return fail(why, "has no slashes around its patterns, as /*.tmp/thumbs.db/");
	list = list_split(text, row->type == CONF_LIST ? ", \t" : "/");
	if (!words_ok(&list, row, why)) {
		list_clear(&list);
		return false;
	}
	list_clear(field);
	*field = list;
	return true;
}

bool
value_set(void *base, const struct conf_key *row, const char *text, char why[WHY_MAX])
{
	void *field = field_of(base, row);
	const char *reason = check_text(text);

	if (reason != NULL)
		return fail(why, reason);
	if (strlen(text) > VALUE_MAX) {
		snprintf(why, WHY_MAX, "is longer than the %d bytes a value may have", VALUE_MAX);
		return false;
	}
	if (value_quote(text) == NULL)
		return fail(why,
		    "cannot be written in the file: it ends in a backslash, or has both "
		    "kinds of quotes or a backslash along with ; or #");
	switch (row->type) {
	case CONF_STRING:
		return set_string(field, row, text, why);
	case CONF_BOOL:
		return set_bool(field, text, why);
	case CONF_UINT:
		return set_uint(field, row, text, why);
	case CONF_OCTAL:
		return set_octal(field, row, text, why);
	case CONF_ENUM:
		return set_enum(field, row, text, why);
	case CONF_LIST:
	case CONF_PATTERNS:
		return set_list(field, row, text, why);
	}
	return false;
}

void
value_clear(void *base, const struct conf_key *row)
{
	char **string = field_of(base, row);

	if (row->type == CONF_LIST || row->type == CONF_PATTERNS) {
		list_clear(field_of(base, row));
	} else if (row->type == CONF_STRING) {
		free(*string);
		*string = NULL;
	}
}

static char *
list_text(const struct conf_list *list, const char *around, const char *between)
{
	size_t size = 3, used;
	char *text;

	for (size_t i = 0; i < list->count; i++)
		size += strlen(list->words[i]) + 1;
	text = xcalloc(size, 1);
	if (list->count == 0)
		return text;
	used = (size_t)snprintf(text, size, "%s", around);
	for (size_t i = 0; i < list->count; i++)
		used += (size_t)snprintf(
		    text + used, size - used, "%s%s", i > 0 ? between : "", list->words[i]);
	snprintf(text + used, size - used, "%s", around);
	return text;
}

char *
value_text(const void *base, const struct conf_key *row)
{
	const void *field = (const char *)base + row->offset;
	char number[16] = "";

	switch (row->type) {
	case CONF_STRING:
		return xstrdup(*(char *const *)field != NULL ? *(char *const *)field : "");
	case CONF_BOOL:
		return xstrdup(*(const bool *)field ? "yes" : "no");
	case CONF_UINT:
		snprintf(number, sizeof(number), "%u", *(const uint32_t *)field);
		break;
	case CONF_OCTAL:
		snprintf(number, sizeof(number), "%04o", *(const uint32_t *)field);
		break;
	case CONF_ENUM:
		return xstrdup(row->choices[*(const uint32_t *)field]);
	case CONF_LIST:
		return list_text(field, "", " ");
	case CONF_PATTERNS:
		return list_text(field, "/", "/");
	}
	return xstrdup(number);
}

const char *
value_quote(const char *text)
{
	size_t len = strlen(text);
	bool blank_end = len > 0 &&
	    (strchr(" \t", text[0]) != NULL || strchr(" \t", text[len - 1]) != NULL);

	if (len == 0)
		return "";
	if (strpbrk(text, ";#") == NULL && text[0] != '"' && text[0] != '\'' && !blank_end)
		return text[len - 1] == '\\' ? NULL : "";
	/* What a backslash means between quotes depends on iniparser's version. */
	if (strchr(text, '\\') != NULL)
		return NULL;
	if (strchr(text, '"') == NULL)
		return "\"";
	return strchr(text, '\'') == NULL ? "'" : NULL;
}
