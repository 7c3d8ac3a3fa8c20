/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/messenger.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "config/schema.h"
#include "server/conn.h"
#include "server/share.h"

/* Of one message, as other servers take it. */
#define TEXT_MAX 1600

struct message_blocks {
	char *from, *to;
	size_t n;
	char text[TEXT_MAX + 1];
};

static void
send_to(const char *path, const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to) < 0)
		log_debug("message socket: %s: nobody takes a message", path);
	close(fd);
}

void
messenger_deliver(const struct conn *c, const struct message *m)
{
	const char *path = c->set->config->message_socket;
	json_t *object;
	char *text;

	log_info("%s: message from %s to %s: %s", c->peer, log_clean(m->from), log_clean(m->to),
	    log_clean(m->text));
	if (path[0] == '\0')
		return;
	object = json_pack("{s:s, s:s, s:s, s:s}", "address", c->peer, "from", m->from, "to", m->to,
	    "text", m->text);
	text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
	if (text != NULL)
		send_to(path, text);
	free(text);
	json_decref(object);
}

void
messenger_forget(struct conn *c)
{
	if (c->message == NULL)
		return;
	free(c->message->from);
	free(c->message->to);
	free(c->message);
	c->message = NULL;
}

nt_status
messenger_begin(struct conn *c, const struct message *m)
{
	if (c->message != NULL)
		return STATUS_INSUFF_SERVER_RESOURCES;
	c->message = xcalloc(1, sizeof *c->message);
	c->message->from = xstrdup(m->from);
	c->message->to = xstrdup(m->to);
	return STATUS_SUCCESS;
}

nt_status
messenger_add(struct conn *c, const char *text)
{
	struct message_blocks *b = c->message;
	size_t n = strlen(text);

	if (b == NULL)
		return STATUS_INVALID_PARAMETER;
	if (n > TEXT_MAX - b->n) {
		messenger_forget(c);
		return STATUS_INSUFF_SERVER_RESOURCES;
	}
	memcpy(b->text + b->n, text, n + 1);
	b->n += n;
	return STATUS_SUCCESS;
}

nt_status
messenger_end(struct conn *c)
{
	const struct message_blocks *b = c->message;

	if (b == NULL)
		return STATUS_INVALID_PARAMETER;
	messenger_deliver(c, &(struct message){ b->from, b->to, b->text });
	messenger_forget(c);
	return STATUS_SUCCESS;
}
