/* SPDX-License-Identifier: BSD-2-Clause */
#include "inside.h"

#include <check.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "auth/ntlm.h"
#include "base/log.h"
#include "base/loop.h"
#include "config/file.h"
#include "disk/root.h"
#include "net/transport.h"
#include "rpc/rpc.h"
#include "server/server.h"
#include "server/share.h"
#include "smb/dispatch.h"

static void
drop_line(enum log_level level, const char *line)
{
	(void)level;
	(void)line;
}

static void
set(struct config *c, const char *share, const char *key, const char *value)
{
	ck_assert_msg(config_set(c, share, key, value, NULL), "%s = %s", key, value);
}

static struct config *
make_config(const struct inside *s, const char *const keys[][3])
{
	static const char *const shares[] = { "rw", "ro" };
	struct config *c = config_new();

	set(c, NULL, "map to guest", "bad user");
	set(c, NULL, "ntlm auth", "ntlmv1-permitted");
	for (size_t i = 0; i < 2; i++) {
		set(c, shares[i], "path", s->folder);
		set(c, shares[i], "guest ok", "yes");
	}
	set(c, "rw", "read only", "no");
	for (size_t i = 0; keys != NULL && keys[i][1] != NULL; i++)
		set(c, keys[i][0], keys[i][1], keys[i][2]);
	ck_assert(config_check(c, NULL, NULL));
	return c;
}

