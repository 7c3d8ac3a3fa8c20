/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A call of RAP: the parameters of its transaction. The first byte says whether it is an
 * administrator's (1); the next two how many bytes of data the client takes. What is answered must
 * fit.
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
#include "rap/rap.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/frame.h"

#define ADMIN  1
#define HEADER 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct loop *loop;
static struct server *server;
static char scratch[] = "/dev/shm/fuzz_rap.XXXXXX";

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
	server = server_new(loop, worker_new(loop, 0, 64), c, account_db_new());
	if (server == NULL)
		abort();
	return 0;
}

static struct writer
room_for(struct request *req, size_t n)
{
	struct writer w;

	wr_init(&w, n);
	w.oem = req->reply.oem;
	return w;
}

static void
ask(struct request *req, const uint8_t *data, size_t size)
{
	size_t max = (size_t)data[1] | (size_t)data[2] << 8;
	struct writer params = room_for(req, RAP_PARAMS_MAX), out = room_for(req, max);
	struct rap_transaction t = { .max_data = max, .out_params = &params, .out_data = &out };
	uint8_t *exact = malloc(size - HEADER);
	nt_status status;

	memcpy(exact, data + HEADER, size - HEADER);
	rd_init(&t.params, exact, size - HEADER);
	t.params.arena = &req->arena;
	t.params.oem = req->reply.oem;
	status = rap_answer(req, &t);
	if (status != STATUS_SUCCESS && status != STATUS_INVALID_PARAMETER)
		abort();
	if (params.full || out.full || (status == STATUS_SUCCESS && params.pos < 4))
		abort();
	free(exact);
	wr_clear(&params);
	wr_clear(&out);
}

/* A request of a session, as a client would have come to it. */
static void
talk(struct conn *c, const uint8_t *data, size_t size)
{
	const struct logon logon = {
		.user = (data[0] & ADMIN) != 0 ? "boss" : "somebody", .domain = "", .scheme = ""
	};
	struct session *session = session_begin(c);
	struct request *req = request_new(c, frame_new(0));
	struct tree *tree;

	session_complete(session, &logon, NULL);
	if (tree_connect(c, session, share_find(session->set, "IPC$"), &tree) != STATUS_SUCCESS)
		abort();
	request_bind(req, session, tree);
	ask(req, data, size);
	request_free(&req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0A000001) };
	int fds[2];

	if (size <= HEADER ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		return 0;
	talk(conn_new(server, fds[0], (struct sockaddr *)&addr, sizeof(addr), false), data, size);
	close(fds[1]);
	for (int i = 0; i < 100 && !(server_idle(server) && transports_gone(loop)); i++)
		loop_turn(loop, 0);
	if (!server_idle(server) || server->nfiles != 0)
		abort();
	return 0;
}
