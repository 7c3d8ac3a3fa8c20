/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "server/pipe.h"
#include "wire/sid.h"

struct account_db;
struct config;
struct conn;
struct cred;
struct event;
struct file_table;
struct frame;
struct loop;
struct notify_table;
struct oem;
struct request;
struct share_set;
struct throttle;
struct worker;

/* Floor 7, handed down by the program. */
struct conn_ops {
	void (*frame)(struct conn *c, struct frame *f); /* a message; f is the callee's */
};

TAILQ_HEAD(conn_list, conn);

/* What a command has cost so far, for the control socket; in chains each element counts. */
struct command_stats {
	const char *name; /* NULL: never asked for */
	uint64_t requests, errors;
	uint64_t us, longest_us; /* from the message to the answer, with all waiting */
};
#define COMMANDS 256

/* The one server of the process: what all connections share. */
struct server {
	struct loop *loop;
	struct worker *worker;
	const struct conn_ops *ops;
	const struct pipe_service *pipes; /* ends with a row without a name; NULL: none */
	unsigned pipe_instances[PIPES_MAX];
	struct sid domain;        /* of the accounts, S-1-5-21-..., the same after each start */
	struct share_set *shares; /* the current configuration and what it opened, counted */
	struct file_table *files;
	struct notify_table *notify;
	struct throttle *throttle;
	struct oem *oem;
	struct conn_list conns;
	uint32_t nconns;
	uint32_t nfiles, max_files; /* FIDs and searches, each a descriptor; what is left is for new
				       connections */
	uint32_t next_conn_id;
	uint64_t handles_made;
	struct event *tick;
	bool stopping;
	struct command_stats stats[COMMANDS]; /* by command code */
};

/* Takes config and accounts over. NULL when a share's directory cannot be opened (logged). */
struct server *server_new(
    struct loop *loop, struct worker *worker, struct config *config, struct account_db *accounts);

/* May another FID or search be had? */
bool server_has_room(const struct server *s);
void server_set_dispatch(struct server *s, const struct conn_ops *ops);

/* At most PIPES_MAX rows, then one without a name. */
void server_set_pipes(struct server *s, const struct pipe_service *pipes);

/* A listener_accept. */
void server_accept(void *server, int fd, const struct sockaddr *addr, socklen_t len, bool netbios);

/*
 * Takes both over when it succeeds; false (and they stay the caller's) when a share cannot be
 * opened: the old ones stay in force.
 */
bool server_reload(struct server *s, struct config *config, struct account_db *accounts);

/* Requests under way are answered, then connections close. */
void server_stop(struct server *s);
bool server_idle(const struct server *s);
void server_free(struct server **s);

#endif
