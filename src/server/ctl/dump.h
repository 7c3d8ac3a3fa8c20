/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_CTL_DUMP_H
#define SERVER_CTL_DUMP_H

#include <jansson.h>

#include "server/ctl/ctl.h"

/*
 * What a server knows, as the documents of the control socket; each is the caller's to json_decref.
 * A list ends after some thousand rows; "left_off" says how many more there are.
 */
json_t *dump_status(const struct ctl_subject *s);
json_t *dump_clients(const struct ctl_subject *s);
json_t *dump_sessions(const struct ctl_subject *s);
json_t *dump_shares(const struct ctl_subject *s);
json_t *dump_files(const struct ctl_subject *s);
json_t *dump_locks(const struct ctl_subject *s); /* and who waits, for locks and all else */
json_t *dump_stats(const struct ctl_subject *s);

/* Opens what dump_status reads and a fenced-in process cannot open; again: nothing. */
void dump_prepare(void);

#endif
