/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "config/file.h"
#include "config/schema.h"

#define CONFIG_FILE    SMB1D_SYSCONFDIR "/smb1d.conf"
#define TRIAL_LISTENER "127.0.0.1:4450"

enum { OPT_SHARE = 256, OPT_LISTEN, OPT_USER, OPT_VERSION };

static const struct option long_options[] = {
	{ "foreground", no_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 't' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "share", required_argument, NULL, OPT_SHARE },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "user", required_argument, NULL, OPT_USER },
	{ NULL, 0, NULL, 0 },
};

static void
print_help(FILE *out)
{
	fprintf(out,
	    "usage: smb1d [-f] [-c FILE] [-t] [-v]\n"
	    "       smb1d --share NAME=DIR[,rw][,guest] ... [--listen ADDRESS:PORT,...] [--user NAME:PASSWORD] ...\n"
	    "\n"
	    "Serves folders to SMB1 clients: those of a configuration file, or those of the command line.\n"
	    "\n"
	    "  -c, --config FILE   the configuration file (%s)\n"
	    "  -f, --foreground    do not go to the background; log to standard error\n"
	    "  -t, --test          print the configuration as understood, or list every mistake in it\n"
	    "  -v, --verbose       log each request\n"
	    "      --share NAME=DIR[,rw][,guest]\n"
	    "                      serve DIR as NAME, without a configuration file; read only and with a\n"
	    "                      log-on unless said otherwise\n"
	    "      --listen ADDRESS:PORT,...\n"
	    "                      where to listen (%s); port 0 takes a free one\n"
	    "      --user NAME:PASSWORD\n"
	    "                      who may log on to the shares of the command line\n"
	    "      --version       print the version\n"
	    "  -h, --help          print this\n",
	    CONFIG_FILE, TRIAL_LISTENER);
}

static void
append(char ***list, size_t *n, char *text)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = text;
}

/* False for options that do not stand for a setting. */
static bool
take_option(struct options *o, int c)
{
	switch (c) {
	case 'f':
		o->foreground = true;
		return true;
	case 'c':
		o->file = optarg;
		return true;
	case 't':
		o->test = true;
		return true;
	case 'v':
		o->verbose = true;
		return true;
	case OPT_SHARE:
		append(&o->shares, &o->nshares, optarg);
		return true;
	case OPT_LISTEN:
		o->listen = optarg;
		return true;
	case OPT_USER:
		append(&o->users, &o->nusers, optarg);
		return true;
	default:
		return false;
	}
}

/* What cannot go together, or NULL. */
static const char *
contradiction(const struct options *o, int argc)
{
	if (optind < argc)
		return "takes no arguments besides its options: a folder to serve is --share NAME=DIR";
	if (o->nshares > 0 && o->file != NULL)
		return "takes either a configuration file or --share, not both";
	if (o->nshares == 0 && (o->listen != NULL || o->nusers > 0))
		return "--listen and --user go with --share; in a configuration file they are the keys \"listen\" and "
		       "\"passwd file\"";
	for (size_t i = 0; i < o->nusers; i++) {
		if (strchr(o->users[i], ':') == NULL)
			return "--user is NAME:PASSWORD";
	}
	return NULL;
}

static enum options_next
wrong(const char *why)
{
	if (why != NULL)
		fprintf(stderr, "smb1d: %s\n", why);
	fputs("smb1d: try --help\n", stderr);
	return OPTIONS_WRONG;
}

enum options_next
options_parse(struct options *o, int argc, char **argv)
{
	const char *why;
	int c;

	memset(o, 0, sizeof(*o));
	while ((c = getopt_long(argc, argv, "fc:tvh", long_options, NULL)) != -1) {
		if (take_option(o, c))
			continue;
		if (c == 'h')
			print_help(stdout);
		else if (c == OPT_VERSION)
			puts(PACKAGE_STRING);
		else
			return wrong(NULL);
		return OPTIONS_DONE;
	}
	why = contradiction(o, argc);
	if (why != NULL)
		return wrong(why);
	if (o->file == NULL)
		o->file = CONFIG_FILE;
	return OPTIONS_RUN;
}

void
options_clear(struct options *o)
{
	free(o->shares);
	free(o->users);
}

static void
log_mistake(void *arg, const char *mistake)
{
	(void)arg;
	log_error("%s", mistake);
}

static struct config *
config_of_shares(const struct options *o)
{
	const struct config_hearer hearer = { .complain = log_mistake };
	struct config *c = config_new();
	bool good;

	good = config_set(
	    c, NULL, "listen", o->listen != NULL ? o->listen : TRIAL_LISTENER, &hearer);
	/* Many may be tried at once, and none is asked what it does. */
	good = config_set(c, NULL, "control socket", "", &hearer) && good;
	for (size_t i = 0; i < o->nshares; i++)
		good = config_add_share(c, o->shares[i], log_mistake, NULL) && good;
	if (!good || !config_check(c, log_mistake, NULL))
		config_free(&c);
	return c;
}

static void
log_remark(void *arg, const char *text)
{
	(void)arg;
	log_warning("%s", text);
}

struct config *
options_config(const struct options *o)
{
	struct config *c = o->nshares > 0 ? config_of_shares(o)
					  : config_load(o->file, log_mistake, NULL);

	if (c != NULL)
		config_remarks(c, log_remark, NULL);
	return c;
}

static bool
add_user(struct account_db *db, char *user)
{
	char *password = strchr(user, ':');
	bool good;

	*password++ = '\0';
	good = account_set(db, user, password, false);
	if (!good)
		log_error("--user %s: no name for an account", log_clean(user));
	explicit_bzero(password, strlen(password));
	return good;
}

struct account_db *
options_accounts(const struct options *o, const struct config *c)
{
	struct account_db *db;
	char err[300];

	if (o->nshares > 0 || c->passwd_file[0] == '\0') {
		db = account_db_new();
		for (size_t i = 0; i < o->nusers && db != NULL; i++) {
			if (!add_user(db, o->users[i]))
				account_db_free(&db);
		}
		return db;
	}
	db = account_db_load(c->passwd_file, err, sizeof(err));
	if (db == NULL && errno == ENOENT) {
		log_warning(
		    "%s; nobody can log on until: smb1passwd -f %s add NAME", err, c->passwd_file);
		return account_db_new();
	}
	if (db == NULL)
		log_error("%s", err);
	return db;
}
