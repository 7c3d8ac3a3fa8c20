/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_SAMR_H
#define RPC_SAMR_H

#include "rpc/rpc.h"

/* The operations of samr ([MS-SAMR] 3.1.5) by file; samr.c has them by number. */

/* The value of a domain's handle. */
enum { SAM_ACCOUNTS, SAM_BUILTIN };

/* samr_lists.c */
uint32_t samr_enum_users(struct rpc_call *c);
uint32_t samr_enum_groups(struct rpc_call *c);
uint32_t samr_enum_aliases(struct rpc_call *c);
uint32_t samr_query_display_info(struct rpc_call *c);
uint32_t samr_lookup_names(struct rpc_call *c);
uint32_t samr_lookup_rids(struct rpc_call *c);

/* samr_user.c */
uint32_t samr_open_user(struct rpc_call *c);
uint32_t samr_query_user_info(struct rpc_call *c);
uint32_t samr_groups_for_user(struct rpc_call *c);
uint32_t samr_alias_membership(struct rpc_call *c);
uint32_t samr_password_info_of_user(struct rpc_call *c);
uint32_t samr_password_info_of_domain(struct rpc_call *c);
uint32_t samr_change_password(struct rpc_call *c);

struct account;
struct account_db;
const struct account_db *samr_accounts(const struct rpc_call *c);

/* UserAccountControl ([MS-SAMR] 2.2.1.12) */
uint32_t samr_control(const struct account *a);

#endif
