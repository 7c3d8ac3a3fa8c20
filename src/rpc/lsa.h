/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_LSA_H
#define RPC_LSA_H

#include "rpc/rpc.h"

/* What lsarpc and samr have in common, and the operations of lsarpc by file. */

/* Statuses of these interfaces alone ([MS-ERREF] 2.3.1) */
#define STATUS_MORE_ENTRIES      ((nt_status)0x00000105)
#define STATUS_SOME_NOT_MAPPED   ((nt_status)0x00000107)
#define STATUS_NO_SUCH_PRIVILEGE ((nt_status)0xC0000060)
#define STATUS_NO_SUCH_GROUP     ((nt_status)0xC0000066)
#define STATUS_NONE_MAPPED       ((nt_status)0xC0000073)
#define STATUS_NO_SUCH_DOMAIN    ((nt_status)0xC00000DF)
#define STATUS_NO_SUCH_ALIAS     ((nt_status)0xC0000151)

/* Most names or SIDs of one call ([MS-LSAT] 3.1.4.5; [MS-SAMR] 3.1.5.11) */
#define LOOKUPS_MAX 1000u

/* The status that ends an answer. Returns 0, for an operation to return. */
uint32_t lsa_answer(struct rpc_call *c, nt_status status);

/* n RPC_UNICODE_STRINGs of a conformant array, read with their texts. */
const char **lsa_get_names(struct rpc_call *c, uint32_t n);

/* An LSAPR_SID_ENUM_BUFFER or SAMPR_PSID_ARRAY. NULL and *n 0 when there are none. */
struct sid *lsa_get_sids(struct rpc_call *c, uint32_t *n);

/* May the caller have names and SIDs at all? */
bool lsa_may_look_up(const struct rpc_call *c);

/* lsa_lookup.c */
uint32_t lsa_lookup_names(struct rpc_call *c);
uint32_t lsa_lookup_names2(struct rpc_call *c);
uint32_t lsa_lookup_names3(struct rpc_call *c);
uint32_t lsa_lookup_sids(struct rpc_call *c);
uint32_t lsa_lookup_sids2(struct rpc_call *c);

/* lsa_account.c */
uint32_t lsa_enum_privileges(struct rpc_call *c);
uint32_t lsa_enum_accounts(struct rpc_call *c);
uint32_t lsa_open_account(struct rpc_call *c);
uint32_t lsa_enum_account_rights(struct rpc_call *c);
uint32_t lsa_lookup_privilege_value(struct rpc_call *c);
uint32_t lsa_lookup_privilege_name(struct rpc_call *c);
uint32_t lsa_lookup_privilege_display_name(struct rpc_call *c);

#endif
