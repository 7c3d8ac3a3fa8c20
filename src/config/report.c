/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for the longest value with its place and reason; what is longer is cut. */
#define LINE_MAX_BYTES 2048

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
		used += (size_t)snprintf(line + used, 512, "[%.300s]%s", r->section,
					 r->key != NULL ? " " : ": ");
	if (r->key != NULL)
		used += (size_t)snprintf(line + used, 256, "%.200s: ", r->key);
	va_start(ap, fmt);
	vsnprintf(line + used, sizeof(line) - used, fmt, ap);
	va_end(ap);
	r->complain(r->arg, line);
}

const char *
report_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}
