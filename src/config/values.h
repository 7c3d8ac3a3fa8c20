/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/schema.h"

/* The longest text of one value, in bytes: a line of the file holds it with its key. */
#define VALUE_MAX 960
#define WHY_MAX   256

/*
 * Converts text and puts it into row's field of base, a struct config or a struct share_conf,
 * in place of what was there. False when it will not do; then why says so, to be read behind
 * the text, and the field is as it was.
 */
bool value_set(void *base, const struct conf_key *row, const char *text, char why[WHY_MAX]);
void value_clear(void *base, const struct conf_key *row);

/* The field as a text that value_set takes; the caller frees it. */
char *value_text(const void *base, const struct conf_key *row);

/* What text must stand between in the file: "", "\"" or "'". NULL when the file cannot say it. */
const char *value_quote(const char *text);

#endif
