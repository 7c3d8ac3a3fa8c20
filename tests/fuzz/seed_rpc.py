#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes the seeds of fuzz_rpc: seed_rpc.py DIRECTORY. A bind and one call of each operation, to each interface, as an
# administrator; and what is bound otherwise.

import os
import struct
import sys

NDR = struct.pack("<IHH8sI", 0x8A885D04, 0x1CEB, 0x11C9, bytes.fromhex("9fe808002b104860"), 2)
SRVSVC = struct.pack("<IHH8sI", 0x4B324FC8, 0x1670, 0x01D3, bytes.fromhex("12785a47bf6ee188"), 3)
WKSSVC = struct.pack("<IHH8sI", 0x6BFFD098, 0xA112, 0x3610, bytes.fromhex("983346c3f87e345a"), 1)
MGMT = struct.pack("<IHH8sI", 0xAFA8BD80, 0x7D8A, 0x11C9, bytes.fromhex("bef408002b102989"), 1)
ADMIN = 4


def pdu(kind, body, flags=3):
	return struct.pack("<BBBBIHHI", 5, 0, kind, flags, 0x10, 16 + len(body), 0, 1) + body


def bind(*interfaces, kind=11):
	body = struct.pack("<HHIB3x", 4280, 4280, 0, len(interfaces))
	for i, interface in enumerate(interfaces):
		body += struct.pack("<HBx", i, 1) + interface + NDR
	return pdu(kind, body)


def call(number, stub=b"", context=0, flags=3):
	return pdu(0, struct.pack("<IHH", len(stub), context, number) + stub, flags)


def words(*values):
	return struct.pack("<%dI" % len(values), *values)


def string(s):
	data = (s + "\0").encode("utf-16-le")
	return words(len(s) + 1, 0, len(s) + 1) + data + b"\0" * (-len(data) % 4)


def pointer(s):
	return words(0) if s is None else words(0x20000) + string(s)


def listing(level):
	return words(level, level, 0x20004, 0, 0, 0xFFFFFFFF, 0x20008, 0)


SERVER = pointer("\\\\SERVER")
CALLS = {
	"char_dev_enum": (0, SERVER + listing(0)),
	"char_dev_q_enum": (3, SERVER + pointer(None) + listing(1)),
	"connection_enum": (8, SERVER + pointer("open") + listing(1)),
	"file_enum": (9, SERVER + pointer("C:\\") + pointer("boss") + listing(3)),
	"file_get_info": (10, SERVER + words(1, 3)),
	"file_close": (11, SERVER + words(1)),
	"session_enum": (12, SERVER + pointer("\\\\10.0.0.1") + pointer("boss") + listing(502)),
	"session_del": (13, SERVER + pointer("\\\\10.0.0.1") + pointer("boss")),
	"share_get_info": (16, SERVER + string("open") + words(502)),
	"share_check": (20, SERVER + string("C:\\dev\\shm")),
	"server_get_info": (21, SERVER + words(102)),
	"disk_enum": (23, SERVER + words(0, 0, 0, 0xFFFFFFFF, 0x20008, 0)),
	"transport_enum": (26, SERVER + listing(1)),
	"remote_tod": (28, SERVER),
	"name_validate": (33, SERVER + string("name") + words(9, 0)),
	"share_enum_sticky": (36, SERVER + listing(502)),
}

seeds = {"srvsvc_" + name: bytes([ADMIN]) + bind(SRVSVC) + call(*c) for name, c in CALLS.items()}
for level in (0, 1, 2, 501, 502):
	seeds["share_enum_%d" % level] = bytes([ADMIN]) + bind(SRVSVC) + call(15, SERVER + listing(level))
seeds["share_enum_room"] = bytes([ADMIN]) + bind(SRVSVC) + call(15, SERVER + words(1, 1, 4, 0, 0, 90, 8, 1))
seeds["share_enum_anybody"] = b"\0" + bind(SRVSVC) + call(15, SERVER + listing(2))
for name, c in (("get_info", (0, SERVER + words(102))), ("user_enum", (2, SERVER + listing(1))),
    ("transport_enum", (5, SERVER + listing(0))), ("join_information", (20, SERVER + pointer(None)))):
	seeds["wkssvc_" + name] = bytes([1 | ADMIN]) + bind(WKSSVC) + call(*c)
