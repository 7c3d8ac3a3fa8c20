/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

extern enum log_level log_level;

/*
 * Lines go to standard error, with journal priorities ("<4>") when under systemd
 * (JOURNAL_STREAM). All functions but log_init and log_redirect are thread-safe and keep errno.
 */
void log_init(const char *program);

/* For tests and the fuzzers: every line goes here instead (NULL: back to standard error). */
void log_redirect(void (*sink)(enum log_level level, const char *line));

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Client text for a log line: control characters and invalid UTF-8 as \xNN, cut at 64 bytes. One of
 * 8 static buffers in turn, per thread.
 */
const char *log_clean(const char *client_text);

/* Guards debug arguments that cost something. */
static inline bool
log_debugs(void)
{
	return log_level >= LOG_LEVEL_DEBUG;
}

#endif
