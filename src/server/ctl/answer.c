/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "server/conn.h"
#include "server/ctl/dump.h"
#include "server/handle.h"
#include "server/server.h"

/* One command: it tells (dump), or does something and says why not (act; NULL when done). */
struct ctl_command {
	const char *name;
	json_t *(*dump)(const struct ctl_subject *s);
	const char *(*act)(const struct ctl_subject *s, const char *arg);
};

static struct conn *
find_conn(const struct server *s, unsigned id)
{
	struct conn *c;

	TAILQ_FOREACH (c, &s->conns, link) {
		if (c->id == id && !c->closing)
			return c;
	}
	return NULL;
}

/* arg: the id of a client. */
static const char *
kick(const struct ctl_subject *s, const char *arg)
{
	struct conn *c = NULL;
	unsigned id;
	char more;

	if (sscanf(arg, "%u%c", &id, &more) == 1)
		c = find_conn(s->server, id);
	if (c == NULL)
		return "no client has this id";
	conn_close(c, "told so by smb1ctl");
	return NULL;
}

/* arg: the id of an open file, client/FID. */
static const char *
close_file(const struct ctl_subject *s, const char *arg)
{
	struct handle *h = NULL;
	struct conn *c;
	unsigned id, fid;
	char more;

	if (sscanf(arg, "%u/%u%c", &id, &fid, &more) == 2 && fid <= UINT16_MAX) {
		c = find_conn(s->server, id);
		h = c != NULL ? handle_get(c, (uint16_t)fid) : NULL;
	}
	if (h == NULL)
		return "no open file has this id";
	log_info("%s: %s: closed: told so by smb1ctl", h->conn->peer, log_clean(handle_name(h)));
	(void)handle_close(h);
	return NULL;
}

static const char *
reload(const struct ctl_subject *s, const char *arg)
{
	(void)arg;
	if (s->reload == NULL)
		return "this server cannot reload";
	return s->reload(s->arg) ? NULL
				 : "not reloaded: the configuration from before stays in force, "
				   "the daemon's log says why";
}

static const struct ctl_command commands[] = {
	{ .name = "status", .dump = dump_status },
	{ .name = "clients", .dump = dump_clients },
	{ .name = "sessions", .dump = dump_sessions },
	{ .name = "shares", .dump = dump_shares },
	{ .name = "files", .dump = dump_files },
	{ .name = "locks", .dump = dump_locks },
	{ .name = "stats", .dump = dump_stats },
	{ .name = "kick", .act = kick },
	{ .name = "close", .act = close_file },
	{ .name = "reload", .act = reload },
};

static const struct ctl_command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static json_t *
error_document(const char *why)
{
	return json_pack("{s:s}", "error", why);
}

static json_t *
act(const struct ctl_subject *s, const struct ctl_command *command, const char *arg)
{
	const char *why = command->act(s, arg);

	return why != NULL ? error_document(why) : json_pack("{s:b}", "done", 1);
}

char *
ctl_answer(const struct ctl_subject *s, const char *line)
{
	char name[16] = "", arg[32] = "", more;
	const struct ctl_command *command = NULL;
	json_t *document;
	char *text;
	int n = sscanf(line, "%15s %31s %c", name, arg, &more);

	if (n >= 1 && n <= 2)
		command = find_command(name);
	if (command == NULL)
		document = error_document("unknown command");
	else if (command->dump != NULL)
		document = command->dump(s);
	else
		document = act(s, command, arg);
	text = json_dumps(document, JSON_COMPACT);
	json_decref(document);
	return text != NULL ? text : xstrdup("{\"error\":\"out of memory\"}");
}
