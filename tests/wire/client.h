/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_CLIENT_H
#define TESTS_WIRE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "wire/header.h"
#include "wire/reader.h"
#include "wire/writer.h"

/*
 * A raw SMB1 client for tests. It sends what it is told, right or wrong; unless a function says
 * otherwise it fails the running test when the connection breaks.
 */
struct client {
	int fd;
	bool netbios;
	uint8_t flags;
	uint16_t flags2, tid, uid, mid;
	uint32_t pid;
	uint16_t buffer; /* MaxBufferSize to log on with */
	uint32_t offers; /* Capabilities to log on with */

	/* as the NEGOTIATE reply said */
	uint16_t dialect, max_mux;
	uint32_t max_buffer, capabilities;
	uint8_t challenge[8];

	struct writer out; /* the request being built */
	size_t element;    /* where its last element begins */
	uint8_t *in;       /* the last reply */
	struct arena arena;
	size_t before_len; /* of the last message client_sync passed over */
	FILE *capture;     /* all bytes, as text2pcap reads them; or NULL */
};

struct reply {
	bool closed; /* the server closed the connection instead */
	struct smb_header h;
	uint8_t word_count;
	struct reader words, bytes;
	const uint8_t *msg;
	size_t len;
};

/* Defined by the program: fails the running test, or ends the program. */
_Noreturn void client_failed(const char *what);

/* Most a message can be here. */
#define CLIENT_MESSAGE_MAX 0x140000

struct client *client_connect(uint16_t port);
void client_close(struct client **c);

/* Sends a NetBIOS session request for a called name; the type of the answer, with its error byte in
 * *error. */
uint8_t client_netbios(struct client *c, const char *called, uint8_t *error);

/* Builds a request in c->out: write words, wr_block_bytes, bytes. */
struct writer *client_begin(struct client *c, uint8_t command);

/* A second or later element of a chain, after client_begin's words and bytes; each begins with its
 * own AndX block. */
void client_andx(struct client *c, uint8_t command);

/* The words of an AndX block without a follower. */
void client_no_andx(struct writer *w);

/* Ends the request and sends it. */
void client_send(struct client *c);

/* Ends the request without sending it: the message, until the next client_begin. */
const uint8_t *client_message(struct client *c, size_t *len);

/* Sends a message made elsewhere, or just bytes. False when the server has closed. */
bool client_send_message(struct client *c, const void *msg, size_t len);
bool client_send_bytes(struct client *c, const void *bytes, size_t len);

/* The next message; r->closed when the server closed the connection. Valid until the next one. */
void client_receive(struct client *c, struct reply *r);

/* The next message as bytes, of the answer to READ_RAW. Valid until the next one. */
const uint8_t *client_receive_raw(struct client *c, size_t *len);

/* client_send and client_receive; the status. */
nt_status client_call(struct client *c, struct reply *r);

/* What client_sync calls the status of a message without a byte: READ_RAW's only error. */
#define CLIENT_EMPTY ((nt_status)0xEFFFFFFF)

/*
 * Sends an ECHO and reads all that comes before its answer: how many messages in *before, the
 * status of the last of them in *last. False when the server closed the connection. An ECHO that
 * was taken for the data of a WRITE_RAW is sent again.
 */
bool client_sync(struct client *c, unsigned *before, nt_status *last);

/* The usual beginning; each fails the test unless it succeeds. */
void client_negotiate(struct client *c);
void client_guest(struct client *c);
void client_tree(struct client *c, const char *share);

/* What client_guest and client_tree are made of; status and reply as they come. */
nt_status client_try_negotiate(struct client *c, const char *const *dialects, struct reply *r);
nt_status client_try_logon(
    struct client *c, const char *user, const char *password, struct reply *r);
nt_status client_try_tree(
    struct client *c, const char *share, const char *service, struct reply *r);

/* Connects, negotiates, logs on as guest and connects to a share. */
struct client *client_on(uint16_t port, const char *share);

/* Opens with NT_CREATE_ANDX; the FID. */
nt_status client_try_open(
    struct client *c, const char *path, uint32_t access, uint32_t disposition, uint16_t *fid);
uint16_t client_open(struct client *c, const char *path);

/*
 * A TRANSACTION2 request: begin it, write the parameters, call client_trans2_data, write the data.
 * The call gives the reply's parameters and data.
 */
struct trans2 {
	bool nt;
	size_t parameters, data; /* where they begin */
	struct reply reply;
	struct reader got_parameters, got_data;
};
struct writer *client_trans2_begin(struct client *c, struct trans2 *t, uint16_t subcommand);
void client_trans2_data(struct client *c, struct trans2 *t);
void client_trans2_end(
    struct client *c, struct trans2 *t); /* the counts; done by client_trans2_call */
nt_status client_trans2_call(struct client *c, struct trans2 *t);
void client_trans2_read(struct trans2 *t); /* the parts of t->reply, received by the caller */

/* The same for TRANSACTION, with a name and two Setup words. */
struct writer *client_trans_begin(
    struct client *c, struct trans2 *t, const char *name, const uint16_t setup[2]);

/* The same for NT_TRANSACT, begun with n Setup words; the other three take it from there. */
struct writer *client_nt_begin(
    struct client *c, struct trans2 *t, uint16_t function, const uint16_t *setup, uint8_t n);

#endif
