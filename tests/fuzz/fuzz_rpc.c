/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a client writes to a named pipe. The first byte says which pipe (two bits: the rows of
 * rpc_pipes), whether it is an administrator's (4), and how many bytes are written at a time (the
 * upper five bits; 0: all). What is answered must be PDUs, whole and no larger than any client
 * takes.
 */

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/worker.h"
#include "config/file.h"
#include "net/transport.h"
#include "rpc/rpc.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/frame.h"

#define PIPES    4
#define ADMIN    4
#define LARGEST  5840
#define OF_BYTES 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct loop *loop;
static struct server *server;
static char scratch[] = "/dev/shm/fuzz_rpc.XXXXXX";

static void
complain(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	abort();
}

static void
drop_line(enum log_level level, const char *line)
{
	(void)level;
	(void)line;
}

static void
remove_scratch(void)
{
	rmdir(scratch);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct config_hearer hearer = { .complain = complain };
	struct config *c = config_new();
	struct account_db *accounts = account_db_new();

	(void)argc;
	(void)argv;
	log_redirect(drop_line);
	if (mkdtemp(scratch) == NULL || logon_crypto_init() != NULL)
		abort();
	atexit(remove_scratch);
	if (!config_set(c, NULL, "admin users", "boss", &hearer) ||
	    !config_set(c, "open", "path", scratch, &hearer) ||
	    !config_set(c, "open", "comment", "what is in it", &hearer) ||
	    !config_set(c, "hidden", "path", scratch, &hearer) ||
	    !config_set(c, "hidden", "browseable", "no", &hearer) ||
	    !config_check(c, complain, NULL))
		abort();
	loop = loop_new();
	if (!account_set(accounts, "boss", "secret", false) ||
	    !account_set(accounts, "somebody", "secret", false))
		abort();
	server = server_new(loop, worker_new(loop, 0, 64), c, accounts);
	if (server == NULL)
		abort();
	server->domain = (struct sid){ 4, SID_AUTHORITY_NT, { 21, 1, 2, 3 } };
	server_set_pipes(server, rpc_pipes);
	return 0;
}

static void
check_answers(struct pipe *p)
{
	static uint8_t pdu[LARGEST];
	size_t n;

	while (pipe_read(p, pdu, sizeof(pdu), &n) == STATUS_SUCCESS) {
		if (n < 16 || (pdu[8] | pdu[9] << 8) != (int)n || pdu[0] != 5)
			abort();
	}
	if (pipe_messages(p) != 0)
		abort(); /* one was too large */
}

static void
write_bytes(struct request *req, struct pipe *p, uint8_t how, const uint8_t *data, size_t size)
{
	size_t at, n, step = how >> OF_BYTES != 0 ? how >> OF_BYTES : size;
	struct pipe_input *in;
	uint8_t *exact;

	for (at = 0; at < size; at += n) {
		n = size - at < step ? size - at : step;
		exact = malloc(n);
		memcpy(exact, data + at, n);
		in = arena_alloc(&req->arena, sizeof(*in));
		*in = (struct pipe_input){ .pipe = p, .req = req, .bytes = exact, .n = n };
		(void)pipe_write(in);
		/* Much work is done piece by piece. */
		while (p->busy)
			loop_turn(loop, 0);
		free(exact);
		check_answers(p);
	}
}

/* Nobody waits for the SMB answer. */
static void
finish(struct request *req, nt_status status)
{
	(void)req;
	(void)status;
}

/* A request of a session with a pipe open, as a client would have come to it. */
static void
talk(struct conn *c, const uint8_t *data, size_t size)
{
	const struct logon logon = {
		.user = (data[0] & ADMIN) != 0 ? "boss" : "somebody", .domain = "", .scheme = ""
	};
	struct session *session = session_begin(c);
	struct request *req = request_new(c, frame_new(0));
	struct handle *h;
	struct tree *tree;

	session_complete(session, &logon, NULL);
	if (tree_connect(c, session, share_find(session->set, "IPC$"), &tree) != STATUS_SUCCESS)
		abort();
	request_bind(req, session, tree);
	req->finish = finish;
	h = handle_new_pipe(req, pipe_open(c, &rpc_pipes[data[0] % PIPES]));
	request_handle_new(req, h);
	write_bytes(req, h->pipe, data[0], data + 1, size - 1);
	request_free(&req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0A000001) };
	int fds[2];

	if (size == 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		return 0;
	talk(conn_new(server, fds[0], (struct sockaddr *)&addr, sizeof(addr), false), data, size);
	close(fds[1]);
	for (int i = 0; i < 100 && !(server_idle(server) && transports_gone(loop)); i++)
		loop_turn(loop, 0);
	if (!server_idle(server) || server->nfiles != 0 || server->pipe_instances[0] != 0)
		abort();
	return 0;
}
