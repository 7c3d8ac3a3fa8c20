/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * smb1passwd: the accounts of smb1d. Passwords come from the terminal or standard input, never from
 * arguments.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/crypto.h"
#include "auth/logon.h"
#include "auth/ntlm.h"
#include "base/charset.h"
#include "base/log.h"
#include "config/schema.h"

#define PASSWORD_MAX 256

enum { DONE = 0, FAILED = 1, USAGE = 2 };

struct task {
	const char *file;
	const char *name;
	bool lm; /* store the LM hash too */
	char password[PASSWORD_MAX + 1];
	struct account_db *db;
};

struct command {
	const char *name;
	enum { ASK_NONE, ASK_OLD, ASK_NEW } asks;
	bool writes;                       /* the file is locked meanwhile, and saved */
	bool (*may)(const struct task *t); /* NULL: takes no NAME */
	int (*run)(struct task *t);
};

static volatile sig_atomic_t caught;

static void
note_signal(int sig)
{
	caught = sig;
}

/* Reading passwords */

static const int deadly[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define DEADLY_COUNT (sizeof(deadly) / sizeof(deadly[0]))

/* A signal ends the read, so that the terminal is put right before it has its effect. */
static void
catch_signals(struct sigaction old[DEADLY_COUNT])
{
	struct sigaction sa = { .sa_handler = note_signal };

	for (size_t i = 0; i < DEADLY_COUNT; i++)
		sigaction(deadly[i], &sa, &old[i]);
}

static void
release_signals(const struct sigaction old[DEADLY_COUNT])
{
	for (size_t i = 0; i < DEADLY_COUNT; i++)
		sigaction(deadly[i], &old[i], NULL);
	if (caught != 0)
		raise(caught);
}

/* A line without its end, however it comes in pieces. False with a message. */
static bool
read_line(int fd, char line[PASSWORD_MAX + 1])
{
	size_t n = 0;
	ssize_t got;
	char c;

	while ((got = read(fd, &c, 1)) == 1 && c != '\n') {
		if (n == PASSWORD_MAX || c == '\0') {
			fprintf(stderr, "smb1passwd: the password %s\n",
			    c == '\0' ? "has a NUL byte in it" : "is longer than 256 bytes");
			return false;
		}
		line[n++] = c;
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	if (got < 0 && caught == 0)
		fprintf(stderr, "smb1passwd: reading the password: %s\n", strerror(errno));
	if (got == 0 && n == 0)
		fprintf(stderr, "smb1passwd: no password came: standard input is at its end\n");
	return got == 1 || (got == 0 && n > 0);
}

static bool
ask(int tty, const char *prompt, char line[PASSWORD_MAX + 1])
{
	struct sigaction old[DEADLY_COUNT];
	struct termios saved, quiet;
	bool good;

	if (tcgetattr(tty, &saved) < 0)
		return false;
	quiet = saved;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	catch_signals(old);
	fputs(prompt, stderr);
	tcsetattr(tty, TCSAFLUSH, &quiet);
	good = read_line(tty, line);
	tcsetattr(tty, TCSAFLUSH, &saved);
	fputc('\n', stderr);
	release_signals(old);
	return good;
}

static bool
is_utf8(const char *s)
{
	while (*s != '\0') {
		const char *at = s;

		if (utf8_next(&s) == 0xFFFD && strncmp(at, "\xef\xbf\xbd", 3) != 0)
			return false;
	}
	return true;
}

/* From the terminal, twice when it is a new one; else a line of standard input. */
static bool
get_password(const char *name, bool new, char line[PASSWORD_MAX + 1])
{
	char prompt[320], again[PASSWORD_MAX + 1];
	bool same;

	if (!isatty(STDIN_FILENO))
		return read_line(STDIN_FILENO, line);
	snprintf(prompt, sizeof(prompt), "%sassword of %s: ", new ? "New p" : "P", name);
	if (!ask(STDIN_FILENO, prompt, line))
		return false;
	if (!new)
		return true;
	if (!ask(STDIN_FILENO, "Once more: ", again))
		return false;
	same = strcmp(line, again) == 0;
	crypto_wipe(again, sizeof(again));
	if (!same)
		fprintf(stderr, "smb1passwd: the two differ; nothing was changed\n");
	return same;
}

static bool
get_new_password(const char *name, char line[PASSWORD_MAX + 1])
{
	if (!get_password(name, true, line))
		return false;
	if (line[0] == '\0') {
		fprintf(stderr,
		    "smb1passwd: an empty password is no password; to let people in "
		    "without one, see \"guest ok\" in smb1d.conf(5)\n");
		return false;
	}
	if (!is_utf8(line)) {
		fprintf(stderr,
		    "smb1passwd: the password is not UTF-8, and clients could not send the "
		    "same; use a UTF-8 terminal\n");
		return false;
	}
	return true;
}

/* Commands */

static bool
present(const struct task *t)
{
	if (account_find(t->db, t->name) != NULL)
		return true;
	fprintf(stderr, "smb1passwd: %s has no account in %s; see \"smb1passwd list\"\n", t->name,
	    t->file);
	return false;
}

static bool
absent(const struct task *t)
{
	if (account_find(t->db, t->name) == NULL)
		return true;
	fprintf(stderr,
	    "smb1passwd: %s has an account already; \"smb1passwd passwd %s\" changes its password\n",
	    t->name, t->name);
	return false;
}

static int
set(struct task *t)
{
	const struct account *a;

	if (!account_set(t->db, t->name, t->password, t->lm)) {
		fprintf(stderr,
		    "smb1passwd: \"%s\" cannot be a name: it may not be empty, longer than 255 bytes, "
		    "begin with #, begin or end with a blank, or have : / \\ or control characters "
		    "in it\n",
		    t->name);
		return FAILED;
	}
	a = account_find(t->db, t->name);
	if (t->lm && a->has_lm)
		fprintf(stderr,
		    "smb1passwd: the LM hash is stored too; whoever gets hold of it has "
		    "the password within minutes\n");
	else if (t->lm)
		fprintf(stderr,
		    "smb1passwd: no LM hash is stored: the password is longer than 14 "
		    "characters\n");
	return DONE;
}

static int
del(struct task *t)
{
	return account_remove(t->db, t->name) ? DONE : FAILED;
}

static int
disable(struct task *t)
{
	return account_set_disabled(t->db, t->name, true) ? DONE : FAILED;
}

static int
enable(struct task *t)
{
	return account_set_disabled(t->db, t->name, false) ? DONE : FAILED;
}

static int
list(struct task *t)
{
	const struct account *a;
	size_t pos = 0;

	while ((a = account_next(t->db, &pos)) != NULL)
		printf("%s\tuid %u%s%s%s\n", a->name, a->uid, a->disabled ? ", disabled" : "",
		    a->no_password ? ", no password" : "", a->has_lm ? ", LM hash" : "");
	return DONE;
}

static int
check(struct task *t)
{
	const struct account *a = account_find(t->db, t->name);
	uint8_t hash[16];
	bool right;

	ntlm_nt_hash(t->password, hash);
	right = a->has_nt && crypto_equal(hash, a->nt_hash, sizeof(hash));
	printf("%s%s\n", right ? "right" : "wrong",
	    right && a->disabled ? ", but the account is disabled" : "");
	return right ? DONE : FAILED;
}

static const struct command commands[] = {
	{ "add", ASK_NEW, true, absent, set },
	{ "passwd", ASK_NEW, true, present, set },
	{ "del", ASK_NONE, true, present, del },
	{ "disable", ASK_NONE, true, present, disable },
	{ "enable", ASK_NONE, true, present, enable },
	{ "list", ASK_NONE, false, NULL, list },
	{ "check", ASK_OLD, false, present, check },
};

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* Loads, and sees that the command may be done. Only the first account may find no file. */
static bool
prepare(struct task *t, const struct command *c)
{
	char err[1024];

	account_db_free(&t->db);
	t->db = account_db_load(t->file, err, sizeof(err));
	if (t->db == NULL && errno == ENOENT && c->may == absent)
		t->db = account_db_new();
	if (t->db != NULL)
		return c->may == NULL || c->may(t);
	fprintf(stderr, "smb1passwd: %s%s\n", err,
	    errno == ENOENT ? "; \"smb1passwd add NAME\" makes it, -f names another" : "");
	return false;
}

/*
 * Asked before the lock is taken, so that nobody waits for somebody typing; hence the second look.
 */
static bool
ask_if_needed(struct task *t, const struct command *c)
{
	if (c->asks == ASK_NONE)
		return true;
	if (!prepare(t, c))
		return false;
	return c->asks == ASK_NEW ? get_new_password(t->name, t->password)
				  : get_password(t->name, false, t->password);
}

static int
change(struct task *t, const struct command *c)
{
	int result, lock = account_db_lock(t->file);

	if (lock < 0) {
		fprintf(stderr, "smb1passwd: the folder of %s cannot be locked: %s\n", t->file,
		    strerror(errno));
		return FAILED;
	}
	result = prepare(t, c) ? c->run(t) : FAILED;
	if (result == DONE && account_db_save(t->db, t->file) < 0) {
		fprintf(stderr, "smb1passwd: %s cannot be written: %s\n", t->file, strerror(errno));
		result = FAILED;
	}
	close(lock);
	return result;
}

static int
perform(struct task *t, const struct command *c)
{
	int result = FAILED;

	if (ask_if_needed(t, c)) {
		if (c->writes)
			result = change(t, c);
		else
			result = prepare(t, c) ? c->run(t) : FAILED;
	}
	crypto_wipe(t->password, sizeof(t->password));
	account_db_free(&t->db);
	return result;
}

static const char *
default_file(void)
{
	const struct conf_key *key = config_global_keys;

	while (strcmp(key->name, "passwd file") != 0)
		key++;
	return key->value;
}

static int
usage(FILE *out)
{
	fprintf(out,
	    "usage: smb1passwd [-f FILE] [--lm] add|passwd NAME\n"
	    "       smb1passwd [-f FILE] del|disable|enable|check NAME\n"
	    "       smb1passwd [-f FILE] list\n"
	    "The password is asked for, or read as a line from standard input when that is no "
	    "terminal.\n"
	    "  -f FILE  the password file (%s)\n"
	    "  --lm     store the weak LM hash too, for clients that have nothing else\n",
	    default_file());
	return out == stdout ? DONE : USAGE;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "lm", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct task task = { .file = default_file() };
	const struct command *command;
	const char *why;
	int option;

	log_init("smb1passwd");
	while ((option = getopt_long(argc, argv, "f:h", options, NULL)) != -1) {
		if (option == 'f')
			task.file = optarg;
		else if (option == 'l')
			task.lm = true;
		else
			return usage(option == 'h' ? stdout : stderr);
	}
	command = optind < argc ? find_command(argv[optind]) : NULL;
	if (command == NULL || argc - optind != (command->may != NULL ? 2 : 1))
		return usage(stderr);
	task.name = argv[optind + 1];
	why = logon_crypto_init();
	if (why != NULL) {
		fprintf(stderr, "smb1passwd: %s\n", why);
		return FAILED;
	}
	return perform(&task, command);
}
