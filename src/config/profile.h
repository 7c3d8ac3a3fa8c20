/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_PROFILE_H
#define CONFIG_PROFILE_H

#include <stdbool.h>

#include "config/report.h"

struct config;
struct share_conf;

/* What one kind of client needs, key by key; a section that names the profile is given it. */
struct profile_row {
	const char *profile;
	bool share; /* a key of a share, else of [global] */
	const char *key, *value;
	const char *weak; /* why whoever can do without it should; NULL: nothing is risked */
};

/* By profile, [global] before shares; ended by a row without a profile. */
extern const struct profile_row profile_rows[];

/* The check of each word of a section's profile. */
const char *check_profile(const char *text);

/* Sets what the profiles of each section say of keys that nobody has set there. */
void profiles_apply(struct config *c, struct report *r);

/* The row that set the key of the section (share NULL: [global]); NULL: no profile did. */
const struct profile_row *profile_row_of(
    const struct config *c, const struct share_conf *share, const char *key);

#endif
