/* SPDX-License-Identifier: BSD-2-Clause */

/* Prints the rows of the schema for check-man.py: section, key, default and help, parted by tabs.
 */
#include <stdio.h>

#include "config/schema.h"

static void
print_keys(const char *section, const struct conf_key *keys)
{
	for (const struct conf_key *k = keys; k->name != NULL; k++)
		printf("%s\t%s\t%s\t%s\n", section, k->name, k->value != NULL ? k->value : "",
		    k->help);
}

int
main(void)
{
	print_keys("global", config_global_keys);
	print_keys("share", config_share_keys);
	return 0;
}
