/* SPDX-License-Identifier: BSD-2-Clause */

/* smb1ctl: asks a running smb1d what it is doing, and tells it what to do. */

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"

#define DEFAULT_SOCKET "/run/smb1d/control"
#define PATIENCE_S     30
#define REPLY_MAX      (64u << 20)
#define COLUMNS_MAX    16

enum { DONE = 0, FAILED = 1, USAGE = 2 };

struct column {
	const char *title, *key; /* ended by one without a title */
};

struct table {
	const char *key; /* of the array in the document */
	const struct column *columns;
};

static const struct column client_columns[] = { { "ID", "id" }, { "ADDRESS", "address" },
	{ "SYSTEM", "system" }, { "SESSIONS", "sessions" }, { "TREES", "trees" },
	{ "FILES", "files" }, { "REQUESTS", "outstanding" }, { "SIGNED", "signing" },
	{ "NETBIOS", "netbios" }, { "CONNECTED", "connected_s" }, { "IDLE", "idle_s" }, { 0 } };
static const struct column session_columns[] = { { "CLIENT", "client" }, { "UID", "uid" },
	{ "ADDRESS", "address" }, { "USER", "user" }, { "DOMAIN", "domain" },
	{ "SCHEME", "scheme" }, { "GUEST", "guest" }, { 0 } };
static const struct column share_columns[] = { { "SHARE", "name" }, { "PATH", "path" },
	{ "READONLY", "read_only" }, { "GUESTS", "guest_ok" }, { "CONNECTIONS", "connections" },
	{ 0 } };
static const struct column file_columns[] = { { "ID", "id" }, { "USER", "user" },
	{ "ADDRESS", "address" }, { "ACCESS", "access" }, { "SHARES", "shares" },
	{ "MODE", "mode" }, { "OPLOCK", "oplock" }, { "BREAKING", "breaking" },
	{ "LOCKS", "locks" }, { "DELETE", "delete_pending" }, { "SHARE", "share" },
	{ "PATH", "path" }, { 0 } };
static const struct column lock_columns[] = { { "FILE", "id" }, { "USER", "user" },
	{ "ADDRESS", "address" }, { "PID", "pid" }, { "KIND", "kind" }, { "OFFSET", "offset" },
	{ "LENGTH", "length" }, { "SHARE", "share" }, { "PATH", "path" }, { 0 } };
static const struct column waiter_columns[] = { { "WAITING", "client" }, { "ADDRESS", "address" },
	{ "MID", "mid" }, { "COMMAND", "command" }, { "FOR", "for" }, { "PATH", "path" }, { 0 } };
static const struct column stat_columns[] = { { "COMMAND", "command" }, { "REQUESTS", "requests" },
	{ "ERRORS", "errors" }, { "US", "total_us" }, { "LONGEST", "longest_us" }, { 0 } };

/* What the daemon is sent is the name; no table: the document is printed as it stands. */
struct command {
	const char *name, *argument; /* argument NULL: takes none */
	struct table tables[2];
	const char *help;
};

static const struct command commands[] = {
	{ "status", NULL, { { 0 } }, "how much there is of everything" },
	{ "sessions", NULL, { { "sessions", session_columns } }, "who is logged on" },
	{ "files", NULL, { { "files", file_columns } }, "what is open, and how" },
	{ "locks", NULL, { { "locks", lock_columns }, { "waiters", waiter_columns } },
	    "byte ranges that are locked, and requests that wait" },
	{ "shares", NULL, { { "shares", share_columns } }, "what is served" },
	{ "clients", NULL, { { "clients", client_columns } }, "who is connected" },
	{ "kick", "CLIENT", { { 0 } }, "close a client's connection" },
	{ "close", "FILE", { { 0 } }, "close an open file" },
	{ "reload", NULL, { { 0 } }, "read the configuration and the accounts again" },
	{ "stats", NULL, { { "stats", stat_columns } }, "what each command has cost" },
};

#define NCOMMANDS (sizeof commands / sizeof commands[0])

static void
print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: smb1ctl [-s SOCKET] [--json] COMMAND\n\n");
	for (i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  %-8s %-7s %s\n", commands[i].name,
		    commands[i].argument != NULL ? commands[i].argument : "", commands[i].help);
	fprintf(to,
	    "\n  -s, --socket SOCKET  where the daemon answers, instead of %s\n"
	    "      --json           print the answer as it came\n",
	    DEFAULT_SOCKET);
}

/* Asking */

static int
connect_to(const char *path)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof to.sun_path)
		errno = ENAMETOOLONG;
	else if (fd >= 0) {
		memcpy(to.sun_path, path, strlen(path));
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
			return fd;
	}
	fprintf(stderr, "smb1ctl: %s: %s%s\n", path, strerror(errno),
	    errno == ENOENT || errno == ECONNREFUSED
		? ": does smb1d run, with this \"control socket\"?"
		: "");
	if (fd >= 0)
		close(fd);
	return -1;
}

/* To the end of the connection. NULL with errno. */
static char *
receive_all(int fd)
{
	size_t used = 0, size = 65536;
	char *text = malloc(size);
	ssize_t n;

	while (text != NULL && (n = read(fd, text + used, size - used - 1)) > 0) {
		used += (size_t)n;
		if (used < size - 1)
			continue;
		size *= 2;
		text = size <= REPLY_MAX ? realloc(text, size) : NULL;
	}
	/* Who is not heard is hung up on, with his line unread. */
	if (text == NULL || (n < 0 && errno != ECONNRESET)) {
		free(text);
		return NULL;
	}
	text[used] = '\0';
	return text;
}

