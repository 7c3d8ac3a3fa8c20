/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/logon.h"

#include <errno.h>

#include "auth/throttle.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/conn.h"
#include "server/server.h"

struct turn {
	request_done_fn *judge;
	void *arg;
};

static nt_status
my_turn(struct request *req, void *arg, nt_status status)
{
	const struct turn *t = arg;

	return t->judge(req, t->arg, status == STATUS_IO_TIMEOUT ? STATUS_SUCCESS : status);
}

nt_status
logon_turn(struct request *req, const char *who, request_done_fn *judge, void *arg)
{
	struct conn *c = req->conn;
	struct request_timeout wait = {
		.ms = throttle_turn(c->server->throttle, &c->addr.sa, loop_now_ms()),
	};
	struct turn *t;

	if (wait.ms == 0)
		return judge(req, arg, STATUS_SUCCESS);
	if (wait.ms == THROTTLE_REFUSE) {
		log_info("%s: log-on of %s refused unseen: too many failed, and too many wait",
		    c->peer, log_clean(who));
		return judge(req, arg, STATUS_LOGON_FAILURE);
	}
	t = arena_alloc(&req->arena, sizeof *t);
	*t = (struct turn){ judge, arg };
	return request_wait_for(req, &wait, my_turn, t);
}

nt_status
logon_look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct logon_lookup *l = arg;

	(void)d;
	(void)a;
	l->user = cred_of_user(l->name);
	return l->user != NULL || errno == ENOENT ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
