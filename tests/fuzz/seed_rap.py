#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes the seeds of fuzz_rap: seed_rap.py DIRECTORY. A call of each kind, as an administrator, and one of anybody.

import os
import struct
import sys

LARGE = 0x1FA0


def words(*values):
	return struct.pack("<%dH" % len(values), *values)


def call(number, params, shape, args=b"", who=1, room=LARGE):
	return bytes([who]) + words(room, number) + params.encode() + b"\0" + shape.encode() + b"\0" + args


LEVEL_1, LEVEL_2 = words(1, LARGE), words(2, LARGE)
CALLS = {
	"share_enum": call(0, "WrLeh", "B13BWz", LEVEL_1),
	"share_enum_cut": call(0, "WrLeh", "B13BWzWWWzB9B", words(2, 45), room=60),
	"share_get_info": call(1, "zWrLh", "B13BWzWWWzB9B", b"open\0" + LEVEL_1, who=0),
	"session_enum": call(6, "WrLeh", "zzWWWDDDz", LEVEL_2),
	"session_get_info": call(7, "zWrLh", "zzWWWDDDz", b"\\\\10.0.0.1\0" + LEVEL_2),
	"session_del": call(8, "zW", "", b"\\\\10.0.0.1\0" + words(0)),
	"connection_enum": call(9, "zWrLeh", "WWWWDzz", b"IPC$\0" + LEVEL_1),
	"server_get_info": call(13, "WrLh", "B16BBDzDDDWWzWWWWWWWB21BzWWWWWWWWWWWWWWWWWWWWWWzDWz", words(3, LARGE)),
	"access_get_info": call(43, "zWrLh", "zWWW", b"C:\\\0" + LEVEL_1),
	"user_enum": call(53, "WrLeh", "B21", words(0, LARGE)),
	"user_get_info": call(56, "zWrLh", "B21BzzzWDDzzDDWWzWzDWb21W", b"boss\0" + words(11, LARGE)),
	"user_get_groups": call(59, "zWrLeh", "B21", b"boss\0" + words(0, LARGE)),
	"wksta_get_info": call(63, "WrLh", "zzzBBzz", words(10, LARGE)),
	"printq_enum": call(69, "WrLeh", "B13BWWWzzzzzWN", LEVEL_2 + b"WB21BB16B10zWWzDDz\0"),
	"print_job_get_info": call(77, "WWrLh", "W", words(7, 0, LARGE)),
	"print_job_set_info": call(147, "WWsTP", "WB21BB16B10zWWzDDz", words(7, 1, 4, 11)),
	"remote_tod": call(91, "rL", "DDBBBBWWBBWB", words(LARGE)),
	"server_enum2": call(104, "WrLehDz", "B16BBDz", LEVEL_1 + struct.pack("<I", 0xFFFFFFFF) + b"WORKGROUP\0"),
	"server_enum2_none": call(104, "WrLehDO", "B16", words(0, LARGE) + struct.pack("<I", 0x80000000)),
	"server_enum3": call(215, "WrLehDzz", "B16BBDz", LEVEL_1 + struct.pack("<I", 0x40000000) + b"\0A\0"),
	"file_enum2": call(112, "zzWrLehb8g8", "DWWzz", b"\0\0" + words(3, LARGE) + struct.pack("<II", 0, 0)),
	"file_get_info2": call(124, "DWrLh", "DWWzz", struct.pack("<I", 1) + words(3, LARGE)),
	"file_close2": call(125, "D", "", struct.pack("<I", 1)),
	"user_logon": call(132, "OOWb54WrLh", "WB21BWDWWDDDDDDDzzzD", words(1) + b"BOSS".ljust(54, b"\0") + words(54, LARGE)),
	"user_logoff": call(133, "zzWb38WrLh", "WDW", b"boss\0PC\0" + words(1) + bytes(38) + words(38, LARGE)),
	"unknown": call(0xFFFF, "W", "B"),
}


def main():
	for name, seed in CALLS.items():
		with open(os.path.join(sys.argv[1], name), "wb") as f:
			f.write(seed)


if __name__ == "__main__":
	main()