for number in (0, 2, 3):
	seeds["mgmt_%d" % number] = b"\2" + bind(MGMT) + call(number)
enum = SERVER + listing(1)
seeds["fragments"] = b"\0" + bind(SRVSVC) + call(15, enum[:20], flags=1) + call(15, enum[20:], flags=2)
seeds["alter"] = b"\0" + bind(SRVSVC, SRVSVC) + bind(MGMT, kind=14) + call(0, context=0)
seeds["split"] = bytes([7 << 3]) + bind(SRVSVC) + call(15, enum)
seeds["orphaned"] = b"\0" + bind(SRVSVC) + call(15, enum[:8], flags=1) + pdu(19, b"") + call(15, enum)
seeds["big_endian"] = b"\0" + struct.pack(">BBBBIHHI", 5, 0, 11, 3, 0, 72, 0, 1) + struct.pack(">HHIB3x", 4280, 4280, 0, 1) + \
    struct.pack(">HBx", 0, 1) + struct.pack(">IHH8sI", 0x4B324FC8, 0x1670, 0x01D3, bytes.fromhex("12785a47bf6ee188"), 3) + \
    struct.pack(">IHH8sI", 0x8A885D04, 0x1CEB, 0x11C9, bytes.fromhex("9fe808002b104860"), 2)

NEGOTIATE = b"NTLMSSP\0" + struct.pack("<II16x", 1, 0xE2088237)
AUTHENTICATE = b"NTLMSSP\0" + struct.pack("<IHHI", 3, 24, 24, 88) + struct.pack("<HHI", 24, 24, 112) + \
    struct.pack("<HHIHHIHHI", 0, 0, 88, 8, 8, 136, 0, 0, 88) + struct.pack("<HHII", 0, 0, 88, 0xE2088237) + b"\0" * 24 + \
    b"\1" * 48 + "boss".encode("utf-16-le")


def secured(kind, body, token, level=6, pad=0, flags=3):
	trailer = struct.pack("<BBBBI", 10, level, pad, 0, 1)
	return struct.pack("<BBBBIHHI", 5, 0, kind, flags, 0x10, 16 + len(body) + 8 + len(token), len(token), 1) + body + trailer + token


for level in (2, 5, 6):
	seeds["secured_%d" % level] = b"\0" + secured(11, bind(SRVSVC)[16:], NEGOTIATE, level) + \
	    secured(16, b"\0" * 4, AUTHENTICATE, level) + secured(0, call(15, enum)[16:], b"\1\0\0\0" + b"\0" * 12, level)
seeds["secured_early"] = b"\0" + secured(11, bind(SRVSVC)[16:], NEGOTIATE) + call(15, enum)

LSARPC = struct.pack("<IHH8sI", 0x12345778, 0x1234, 0xABCD, bytes.fromhex("ef000123456789ab"), 0)
SAMR = struct.pack("<IHH8sI", 0x12345778, 0x1234, 0xABCD, bytes.fromhex("ef000123456789ac"), 1)


def handle(serial):
	return struct.pack("<II12s", 0, serial, bytes.fromhex("534d42318000000000000001"))


def sid(*subs, authority=5):
	return struct.pack("<IBB", len(subs), 1, len(subs)) + authority.to_bytes(6, "big") + words(*subs)


def text(s):
	data = s.encode("utf-16-le")
	return words(len(s), 0, len(s)) + data + b"\0" * (-len(data) % 4)


def counted(*strings):
	return b"".join(struct.pack("<HHI", 2 * len(s), 2 * len(s), 4) for s in strings) + b"".join(map(text, strings))


def half(*values):
	return struct.pack("<%dH" % len(values), *values)


