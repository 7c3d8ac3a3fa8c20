/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_SRVSVC_CALLS_H
#define RPC_SRVSVC_CALLS_H

#include "rpc/rpc.h"

/* The operations of srvsvc ([MS-SRVS] 3.1.4); srvsvc.c has them by number. */

/* srvsvc_share.c */
uint32_t srvsvc_share_enum(struct rpc_call *c);
uint32_t srvsvc_share_enum_sticky(struct rpc_call *c);
uint32_t srvsvc_share_get_info(struct rpc_call *c);
uint32_t srvsvc_share_check(struct rpc_call *c);

/* srvsvc_tables.c */
uint32_t srvsvc_connection_enum(struct rpc_call *c);
uint32_t srvsvc_file_enum(struct rpc_call *c);
uint32_t srvsvc_file_get_info(struct rpc_call *c);
uint32_t srvsvc_file_close(struct rpc_call *c);
uint32_t srvsvc_session_enum(struct rpc_call *c);
uint32_t srvsvc_session_del(struct rpc_call *c);

/* srvsvc_server.c */
uint32_t srvsvc_server_get_info(struct rpc_call *c);
uint32_t srvsvc_disk_enum(struct rpc_call *c);
uint32_t srvsvc_transport_enum(struct rpc_call *c);
uint32_t srvsvc_remote_tod(struct rpc_call *c);
uint32_t srvsvc_name_validate(struct rpc_call *c);
uint32_t srvsvc_char_dev_enum(struct rpc_call *c);
uint32_t srvsvc_char_dev_q_enum(struct rpc_call *c);

#endif
