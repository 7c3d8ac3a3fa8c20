/* SPDX-License-Identifier: BSD-2-Clause */

/* Privileges, and who has which ([MS-LSAD] 3.1.4.5, 3.1.4.8): they are looked at, not changed. */
#include "base/arena.h"
#include "base/charset.h"
#include "rpc/enum.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "server/request.h"

/* [MS-LSAD] 3.1.1.2.1; the number is the low half of the LUID. */
static const struct privilege {
	uint32_t luid;
	const char *name, *display;
} privileges[] = {
	{ 8, "SeSecurityPrivilege", "Manage auditing and security log" },
	{ 9, "SeTakeOwnershipPrivilege", "Take ownership of files or other objects" },
	{ 17, "SeBackupPrivilege", "Back up files and directories" },
	{ 18, "SeRestorePrivilege", "Restore files and directories" },
	{ 23, "SeChangeNotifyPrivilege", "Bypass traverse checking" },
	{ 24, "SeRemoteShutdownPrivilege", "Force shutdown from a remote system" },
};

#define PRIVILEGES (sizeof(privileges) / sizeof(privileges[0]))

/* Those who have one, and which it is here: admin users may own every file, and its audit list. */
static const char *const of_administrators[] = { "SeSecurityPrivilege",
	"SeTakeOwnershipPrivilege" };

#define RIGHTS (sizeof(of_administrators) / sizeof(of_administrators[0]))

static uint32_t
refuse_list(struct rpc_call *c, nt_status status)
{
	ndr_put32(&c->out, 0);
	ndr_put32(&c->out, 0);
	ndr_put_pointer(&c->out, false);
	return lsa_answer(c, status);
}

uint32_t
lsa_enum_privileges(struct rpc_call *c)
{
	struct ndr_out *out = &c->out;
	uint32_t from, n;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	from = ndr_get32(&c->in);
	ndr_get32(&c->in); /* PreferedMaximumLength: all of them are little */
	if (!rpc_admits(c, KNOWN_USERS))
		return refuse_list(c, STATUS_ACCESS_DENIED);
	if (from >= PRIVILEGES)
		return refuse_list(c, STATUS_NO_MORE_ENTRIES);
	n = (uint32_t)PRIVILEGES - from;
	ndr_put32(out, (uint32_t)PRIVILEGES);
	ndr_put32(out, n);
	ndr_put_pointer(out, true);
	ndr_put32(out, n);
	for (uint32_t i = from; i < PRIVILEGES; i++) {
		ndr_put_counted(out, privileges[i].name);
		ndr_put32(out, privileges[i].luid);
		ndr_put32(out, 0);
	}
	for (uint32_t i = from; i < PRIVILEGES; i++)
		ndr_put_counted_text(out, privileges[i].name);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* Accounts that have rights: one. */
uint32_t
lsa_enum_accounts(struct rpc_call *c)
{
	struct ndr_out *out = &c->out;
	uint32_t from;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	from = ndr_get32(&c->in);
	ndr_get32(&c->in); /* PreferedMaximumLength */
	if (!rpc_admits(c, KNOWN_USERS))
		return refuse_list(c, STATUS_ACCESS_DENIED);
	if (from != 0)
		return refuse_list(c, STATUS_NO_MORE_ENTRIES);
	ndr_put32(out, 1);
	ndr_put32(out, 1);
	ndr_put_pointer(out, true);
	ndr_put32(out, 1);
	ndr_put_pointer(out, true);
	ndr_put_sid(out, &sid_administrators);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* Nobody's rights can be changed, which is what an account is opened for. */
uint32_t
lsa_open_account(struct rpc_call *c)
{
	struct sid sid;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_get_sid(&c->in, &sid);
	ndr_get32(&c->in); /* DesiredAccess */
	rpc_put_handle(&c->out, NULL);
	return lsa_answer(c, STATUS_ACCESS_DENIED);
}

uint32_t
lsa_enum_account_rights(struct rpc_call *c)
{
	struct ndr_out *out = &c->out;
	nt_status status = STATUS_SUCCESS;
	struct sid sid;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_get_sid(&c->in, &sid);
	if (!rpc_admits(c, KNOWN_USERS))
		status = STATUS_ACCESS_DENIED;
	else if (!sid_equal(&sid, &sid_administrators))
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	ndr_put32(out, status == STATUS_SUCCESS ? (uint32_t)RIGHTS : 0);
	ndr_put_pointer(out, status == STATUS_SUCCESS);
	if (status == STATUS_SUCCESS) {
		ndr_put32(out, (uint32_t)RIGHTS);
		for (size_t i = 0; i < RIGHTS; i++)
			ndr_put_counted(out, of_administrators[i]);
		for (size_t i = 0; i < RIGHTS; i++)
			ndr_put_counted_text(out, of_administrators[i]);
	}
	return lsa_answer(c, status);
}

static const struct privilege *
by_name(const char *name)
{
	for (size_t i = 0; i < PRIVILEGES; i++) {
		if (name_casecmp(privileges[i].name, name) == 0)
			return &privileges[i];
	}
	return NULL;
}

uint32_t
lsa_lookup_privilege_value(struct rpc_call *c)
{
	const struct privilege *p;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	p = by_name(ndr_get_counted_text(&c->in, ndr_get_counted(&c->in)));
	ndr_put32(&c->out, p != NULL ? p->luid : 0);
	ndr_put32(&c->out, 0);
	return lsa_answer(c, p != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_PRIVILEGE);
}

static void
put_text(struct ndr_out *out, const char *text)
{
	ndr_put_pointer(out, text != NULL);
	if (text == NULL)
		return;
	ndr_put_counted(out, text);
	ndr_put_counted_text(out, text);
}

uint32_t
lsa_lookup_privilege_name(struct rpc_call *c)
{
	const char *name = NULL;
	uint32_t low, high;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	low = ndr_get32(&c->in);
	high = ndr_get32(&c->in);
	for (size_t i = 0; i < PRIVILEGES && high == 0; i++) {
		if (privileges[i].luid == low)
			name = privileges[i].name;
	}
	put_text(&c->out, name);
	return lsa_answer(c, name != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_PRIVILEGE);
}

#define ENGLISH 0x409u

uint32_t
lsa_lookup_privilege_display_name(struct rpc_call *c)
{
	const struct privilege *p;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	p = by_name(ndr_get_counted_text(&c->in, ndr_get_counted(&c->in)));
	ndr_get16(&c->in); /* ClientLanguage */
	ndr_get16(&c->in); /* ClientSystemDefaultLanguage */
	put_text(&c->out, p != NULL ? p->display : NULL);
	ndr_put16(&c->out, ENGLISH);
	return lsa_answer(c, p != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_PRIVILEGE);
}
