/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_DOMAIN_H
#define SERVER_DOMAIN_H

struct sd;
struct session;

/*
 * Says in a client's descriptor what files say: accounts of the server's own domain, which clients
 * choose from a list, are the users of this system they stand for. So it is obeyed, and means the
 * same to other servers of the disk. Accounts there are not stay as they are.
 */
void domain_to_unix(const struct session *s, struct sd *sd);

#endif
