/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/file.h"

/* Where mistakes are told, what they are told of, and how many there were. */
struct report {
	config_complain *complain; /* may be NULL */
	void *arg;
	const char *file;          /* as the messages name it; "": none */
	uint32_t line;             /* 0: none in particular */
	const char *section, *key; /* NULL: none in particular */
	size_t mistakes;
	bool hold; /* keep them until report_release */
	struct held_mistake *held;
};

/* One mistake: "file:line: [section] key: " and then the text. */
void report(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Tells what was held, in the order of the lines. */
void report_release(struct report *r);

/* The last part of a path, as messages name a file. */
const char *report_name(const char *path);

#endif
