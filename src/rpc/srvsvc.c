/* SPDX-License-Identifier: BSD-2-Clause */

/* srvsvc: what is shared, and who uses it ([MS-SRVS]). */
#include "rpc/srvsvc_calls.h"

/* By operation number. What would change the configuration is the administrator's file's. */
static const struct rpc_operation operations[] = {
	[0] = { "NetrCharDevEnum", srvsvc_char_dev_enum },
	[3] = { "NetrCharDevQEnum", srvsvc_char_dev_q_enum },
	[8] = { "NetrConnectionEnum", srvsvc_connection_enum },
	[9] = { "NetrFileEnum", srvsvc_file_enum },
	[10] = { "NetrFileGetInfo", srvsvc_file_get_info },
	[11] = { "NetrFileClose", srvsvc_file_close },
	[12] = { "NetrSessionEnum", srvsvc_session_enum },
	[13] = { "NetrSessionDel", srvsvc_session_del },
	[15] = { "NetrShareEnum", srvsvc_share_enum },
	[16] = { "NetrShareGetInfo", srvsvc_share_get_info },
	[20] = { "NetrShareCheck", srvsvc_share_check },
	[21] = { "NetrServerGetInfo", srvsvc_server_get_info },
	[23] = { "NetrServerDiskEnum", srvsvc_disk_enum },
	[26] = { "NetrServerTransportEnum", srvsvc_transport_enum },
	[28] = { "NetrRemoteTOD", srvsvc_remote_tod },
	[33] = { "NetprNameValidate", srvsvc_name_validate },
	[36] = { "NetrShareEnumSticky", srvsvc_share_enum_sticky },
};

const struct rpc_interface rpc_srvsvc = {
	.name = "srvsvc",
	.uuid = { 0x4B324FC8, 0x1670, 0x01D3, { 0x12, 0x78, 0x5A, 0x47, 0xBF, 0x6E, 0xE1, 0x88 } },
	.major = 3,
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
