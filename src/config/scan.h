/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/report.h"

/*
 * The lines of a configuration file. iniparser reads the texts; what it loses or passes over
 * (spelling, line numbers, what it cuts off a value or a line) is found in a pass of our own,
 * which hands it only lines that both understand alike.
 */
struct scan_line {
	uint32_t line;
	char *section; /* as spelled */
	char *key;     /* lower case, single blanks; NULL: this is the section's head */
	char *text;    /* the value, "" when empty; NULL with the head */
	bool quoted;   /* the value stood between quotes */
};

struct scan {
	struct scan_line *lines;
	size_t count;
};

/*
 * Reads the open file whole. Mistakes are told and their lines left out. False when nothing could
 * be read.
 */
bool scan_file(struct scan *s, int fd, struct report *r);
void scan_clear(struct scan *s);

#endif
