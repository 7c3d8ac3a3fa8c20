/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "config/file.h"
#include "config/profile.h"
#include "config/schema.h"
#include "config/values.h"

static void
print_fields(const struct config *c, const struct share_conf *share, FILE *out)
{
	const void *base = share != NULL ? (const void *)share : (const void *)c;
	const struct conf_key *rows = share != NULL ? config_share_keys : config_global_keys;

	for (; rows->name != NULL; rows++) {
		const struct profile_row *from = profile_row_of(c, share, rows->name);
		char *text = value_text(base, rows);
		const char *quote = value_quote(text);

		if (from != NULL)
			fprintf(out, "\t# from profile %s:\n", from->profile);
		if (quote == NULL)
			quote = "";
		fprintf(out, "\t%s =%s%s%s%s\n", rows->name, text[0] != '\0' ? " " : "", quote,
		    text, quote);
		free(text);
	}
}

void
config_print(const struct config *c, FILE *out)
{
	fprintf(out, "[global]\n");
	print_fields(c, NULL, out);
	for (size_t i = 0; i < c->nshares; i++) {
		fprintf(out, "\n[%s]\n", c->shares[i].name);
		print_fields(c, &c->shares[i], out);
	}
}