SIDS = words(4, 4, 4, 4, 4, 4, 4) + sid(32, 544) + sid(0, authority=1) + sid(21, 1, 2, 3, 513) + sid(1, 0, authority=22)
NAMES = counted("boss", "Unix User\\root", "Everyone")
POLICY = call(44, SERVER + words(24, 0, 0, 0, 0, 4, 12) + half(2, 1) + words(0x02000000))
LSA = {
	"close": (0, b""), "privileges": (2, words(0, 100)), "accounts": (11, words(0, 100)), "trusted": (13, words(0, 100)),
	"lookup_names": (14, words(3, 3) + NAMES + words(0, 0) + half(1, 0) + words(0)),
	"lookup_names2": (58, words(3, 3) + NAMES + words(0, 0) + half(1, 0) + words(0, 0, 2)),
	"lookup_names3": (68, words(3, 3) + NAMES + words(0, 0) + half(1, 0) + words(0, 0, 2)),
	"lookup_sids": (15, SIDS + words(0, 0) + half(1, 0) + words(0)),
	"lookup_sids2": (57, SIDS + words(0, 0) + half(1, 0) + words(0, 0, 2)),
	"open_account": (17, sid(32, 544) + words(0)), "rights": (36, sid(32, 544)),
	"privilege_value": (31, counted("SeBackupPrivilege")), "privilege_name": (32, words(17, 0)),
	"privilege_display": (33, counted("SeBackupPrivilege") + half(9, 9)), "domain_policy": (53, half(2)),
	**{"policy_%d" % level: (46, half(level)) for level in (3, 5, 6, 12)},
}
for name, (number, stub) in LSA.items():
	seeds["lsa_" + name] = bytes([2 | ADMIN]) + bind(LSARPC) + POLICY + call(number, handle(1) + stub)
seeds["lsa_user_name"] = b"\2" + bind(LSARPC) + call(45, SERVER + words(0, 4, 0))
CONNECT, DOMAIN = call(57, SERVER + words(0)), call(7, handle(1) + words(0) + sid(21, 1, 2, 3))
BOSS = 0x7B4332CB
SAM = {
	"lookup_domain": (1, 5, counted("Builtin")), "domains": (1, 6, words(0, 1000)), "groups": (2, 11, words(0, 1000)),
	"users": (2, 13, words(0, 0, 1000)), "aliases": (2, 15, words(0, 1000)), "membership": (2, 16, SIDS),
	"lookup_names": (2, 17, words(3, 1000, 0, 3) + NAMES), "lookup_rids": (2, 18, words(2, 1000, 0, 2, 513, BOSS)),
	"rid_to_sid": (2, 65, words(BOSS)), "display": (2, 48, half(1, 0) + words(0, 10, 10000)), "close": (2, 1, b""),
	**{"domain_%d" % level: (2, 8, half(level)) for level in range(1, 14)},
}
for name, (which, number, stub) in SAM.items():
	seeds["sam_" + name] = bytes([3 | ADMIN]) + bind(SAMR) + CONNECT + DOMAIN + call(number, handle(which) + stub)
USER = call(34, handle(2) + words(0, BOSS))
for level in range(1, 22):
	seeds["sam_user_%d" % level] = bytes([3 | ADMIN]) + bind(SAMR) + CONNECT + DOMAIN + USER + call(36, handle(3) + half(level))
seeds["sam_user_groups"] = bytes([3 | ADMIN]) + bind(SAMR) + CONNECT + DOMAIN + USER + call(39, handle(3)) + call(44, handle(3))
seeds["sam_connect5"] = b"\3" + bind(SAMR) + call(64, SERVER + words(0, 1, 1, 3, 0)) + call(62, SERVER + words(2, 0))
seeds["sam_passwords"] = b"\3" + bind(SAMR) + call(56, words(0)) + call(55)
os.makedirs(sys.argv[1], exist_ok=True)
for name, data in seeds.items():
	with open(os.path.join(sys.argv[1], name), "wb") as f:
		f.write(data)
