/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_VERIFY_H
#define CONFIG_VERIFY_H

#include <stdint.h>

#include "config/report.h"

struct config;
struct share_conf;

/*
 * What the values, each right by itself, say together and of this machine. Mistakes go to r, whose
 * file is set.
 */
void verify(const struct config *c, struct report *r);

/* The line a row's key stands on; 0 when it does not, or name is no row. */
uint32_t key_line(const struct config *c, const struct share_conf *share, const char *name);

/* Set in a row's line when its value was refused, so that it is not complained of twice. */
#define LINE_REFUSED ((uint32_t)1 << 31)

#endif
