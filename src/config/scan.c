/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/scan.h"

#include <ctype.h>
#include <errno.h>
#include <iniparser/iniparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "config/checks.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)

/* iniparser 4.1 reads lines into 1,024 bytes and refuses the whole file for one that is longer. */
#define LINE_MAX_BYTES ((size_t)1000)
#define KEY_MAX_BYTES  ((size_t)64)

/* The walk over the bytes of the file. */
struct walk {
	const char *at, *end;
	uint32_t line; /* of what was read last */
	char text[LINE_MAX_BYTES + 1];
	char *section;  /* the head that rules now; NULL: none yet */
	unsigned heads; /* sections so far: their names for iniparser */
	FILE *clean;    /* what iniparser is to read */
	struct scan *scan;
	struct report *report;
};

static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

static void
complain(struct walk *w, const char *what)
{
	w->report->line = w->line;
	w->report->section = NULL;
	w->report->key = NULL;
	report(w->report, "%s", what);
}

/* The next line as it stands, without its end; false at the end of the file. */
static bool
physical_line(struct walk *w, const char **line, size_t *len)
{
	const char *newline;

	if (w->at == w->end)
		return false;
	newline = memchr(w->at, '\n', (size_t)(w->end - w->at));
	*line = w->at;
	*len = (size_t)((newline != NULL ? newline : w->end) - w->at);
	w->at = newline != NULL ? newline + 1 : w->end;
	while (*len > 0 && strchr(" \t\r", (*line)[*len - 1]) != NULL && (*line)[*len - 1] != '\0')
		(*len)--;
	return true;
}

static bool
is_comment(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	return len > 0 && (*line == '#' || *line == ';');
}

/* A line with those that continue it, in w->text. False at the end of the file. */
static bool
logical_line(struct walk *w, uint32_t *physical, bool *fits)
{
	size_t used = 0, len;
	const char *line;
	bool more = true, first = true;

	*fits = true;
	for (; more && physical_line(w, &line, &len); first = false) {
		(*physical)++;
		if (first)
			w->line = *physical;
		if (first && is_comment(line, len))
			len = 0;
		more = len > 0 && line[len - 1] == '\\';
		len -= more ? 1 : 0;
		if (len > LINE_MAX_BYTES - used || memchr(line, '\0', len) != NULL)
			*fits = false;
		if (!*fits)
			continue;
		memcpy(w->text + used, line, len);
		used += len;
	}
	w->text[used] = '\0';
	if (more && !first)
		complain(w, "the line ends in a backslash, but nothing follows that continues it");
	return !first;
}

static struct scan_line *
add_line(struct walk *w, char *key)
{
	struct scan *s = w->scan;

	s->lines = xrealloc(s->lines, (s->count + 1) * sizeof(s->lines[0]));
	s->lines[s->count] = (struct scan_line){
		.line = w->line,
		.section = xstrdup(w->section),
		.key = key,
	};
	return &s->lines[s->count++];
}

/*
 * Sections are numbered for iniparser, so that their names may hold what it would change or
 * misread.
 */
static void
take_head(struct walk *w, char *text)
{
	size_t len = strlen(text);

	if (text[len - 1] != ']') {
		complain(w, "a section's head must end with ] and have the line for itself");
		return;
	}
	text[len - 1] = '\0';
	free(w->section);
	w->section = xstrdup(trim(text + 1));
	w->heads++;
	fprintf(w->clean, "[%u]\n", w->heads);
	add_line(w, NULL);
}

/* Lower case, one blank between words. */
static char *
plain_key(const char *text)
{
	char *key = xcalloc(strlen(text) + 1, 1);
	size_t used = 0;

	for (; *text != '\0'; text++) {
		bool blank = *text == ' ' || *text == '\t';

		if (blank && used > 0 && key[used - 1] == ' ')
			continue;
		key[used++] = blank ? ' ' : (char)tolower((unsigned char)*text);
	}
	return key;
}

/*
 * What iniparser would cut off or keep depending on its version; NULL when it reads what is
 * written.
 */
static const char *
value_trap(const char *value)
{
	const char *close;

	if (value[0] != '"' && value[0] != '\'')
		return strpbrk(value, ";#") == NULL
		    ? NULL
		    : "; and # would begin a comment within the value: put the value in quotes, or "
		      "the comment on a line of its own";
	close = strchr(value + 1, value[0]);
	if (close == NULL)
		return "the quote is not closed";
	if (close[1] != '\0')
		return "the value goes on behind its closing quote: put the whole value in the other "
		       "kind of quotes";
	return strchr(value, '\\') == NULL
	    ? NULL
	    : "a backslash between quotes is not understood: leave out the quotes";
}