static char *
ask(const char *path, const char *line)
{
	int fd = connect_to(path);
	char *text;

	if (fd < 0)
		return NULL;
	/* Who is not heard may be hung up on before; then nothing comes. */
	(void)send(fd, line, strlen(line), MSG_NOSIGNAL);
	text = receive_all(fd);
	if (text == NULL)
		fprintf(stderr, "smb1ctl: %s: %s\n", path, strerror(errno));
	close(fd);
	return text;
}

/* Telling */

/* A name may hold what a terminal would obey. */
static void
print_clean(const char *s)
{
	for (; *s != '\0'; s++)
		putchar((unsigned char)*s < ' ' || *s == 0x7F ? '?' : *s);
}

static size_t
width_of(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

/* buf holds a number. */
static const char *
cell(const json_t *value, char buf[24])
{
	if (json_is_string(value))
		return json_string_value(value)[0] != '\0' ? json_string_value(value) : "-";
	if (json_is_integer(value)) {
		snprintf(buf, 24, "%lld", (long long)json_integer_value(value));
		return buf;
	}
	return json_is_true(value) ? "yes" : "-";
}

static void
widen(size_t *widths, const struct column *columns, const json_t *row)
{
	char buf[24];
	size_t i, n;

	for (i = 0; columns[i].title != NULL; i++) {
		n = width_of(cell(json_object_get(row, columns[i].key), buf));
		if (n > widths[i])
			widths[i] = n;
	}
}

/* row NULL: the titles. */
static void
print_row(const size_t *widths, const struct column *columns, const json_t *row)
{
	const char *s;
	char buf[24];
	size_t i, n;

	for (i = 0; columns[i].title != NULL; i++) {
		s = row == NULL ? columns[i].title
				: cell(json_object_get(row, columns[i].key), buf);
		print_clean(s);
		if (columns[i + 1].title == NULL)
			break;
		for (n = width_of(s); n < widths[i] + 2; n++)
			putchar(' ');
	}
	putchar('\n');
}

static void
print_table(const struct table *t, const json_t *document)
{
	const json_t *rows = json_object_get(document, t->key);
	size_t widths[COLUMNS_MAX] = { 0 }, i;

	for (i = 0; t->columns[i].title != NULL; i++)
		widths[i] = strlen(t->columns[i].title);
	for (i = 0; i < json_array_size(rows); i++)
		widen(widths, t->columns, json_array_get(rows, i));
	print_row(widths, t->columns, NULL);
	for (i = 0; i < json_array_size(rows); i++)
		print_row(widths, t->columns, json_array_get(rows, i));
}

/* "counts.nodes  3", a line each. */
static void
print_values(const char *prefix, json_t *document)
{
	const char *key;
	char buf[24], name[64];
	json_t *value;

	json_object_foreach(document, key, value)
	{
		snprintf(name, sizeof name, "%s%s", prefix, key);
		if (json_is_object(value)) {
			snprintf(name, sizeof name, "%s.", key);
			print_values(name, value);
			continue;
		}
		printf("%-20s ", name);
		print_clean(cell(value, buf));
		putchar('\n');
	}
}

static void
print_document(const struct command *c, json_t *document)
{
	json_int_t left_off = json_integer_value(json_object_get(document, "left_off"));
	size_t i;

	if (c->tables[0].key == NULL) {
		if (!json_is_true(json_object_get(document, "done")))
			print_values("", document);
		return;
	}
	for (i = 0; i < 2 && c->tables[i].key != NULL; i++) {
		if (i > 0)
			putchar('\n');
		print_table(&c->tables[i], document);
	}
	if (left_off > 0)
		printf("... and %lld more\n", (long long)left_off);
}

static int
tell(const struct command *c, const char *text, bool as_json)
{
	json_t *document = json_loads(text, 0, NULL);
	const char *why = json_string_value(json_object_get(document, "error"));

	if (document == NULL)
		fprintf(stderr,
		    "smb1ctl: the daemon hung up: only root and its own user may ask, a "
		    "few at a time\n");
	else if (as_json)
		fputs(text, stdout);
	else if (why != NULL)
		fprintf(stderr, "smb1ctl: %s\n", why);
	else
		print_document(c, document);
	json_decref(document);
	return document == NULL || why != NULL ? FAILED : DONE;
}

/* Options */

static const struct option long_options[] = { { "socket", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' }, { 0 } };

static const struct command *
find_command(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 0 && i < NCOMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name) == 0 &&
		    argc == (commands[i].argument != NULL ? 2 : 1))
			return &commands[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	const char *path = DEFAULT_SOCKET;
	const struct command *c;
	bool as_json = false;
	char line[64], *text;
	int option, result;

	while ((option = getopt_long(argc, argv, "s:h", long_options, NULL)) != -1) {
		if (option == 's')
			path = optarg;
		else if (option == 'j')
			as_json = true;
		else if (option == 'V')
			return puts(PACKAGE_STRING) < 0;
		else {
			print_help(option == 'h' ? stdout : stderr);
			return option == 'h' ? DONE : USAGE;
		}
	}
	c = find_command(argc - optind, argv + optind);
	if (c == NULL ||
	    (size_t)snprintf(line, sizeof line, "%s %s\n", c->name,
		c->argument != NULL ? argv[optind + 1] : "") >= sizeof line) {
		print_help(stderr);
		return USAGE;
	}
	text = ask(path, line);
	result = text != NULL ? tell(c, text, as_json) : FAILED;
	free(text);
	return result;
}
