/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Prints for check-man.py, parted by tabs, the rows of the schema: section, key, default and help;
 * or, when there is an argument, those of the profiles: profile, section and "key = value".
 */
#include <stdio.h>

#include "config/profile.h"
#include "config/schema.h"

static void
print_keys(const char *section, const struct conf_key *keys)
{
	for (const struct conf_key *k = keys; k->name != NULL; k++)
		printf("%s\t%s\t%s\t%s\n", section, k->name, k->value != NULL ? k->value : "",
		    k->help);
}

static void
print_profiles(void)
{
	for (const struct profile_row *p = profile_rows; p->profile != NULL; p++)
		printf("%s\t%s\t%s = %s\n", p->profile, p->share ? "share" : "global", p->key,
		    p->value);
}

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		print_profiles();
		return 0;
	}
	print_keys("global", config_global_keys);
	print_keys("share", config_share_keys);
	return 0;
}