static void
take_value(struct walk *w, const char *name, char *value)
{
	char *key = plain_key(name);
	const char *trap = value_trap(value);

	if (trap != NULL) {
		w->report->line = w->line;
		w->report->section = w->section;
		w->report->key = key;
		report(w->report, "%s: %s", value, trap);
		free(key);
		return;
	}
	fprintf(w->clean, "%s = %s\n", key, value);
	add_line(w, key)->quoted = value[0] == '"' || value[0] == '\'';
}

static void
take_pair(struct walk *w, char *text)
{
	char *equals = strchr(text, '=');
	char *name;

	if (equals == NULL) {
		complain(w, "the line is neither a [section] nor a key = value");
		return;
	}
	*equals = '\0';
	name = trim(text);
	if (name[0] == '\0')
		complain(w, "there is no key before the equals sign");
	else if (strlen(name) > KEY_MAX_BYTES)
		complain(w, "what stands before the equals sign is longer than any key");
	else if (w->section == NULL)
		complain(
		    w, "a key stands before any section: put it below [global] or a share's head");
	else
		take_value(w, name, trim(equals + 1));
}

static void
take_line(struct walk *w, bool fits)
{
	const char *why = check_text(w->text);
	char *text = trim(w->text);

	if (!fits)
		complain(w,
		    "the line, with those that continue it, is longer than 1000 bytes or holds "
		    "a NUL byte");
	else if (why != NULL && strncmp(why, "is ", 3) == 0)
		complain(w, "the line is not UTF-8: save the file in that encoding");
	else if (why != NULL && strchr(text, '\r') != NULL)
		complain(w, "the line holds a carriage return that does not end it");
	else if (why != NULL)
		complain(w, "the line holds a control character");
	else if (text[0] == '[')
		take_head(w, text);
	else if (text[0] != '\0')
		take_pair(w, text);
}

static int
silent(const char *format, ...)
{
	(void)format;
	return 0;
}

/* Fills in the texts of all values. */
static void
take_texts(struct scan *s, const dictionary *d, struct report *r)
{
	unsigned heads = 0;
	char name[KEY_MAX_BYTES + 16];

	for (size_t i = 0; i < s->count; i++) {
		struct scan_line *line = &s->lines[i];
		const char *text;

		if (line->key == NULL) {
			heads++;
			continue;
		}
		snprintf(name, sizeof(name), "%u:%s", heads, line->key);
		text = iniparser_getstring(d, name, NULL);
		if (text == NULL) {
			r->line = line->line;
			r->section = line->section;
			r->key = line->key;
			report(r, "iniparser does not understand this line");
		}
		line->text = xstrdup(text != NULL ? text : "");
	}
}

/* iniparser opens files by name only, and shall read exactly what was checked. */
static bool
parse(struct scan *s, const char *clean, size_t len, struct report *r)
{
	int fd = memfd_create("smb1d.conf", MFD_CLOEXEC);
	dictionary *d = NULL;
	char name[64];

	if (fd >= 0 && write(fd, clean, len) == (ssize_t)len) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		iniparser_set_error_callback(silent);
		d = iniparser_load(name);
	}
	if (d == NULL) {
		r->line = 0;
		r->section = r->key = NULL;
		report(r, "iniparser cannot read the file: %s", strerror(errno));
	} else {
		take_texts(s, d, r);
		iniparser_freedict(d);
	}
	if (fd >= 0)
		close(fd);
	return d != NULL;
}

static bool
scan_bytes(struct scan *s, const char *bytes, size_t len, struct report *r)
{
	char *clean = NULL;
	size_t clean_len = 0;
	struct walk w = { .at = bytes, .end = bytes + len, .scan = s, .report = r };
	uint32_t physical = 0;
	bool fits, ok;

	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		w.at += 3;
	w.clean = open_memstream(&clean, &clean_len);
	if (w.clean == NULL)
		return false;
	while (logical_line(&w, &physical, &fits))
		take_line(&w, fits);
	fclose(w.clean);
	free(w.section);
	ok = parse(s, clean, clean_len, r);
	free(clean);
	return ok;
}

bool
scan_file(struct scan *s, int fd, struct report *r)
{
	char *bytes = xcalloc(FILE_MAX_BYTES + 1, 1);
	size_t len = 0;
	ssize_t n;
	bool ok = false;

	*s = (struct scan){ 0 };
	while ((n = read(fd, bytes + len, FILE_MAX_BYTES + 1 - len)) > 0)
		len += (size_t)n;
	r->line = 0;
	r->section = r->key = NULL;
	if (n < 0)
		report(r, "cannot be read: %s", strerror(errno));
	else if (len > FILE_MAX_BYTES)
		report(r, "is longer than 1 MiB");
	else
		ok = scan_bytes(s, bytes, len, r);
	free(bytes);
	return ok;
}

void
scan_clear(struct scan *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->lines[i].section);
		free(s->lines[i].key);
		free(s->lines[i].text);
	}
	free(s->lines);
	*s = (struct scan){ 0 };
}
