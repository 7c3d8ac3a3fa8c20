/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "config/file.h"
#include "config/schema.h"
#include "config/values.h"

static void
print_fields(const void *base, const struct conf_key *rows, FILE *out)
{
	for (; rows->name != NULL; rows++) {
		char *text = value_text(base, rows);
		const char *quote = value_quote(text);

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
	print_fields(c, config_global_keys, out);
	for (size_t i = 0; i < c->nshares; i++) {
		fprintf(out, "\n[%s]\n", c->shares[i].name);
		print_fields(&c->shares[i], config_share_keys, out);
	}
}
