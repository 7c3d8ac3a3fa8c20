/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* Room for the longest value with its place and reason; what is longer is cut. */
#define LINE_MAX_BYTES 2048

struct held_mistake {
	uint32_t line;
	size_t turn; /* the order among those of one line */
	char *text;
};

static size_t
place(const struct report *r, char *out, size_t cap)
{
	int n = 0;

	if (r->file[0] != '\0' && r->line != 0)
		n = snprintf(out, cap, "%s:%u: ", r->file, r->line);
	else if (r->file[0] != '\0')
		n = snprintf(out, cap, "%s: ", r->file);
	return n < 0 || (size_t)n >= cap ? 0 : (size_t)n;
}

static void
tell(struct report *r, const char *text)
{
	if (!r->hold) {
		r->complain(r->arg, text);
		return;
	}
	r->held = xrealloc(r->held, r->mistakes * sizeof(r->held[0]));
	r->held[r->mistakes - 1] = (struct held_mistake){
		.line = r->line, .turn = r->mistakes, .text = xstrdup(text)
	};
}

static int
by_line(const void *a, const void *b)
{
	const struct held_mistake *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->turn < y->turn ? -1 : x->turn > y->turn;
}

void
report_release(struct report *r)
{
	if (r->held == NULL)
		return;
	qsort(r->held, r->mistakes, sizeof(r->held[0]), by_line);
	for (size_t i = 0; i < r->mistakes; i++) {
		r->complain(r->arg, r->held[i].text);
		free(r->held[i].text);
	}
	free(r->held);
	r->held = NULL;
}

void
report(struct report *r, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	size_t used = place(r, line, 512);
	va_list ap;

	r->mistakes++;
	if (r->complain == NULL)
		return;
	if (r->section != NULL)
		used += (size_t)snprintf(
		    line + used, 512, "[%.300s]%s", r->section, r->key != NULL ? " " : ": ");
	if (r->key != NULL)
		used += (size_t)snprintf(line + used, 256, "%.200s: ", r->key);
	va_start(ap, fmt);
	vsnprintf(line + used, sizeof(line) - used, fmt, ap);
	va_end(ap);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			*p = '?';
	tell(r, line);
}

const char *
report_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}
