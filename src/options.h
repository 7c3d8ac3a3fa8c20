/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct account_db;
struct config;

/* The command line of smb1d. Strings are argv's. */
struct options {
	const char *file;   /* -c */
	const char *listen; /* --listen; NULL: not given */
	char **shares;      /* --share, as given */
	size_t nshares;
	char **users; /* --user */
	size_t nusers;
	bool foreground, test, verbose;
};

enum options_next { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* DONE: --help or --version were answered. WRONG: the mistake has been told. */
enum options_next options_parse(struct options *o, int argc, char **argv);
void options_clear(struct options *o);

/* From the file, or made of --share and --listen. NULL: every mistake has been logged. */
struct config *options_config(const struct options *o);

/*
 * The accounts of the configuration's file, or those of --user, whose passwords are wiped from the
 * command line. NULL: the mistake has been logged. A file that does not exist yet is no mistake.
 */
struct account_db *options_accounts(const struct options *o, const struct config *c);

#endif