void
inside_start(struct inside *s, unsigned threads, const char *const keys[][3])
{
	struct account_db *accounts = account_db_new();

	memset(s, 0, sizeof *s);
	log_redirect(drop_line);
	ck_assert_ptr_null(logon_crypto_init());
	snprintf(s->folder, sizeof s->folder, "/tmp/inside.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->folder));
	account_set(accounts, "alice", "secret", false);
	account_set(accounts, "bob", "secret", false);
	pthread_mutex_init(&s->plugged, NULL);
	s->loop = loop_new();
	s->worker = worker_new(s->loop, threads, 4096);
	s->server = server_new(s->loop, s->worker, make_config(s, keys), accounts);
	ck_assert_ptr_nonnull(s->server);
	server_set_dispatch(s->server, &smb_conn_ops);
	server_set_pipes(s->server, rpc_pipes);
}

static void
remove_folder(const char *path)
{
	char inner[512];
	struct dirent *e;
	DIR *dir = opendir(path);

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
		if (unlink(inner) != 0)
			remove_folder(inner);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

void
inside_stop(struct inside *s)
{
	uint64_t end = loop_now_ms() + 20000;

	server_stop(s->server);
	while (!(server_idle(s->server) && transports_gone(s->loop)) && loop_now_ms() < end)
		loop_turn(s->loop, 5);
	ck_assert_msg(server_idle(s->server), "connections are left");
	ck_assert(transports_gone(s->loop));
	worker_free(s->worker);
	server_free(&s->server);
	loop_free(s->loop);
	remove_folder(s->folder);
}

void
inside_turn(struct inside *s)
{
	loop_turn(s->loop, 0);
}

void
inside_settle(struct inside *s, int ms)
{
	uint64_t end = loop_now_ms() + (uint64_t)ms;

	do
		loop_turn(s->loop, 1);
	while (loop_now_ms() < end);
}

void
inside_slow_disk(struct inside *s)
{
	for (size_t i = 0; i + 1 < s->server->shares->nshares; i++)
		atomic_store(
		    &disk_root_pace(s->server->shares->shares[i].root)->slow_until_ns, UINT64_MAX);
}

static nt_status
sit(struct job *job, bool nowait)
{
	struct inside *s = (struct inside *)(void *)((char *)job - offsetof(struct inside, plug));

	(void)nowait;
	pthread_mutex_lock(&s->plugged);
	pthread_mutex_unlock(&s->plugged);
	return STATUS_SUCCESS;
}

static nt_status
sit_again(struct job *job, bool nowait)
{
	return sit((struct job *)(void *)((char *)job - offsetof(struct inside, plug2) +
		       offsetof(struct inside, plug)),
	    nowait);
}

static void
sat(struct job *job)
{
	(void)job;
}

void
inside_block(struct inside *s)
{
	pthread_mutex_lock(&s->plugged);
	s->plug = (struct job){ .work = sit, .done = sat, .kind = WORK_SLOW };
	ck_assert_int_eq(worker_run(s->worker, &s->plug), WORKER_QUEUED);
}

void
inside_block_again(struct inside *s)
{
	pthread_mutex_unlock(&s->plugged);
	while (worker_count(s->worker).waiting > 0)
		usleep(1000);
	pthread_mutex_lock(&s->plugged);
	s->plug2 = (struct job){ .work = sit_again, .done = sat, .kind = WORK_SLOW };
	ck_assert_int_eq(worker_run(s->worker, &s->plug2), WORKER_QUEUED);
}

void
inside_unblock(struct inside *s)
{
	pthread_mutex_unlock(&s->plugged);
}

void
inside_put(const struct inside *s, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", s->folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* ---- clients ---- */

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void
client_connect(struct inside *s, struct client *c, uint8_t host)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x0A000000u + host) };
	int fds[2];

	memset(c, 0, offsetof(struct client, in));
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
	c->inside = s;
	c->fd = fds[1];
	c->pid = 1;
	c->got = 0;
	server_accept(s->server, fds[0], (struct sockaddr *)&addr, sizeof addr, false);
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void
client_send(struct client *c, uint8_t command, const void *body, size_t n)
{
	uint8_t m[4 + MESSAGE_HEADER + 2048] = { 0 };
	size_t len = MESSAGE_HEADER + n;

	ck_assert_uint_le(n, 2048);
	put16(m + 2, (unsigned)((len & 0xFF) << 8 | len >> 8));
	memcpy(m + 4, "\xffSMB", 4);
	m[8] = command;
	m[13] = 0x18;
	put16(m + 14, 0x4001);
	put16(m + 28, c->tid);
	put16(m + 30, (uint16_t)c->pid);
	put16(m + 32, c->uid);
	put16(m + 34, c->mid);
	memcpy(m + 4 + MESSAGE_HEADER, body, n);
	/* A server that does not read, or is gone, is what some tests are about. */
	(void)!send(c->fd, m, 4 + len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static size_t
first_length(const struct client *c)
{
	return c->got < 4 ? SIZE_MAX
			  : 4 + ((size_t)c->in[1] << 16 | (size_t)c->in[2] << 8 | c->in[3]);
}

size_t
client_reply(struct client *c, const uint8_t **reply)
{
	static uint8_t message[sizeof c->in];
	ssize_t n = recv(c->fd, c->in + c->got, sizeof c->in - c->got, MSG_DONTWAIT);
	size_t len;

	c->got += n > 0 ? (size_t)n : 0;
	len = first_length(c);
	if (len > c->got)
		return 0;
	memcpy(message, c->in + 4, len - 4);
	c->got -= len;
	memmove(c->in, c->in + len, c->got);
	*reply = message;
	return len - 4;
}

uint32_t
client_wait(struct client *c, const uint8_t **reply)
{
	uint64_t end = loop_now_ms() + 5000;

	while (client_reply(c, reply) == 0) {
		if (loop_now_ms() > end)
			return UINT32_MAX;
		loop_turn(c->inside->loop, 5);
	}
	return get32(*reply + 5);
}

static uint32_t
ask(struct client *c, uint8_t command, const void *body, size_t n, const uint8_t **reply)
{
	client_send(c, command, body, n);
	return client_wait(c, reply);
}

uint32_t
client_ask(struct client *c, uint8_t command, const void *body, size_t n)
{
	const uint8_t *reply;

	return ask(c, command, body, n, &reply);
}

void
client_negotiate(struct client *c)
{
	static const char body[] = "\0\x0c\0\2NT LM 0.12";
	const uint8_t *reply;

	ck_assert_uint_eq(ask(c, 0x72, body, sizeof body, &reply), 0);
	memcpy(c->challenge, reply + 69, sizeof c->challenge);
}

size_t
body_log_on(uint8_t *body, const struct client *c, const char *user, const char *password)
{
	size_t at = 1 + 26 + 2, n = password[0] != '\0' ? 24 : 0;
	uint8_t hash[16];

	memset(body, 0, 128 + strlen(user));
	body[0] = 13;
	body[1] = 0xFF;
	put16(body + 5, 0xFFFF);
	put16(body + 7, 2);
	put16(body + 9, 1);
	put16(body + 17, (unsigned)n);
	body[23] = 0xD0; /* NT commands and statuses, level II oplocks */
	if (n > 0) {
		ntlm_nt_hash(password, hash);
		ntlm_response(hash, c->challenge, body + at);
	}
	at += n;
	memcpy(body + at, user, strlen(user) + 1);
	at += strlen(user) + 1 + 3; /* domain, OS, LAN manager: empty */
	put16(body + 27, (unsigned)(at - 29));
	return at;
}

uint32_t
client_log_on(struct client *c, const char *user, const char *password)
{
	uint8_t body[256];
	const uint8_t *reply;
	uint32_t status = ask(c, 0x73, body, body_log_on(body, c, user, password), &reply);

	if (status == 0)
		c->uid = (uint16_t)(reply[28] | reply[29] << 8);
	return status;
}

uint32_t
client_tree(struct client *c, const char *share)
{
	uint8_t body[128] = { 4, 0xFF, 0, 0, 0, 0, 0, 1, 0 };
	size_t n = strlen(share) + 1;
	const uint8_t *reply;
	uint32_t status;

	memcpy(body + 12, share, n);
	memcpy(body + 12 + n, "?????", 6);
	put16(body + 9, (unsigned)(1 + n + 6));
	status = ask(c, 0x75, body, 12 + n + 6, &reply);
	if (status == 0)
		c->tid = (uint16_t)(reply[24] | reply[25] << 8);
	return status;
}

size_t
body_create(uint8_t *out, const char *name, uint32_t disposition, uint32_t options)
{
	size_t n = strlen(name) + 1;

	memset(out, 0, 51);
	out[0] = 24;
	out[1] = 0xFF;
	put16(out + 6, (unsigned)n);
	put16(out + 16, 0x019F); /* DesiredAccess: read, write, delete */
	put16(out + 18, 0x0013);
	out[28] = 0x80;
	out[32] = 7;
	out[36] = (uint8_t)disposition;
	put16(out + 40, options);
	out[44] = 2;
	put16(out + 49, (unsigned)n);
	memcpy(out + 51, name, n);
	return 51 + n;
}

size_t
body_words(uint8_t *out, unsigned nwords, const uint16_t *words)
{
	out[0] = (uint8_t)nwords;
	for (unsigned i = 0; i < nwords; i++)
		put16(out + 1 + 2 * i, words[i]);
	put16(out + 1 + 2 * nwords, 0);
	return 3 + 2 * nwords;
}

size_t
body_named(uint8_t *out, const char *name, unsigned nwords, const uint16_t *words)
{
	size_t at = body_words(out, nwords, words), n = strlen(name) + 1;

	put16(out + at - 2, (unsigned)(1 + n));
	out[at] = 4;
	memcpy(out + at + 1, name, n);
	return at + 1 + n;
}
