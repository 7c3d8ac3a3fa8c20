#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Quotas, with smbcquotas and byte by byte: of a kernel that has them in a test's memory, and of an ext4 whose
kernel has them."""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import daemon  # noqa: E402
from daemon import SKIP, Daemon, Share, need, smb1d_program  # noqa: E402
from image import Image  # noqa: E402
from raw import ACCESS_DENIED, FULL, READ, SUCCESS, TRANSACTION2, Raw  # noqa: E402

INVALID_PARAMETER, BUFFER_TOO_SMALL, INVALID_DEVICE_REQUEST = 0xC000000D, 0xC0000023, 0xC0000010
NO_MORE_ENTRIES, INVALID_SID = 0x8000001A, 0xC0000078
QUERY, SET = 7, 8
NO_LIMIT = 0xFFFFFFFFFFFFFFFF
MIB = 1 << 20
INDEX = "\\$Extend\\$Quota:$Q:$INDEX_ALLOCATION"


def sid(uid):
	return struct.pack(">BBHI", 1, 2, 0, 22) + struct.pack("<II", 1, uid)


def listed(*sids):
	chain = b""
	for i, one in enumerate(sids):
		chain += struct.pack("<II", 0 if i + 1 == len(sids) else 8 + len(one), len(one)) + one
	return chain


def to_set(who, threshold, limit):
	return struct.pack("<IIQQQQ", 0, len(who), 0, 0, threshold, limit) + who


def run(*shares):
	"""smb1d where smbcquotas finds it, which knows no other port."""
	return Daemon(list(shares), users=["boss", "torture"], map_to_guest="bad user")


class FakeKernel(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		keys = {"read_only": "no", "guest_ok": "yes", "admin_users": "boss"}
		os.environ["SMB1D"] = os.path.join(os.path.dirname(PROGRAM), "tests", "client", "smb1d_quotas")
		cls.daemon = cls.enterClassContext(run(Share("share", quotas="yes", **keys), Share("plain", **keys)))


class Quotas(FakeKernel):
	def setUp(self):
		self.raw = self.enterContext(Raw(self.daemon.port)).on(user="boss")

	def open(self, name=INDEX, access=FULL):
		status, fid = self.raw.try_open(name, access)
		self.assertEqual(status, SUCCESS)
		return fid

	def query(self, fid, single=0, restart=1, sids=b"", start=b"", room=65536):
		parameters = struct.pack("<HBBIII", fid, single, restart, len(sids), len(start), len(sids))
		return self.raw.nt_transact(QUERY, parameters, sids + start, room=room)

	def entries(self, reply):
		"""(SID, used, threshold, limit) of each."""
		self.assertEqual(reply.status, SUCCESS)
		self.assertEqual(reply.parameters, struct.pack("<I", len(reply.data)))
		at, found = 0, []
		while True:
			following, length, changed, used, threshold, limit = struct.unpack_from("<IIQQQQ", reply.data, at)
			self.assertEqual(changed, 0)
			found.append((reply.data[at + 40:at + 40 + length], used, threshold, limit))
			if following == 0:
				self.assertEqual(len(reply.data), at + 40 + length)
				return found
			at += following

	def set(self, fid, data):
		return self.raw.nt_transact(SET, struct.pack("<H", fid), data).status

	def fs(self, level, n):
		parameters = struct.pack("<H", level)
		words = struct.pack("<HHHHBBHIHHHHHBBH", 2, 0, 10, 1000, 0, 0, 0, 0, 0, 2, 68, 0, 0, 1, 0, 3)
		reply = self.raw.call(TRANSACTION2, words, bytes(3) + parameters)
		self.assertEqual(reply.status, SUCCESS)
		where, = struct.unpack_from("<H", reply.words, 14)
		return reply.message[where:where + n]

	def set_control(self, fid, flags, limit=NO_LIMIT):
		parameters, data = struct.pack("<HH", fid, 1006), bytes(24) + struct.pack("<QQII", NO_LIMIT, limit, flags, 0)
		words = struct.pack("<HHHHBBHIHHHHHBBH", 4, len(data), 10, 0, 0, 0, 0, 0, 0, 4, 68, len(data), 72, 1, 0, 4)
		return self.raw.call(TRANSACTION2, words, bytes(3) + parameters + data).status

	def test_an_administrator_sees_all(self):
		self.assertEqual(self.entries(self.query(self.open())), [
			(sid(0), 10 * MIB, NO_LIMIT, NO_LIMIT),
			(sid(1000), 5 * MIB, 8 * MIB, 10 * MIB),
			(sid(4000000000), 4096, NO_LIMIT, NO_LIMIT),
		])

	def test_a_list_goes_on_where_it_ended(self):
		fid, seen = self.open(), []
		for restart in (1, 0, 0):
			seen += self.entries(self.query(fid, single=1, restart=restart))
		self.assertEqual([entry[0] for entry in seen], [sid(0), sid(1000), sid(4000000000)])
		self.assertEqual(self.query(fid, single=1, restart=0).status, NO_MORE_ENTRIES)
		self.assertEqual(self.entries(self.query(fid, single=1, restart=1))[0][0], sid(0))
		# As many as fit, whole.
		for room in range(56, 56 * 3 + 1):
			self.assertEqual(len(self.entries(self.query(fid, room=room))), room // 56)
		self.assertEqual(self.query(fid, room=55).status, BUFFER_TOO_SMALL)
		self.assertEqual(self.entries(self.query(fid, start=sid(1)))[0][0], sid(1000))

	def test_users_asked_for_by_sid(self):
		stranger = struct.pack(">BBHI", 1, 5, 0, 5) + struct.pack("<5I", 21, 1, 2, 3, 500)
		self.assertEqual(self.entries(self.query(self.open(), sids=listed(sid(1000), stranger, sid(77)))), [
			(sid(1000), 5 * MIB, 8 * MIB, 10 * MIB),
			(stranger, 0, NO_LIMIT, NO_LIMIT),
			(sid(77), 0, NO_LIMIT, NO_LIMIT),
		])

	def test_lists_that_are_none_are_refused(self):
		fid, good = self.open(), listed(sid(0))
		for bad in (good[:-1], good[:8], b"\1" + good[1:], struct.pack("<I", 1000) + good[4:],
		    struct.pack("<II", 0, 1000) + good[8:], good[:8] + b"\2" + good[9:]):
			self.assertEqual(self.query(fid, sids=bad).status, INVALID_PARAMETER)
		self.assertEqual(self.query(fid, start=sid(0)[:-1]).status, INVALID_PARAMETER)

	def test_limits_are_set(self):
		fid = self.open()
		for threshold, limit, as_told in ((MIB, 2 * MIB, (MIB, 2 * MIB)), (1, 1025, (1024, 2048)), (0, 0, (1024, 1024)),
		    (NO_LIMIT - 1, NO_LIMIT - 1, (NO_LIMIT, NO_LIMIT)), (NO_LIMIT, NO_LIMIT, (NO_LIMIT, NO_LIMIT))):
			self.assertEqual(self.set(fid, to_set(sid(4000000000), threshold, limit)), SUCCESS)
			self.assertEqual(self.entries(self.query(fid, sids=listed(sid(4000000000))))[0][2:], as_told)
		self.assertEqual(self.set(fid, to_set(sid(1000), 0, 1 << 63)), INVALID_PARAMETER)
		self.assertEqual(self.set(fid, to_set(sid(1000)[:8] + sid(1)[12:], 0, 0)), INVALID_PARAMETER)
		self.assertEqual(self.set(fid, to_set(struct.pack(">BBHII", 1, 1, 0, 1, 0), 0, 0)), INVALID_SID)
		self.assertEqual(self.set(fid, to_set(sid(1000), 0, 0)[:-1]), INVALID_PARAMETER)
		self.assertEqual(self.set(fid, b""), INVALID_PARAMETER)
		self.assertEqual(self.entries(self.query(fid, sids=listed(sid(1000))))[0][2:], (8 * MIB, 10 * MIB))

	def test_others_see_only_what_is_theirs(self):
		with Raw(self.daemon.port) as raw:
			self.raw = raw.on()
			fid, own = self.open(), sid(os.geteuid())
			self.assertEqual([entry[0] for entry in self.entries(self.query(fid))], [own])
			self.assertEqual(self.query(fid, restart=0).status, NO_MORE_ENTRIES)
			self.assertEqual(self.query(fid, sids=listed(own, sid(1000))).status, ACCESS_DENIED)
			self.assertEqual(self.set(fid, to_set(own, MIB, MIB)), ACCESS_DENIED)
			self.assertEqual(self.set_control(fid, 1), ACCESS_DENIED)

	def test_guests_see_nothing(self):
		with Raw(self.daemon.port) as raw:
			self.raw = raw.on(user="stranger")
			fid = self.open(access=READ)
			self.assertEqual(self.query(fid).status, ACCESS_DENIED)
			self.assertEqual(self.query(fid, sids=listed(sid(os.geteuid()))).status, ACCESS_DENIED)

	def test_a_handle_gives_what_it_was_opened_for(self):
		fid = self.open("", access=READ)
		self.assertEqual(len(self.entries(self.query(fid))), 3)
		self.assertEqual(self.set(fid, to_set(sid(0), MIB, MIB)), ACCESS_DENIED)

	def test_the_volume_says_that_it_has_quotas(self):
		fid = self.open()
		self.assertEqual(struct.unpack("<I", self.fs(0x105, 4))[0] & 0x20, 0x20)
		for flags in (1, 3):
			self.assertEqual(self.set_control(fid, flags), SUCCESS)
			self.assertEqual(self.fs(1006, 48), bytes(24) + struct.pack("<QQII", NO_LIMIT, NO_LIMIT, flags, 0))
		for flags, limit in ((0, NO_LIMIT), (3, MIB)):
			self.assertEqual(self.set_control(fid, flags, limit), 0xC00000BB)

	def test_a_share_without_them_has_none(self):
		with Raw(self.daemon.port) as raw:
			self.raw = raw.on(share="plain", user="boss")
			fid = self.open("")
			self.assertEqual(self.query(fid).status, INVALID_DEVICE_REQUEST)
			self.assertEqual(self.set(fid, to_set(sid(1000), 0, 0)), INVALID_DEVICE_REQUEST)
			self.assertEqual(self.set_control(fid, 3), INVALID_DEVICE_REQUEST)
			self.assertNotEqual(raw.try_open(INDEX)[0], SUCCESS)
			self.assertEqual(self.fs(1006, 48)[40:44], bytes(4))
			self.assertEqual(struct.unpack("<I", self.fs(0x105, 4))[0] & 0x20, 0)


def smbcquotas(server, *words):
	command = ["smbcquotas", "//127.0.0.1/share", "-s", server.client_conf, "-m", "NT1", "-n",
	    "-U", "boss%secret", *words]
	done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
	    timeout=60, check=False)
	return done.stdout


class Client(FakeKernel):
	def test_smbcquotas(self):
		self.assertRegex(self.call("-u", "S-1-22-1-1000"), r": +5242880/ +8388608/ +10485760")
		self.call("-S", "UQLIM:S-1-22-1-4000000000:1048576/2097152")
		self.assertRegex(self.call("-u", "S-1-22-1-4000000000"), r": +4096/ +1048576/ +2097152")
		self.call("-S", "FSQFLAGS:QUOTA_ENABLED")
		self.assertRegex(self.call("-F"), r"Quotas Enabled: On\n Deny Disk: +Off")
		self.call("-S", "FSQFLAGS:QUOTA_ENABLED/DENY_DISK")
		self.assertRegex(self.call("-F"), r"Quotas Enabled: On\n Deny Disk: +On")

	def call(self, *words):
		text = smbcquotas(self.daemon, *words)
		self.assertNotIn("NT_STATUS", text)
		return text


class RealKernel(unittest.TestCase):
	def test_limits_reach_the_kernel(self):
		os.environ["SMB1D"] = PROGRAM
		with Image("ext4", 32, ["-O", "quota"], "loop,usrquota") as image, \
		    run(Share("share", path=image.path, read_only="no", admin_users="boss", quotas="yes")) as real:
			with open(os.path.join(image.path, "file"), "wb") as f:
				f.write(bytes(MIB))
				f.flush()
				os.fsync(f.fileno())
				os.chown(f.fileno(), 1000, 1000)
			smbcquotas(real, "-S", "UQLIM:S-1-22-1-1000:4194304/8388608")
			self.assertRegex(smbcquotas(real, "-u", "S-1-22-1-1000"), r": +1048576/ +4194304/ +8388608")
			with self.assertRaises(OSError), open(os.path.join(image.path, "file"), "ab") as f:
				os.setegid(1000)
				os.seteuid(1000)
				try:
					f.write(bytes(8 * MIB))
					f.flush()
				finally:
					os.seteuid(0)
					os.setegid(0)


def lo_up():
	with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x49))  # SIOCSIFFLAGS: up, loopback, running


if os.geteuid() != 0:
	print("skipped: only root may ask for the quotas of others")
	sys.exit(SKIP)
need("smbcquotas", "unshare")
PROGRAM = smb1d_program()
if "SMB1D_IN_NET" not in os.environ:
	# Port 445 of a network of our own.
	os.environ["SMB1D_IN_NET"] = "1"
	os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
lo_up()
daemon.free_port = lambda: 445
unittest.main(verbosity=2)
