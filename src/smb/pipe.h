/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_PIPE_H
#define SMB_PIPE_H

#include "server/request.h"

struct create;
struct disk_stat;
struct io;

/* What the commands on named pipes have in common. */

/* ResourceType and NMPipeStatus of the replies to opens ([MS-CIFS] 2.2.1.3). */
#define RESOURCE_MESSAGE_PIPE 2
#define PIPE_STATUS_OPENED    0x05FFu

/* As smb_create, of a name on IPC$. OBJECT_NAME_NOT_FOUND for all that is not in the table. */
nt_status smb_pipe_open(struct request *req, struct create *c, const char *name,
    nt_status (*then)(struct request *req, void *arg));

/* A pipe as commands for files see it. */
void smb_pipe_stat(struct disk_stat *st);

/*
 * As io_for_read and io_read: of the pipe's next message, which is waited for. BUFFER_OVERFLOW when
 * it is longer, PIPE_EMPTY when nobody waits. Once it has begun to read, then is called with
 * whatever came of it.
 */
nt_status smb_pipe_read(struct request *req, struct io *io);

/* As io_for_write and io_write. */
nt_status smb_pipe_write(struct request *req, struct io *io);

/*
 * Writes io's bytes and reads the answer to io->to. PIPE_BUSY when something else is or will be
 * read.
 */
nt_status smb_pipe_transact(struct request *req, struct io *io, size_t room);

#endif
