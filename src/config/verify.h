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

/*
 * In a row's line, beside its number: its value was refused and is not complained of twice; it was
 * set without a file; a profile has set it.
 */
#define LINE_REFUSED      ((uint32_t)1 << 31)
#define LINE_BY_HAND      ((uint32_t)1 << 30)
#define LINE_FROM_PROFILE ((uint32_t)1 << 29)
#define LINE_NUMBER       (LINE_FROM_PROFILE - 1)

#endif
