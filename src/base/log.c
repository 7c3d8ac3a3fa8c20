/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/charset.h"

#define LINE_MAX_BYTES 2048
#define CLEAN_MAX      64

enum log_level log_level = LOG_LEVEL_INFO;

static const char *program = "smb1d";
static bool to_journal;
static _Atomic(void (*)(enum log_level, const char *)) sink;

/* sd-daemon(3): the priorities of syslog in front of a line. */
static const char *const journal_prefix[] = { "<3>", "<4>", "<6>", "<7>" };
static const char *const plain_prefix[] = { "error: ", "warning: ", "", "debug: " };

void
log_init(const char *name)
{
	program = name;
	to_journal = getenv("JOURNAL_STREAM") != NULL;
}

void
log_redirect(void (*to)(enum log_level level, const char *line))
{
	atomic_store(&sink, to);
}

/* One system call a line, so that lines of several threads do not mix. */
static void
print_line(enum log_level level, const char *text)
{
	char line[LINE_MAX_BYTES + 64];
	ssize_t done;
	int n;

	if (to_journal)
		n = snprintf(line, sizeof(line), "%s%s\n", journal_prefix[level], text);
	else
		n = snprintf(line, sizeof(line), "%s: %s%s\n", program, plain_prefix[level], text);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = (int)sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	done = write(STDERR_FILENO, line, (size_t)n);
	(void)done; /* nobody is left to be told */
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum log_level level, const char *fmt, va_list args)
{
	void (*to)(enum log_level, const char *) = atomic_load(&sink);
	char text[LINE_MAX_BYTES];
	int saved = errno;
	char *p;

	if (level > log_level || vsnprintf(text, sizeof(text), fmt, args) < 0)
		return;
	/* A line is one line, whatever slipped into it. */
	for (p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = '?';
	}
	if (to != NULL)
		to(level, text);
	else
		print_line(level, text);
	errno = saved;
}

void
log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
}

void
log_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_WARNING, fmt, args);
	va_end(args);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_INFO, fmt, args);
	va_end(args);
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}

/* The next character of *s as it may be shown, at most 4 bytes into out; returns how many. */
static size_t
clean_next(const char **s, char *out)
{
	const char *from = *s;
	uint32_t c = utf8_next(s);
	size_t n = (size_t)(*s - from);
	bool invalid = c == 0xFFFD && n == 1;
	bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c < 0xE000);

	if (!invalid && !control) {
		memcpy(out, from, n);
		return n;
	}
	*s = from + 1;
	snprintf(out, 5, "\\x%02X", (unsigned char)*from);
	return 4;
}

const char *
log_clean(const char *client_text)
{
	static _Thread_local char texts[8][CLEAN_MAX + sizeof("...")];
	static _Thread_local unsigned turn;
	char *out = texts[turn++ % 8];
	size_t used = 0, n;
	char one[5];

	if (client_text == NULL)
		client_text = "";
	while (*client_text != '\0') {
		n = clean_next(&client_text, one);
		if (n > CLEAN_MAX - used) {
			memcpy(out + used, "...", 3);
			used += 3;
			break;
		}
		memcpy(out + used, one, n);
		used += n;
	}
	out[used] = '\0';
	return out;
}
