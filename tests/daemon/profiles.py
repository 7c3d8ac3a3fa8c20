#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the profiles of smb1d.conf do for the clients they are for, seen by these."""

import os
import pwd
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import Daemon, Share, smb1d_program  # noqa: E402
from raw import CREATE, NO_ANDX, OPEN, OPEN_IF, READ, SUCCESS, WRITE, Raw  # noqa: E402

NEGOTIATE, TREE_CONNECT, QUERY_INFORMATION_DISK, TRANSACTION2 = 0x72, 0x70, 0x80, 0x32
CREATE_DIRECTORY, DELETE, RENAME, WRITE_ANDX, SEARCH = 0x00, 0x06, 0x07, 0x2F, 0x81
ACCESS_DENIED = 0xC0000022
REQUEST_OPLOCK = 2
MIB = 1 << 20


class ProfilesTest(unittest.TestCase):
	def serve(self, *shares, **options):
		self.daemon = Daemon(list(shares), **options)
		self.daemon.__enter__()
		self.addCleanup(self.daemon.__exit__, None, None, None)

	def connect(self):
		client = Raw(self.daemon.port)
		self.addCleanup(client.socket.close)
		return client

	def chosen(self, *dialects):
		"""The client, and the index of the dialect it got."""
		client = self.connect()
		client.flags2 = 0
		reply = client.call(NEGOTIATE, b"", b"".join(b"\x02" + d + b"\0" for d in dialects))
		client.challenge = reply.bytes[:8]
		return client, struct.unpack_from("<H", reply.words)[0]

	def dos_tree(self, client, share, password):
		data = b"".join(b"\x04" + t + b"\0" for t in (b"\\\\SMB1D\\" + share, password, b"A:"))
		reply = client.call(TREE_CONNECT, b"", data)
		if reply.status == SUCCESS:
			client.tid, = struct.unpack_from("<H", reply.words, 2)
		return reply.status

	def disk(self, client):
		"""Bytes in all and free, as DOS is told."""
		reply = client.call(QUERY_INFORMATION_DISK)
		self.assertEqual(reply.status, SUCCESS)
		total, sectors, size, free = struct.unpack_from("<4H", reply.words)
		return total * sectors * size, free * sectors * size

	def fs_info(self, client, level):
		offset = 32 + 1 + 30 + 2 + 3
		words = struct.pack("<4HBBHIHHHHHBBH", 2, 0, 10, 1000, 0, 0, 0, 0, 0, 2, offset, 0, 0, 1, 0, 3)
		reply = client.call(TRANSACTION2, words, bytes(3) + struct.pack("<H", level))
		self.assertEqual(reply.status, SUCCESS)
		count, at = struct.unpack_from("<HH", reply.words, 12)
		return reply.message[at:at + count]

	def granted_oplock(self, client, name):
		reply = client.ask_open(name, READ | WRITE, OPEN_IF, flags=REQUEST_OPLOCK)
		self.assertEqual(reply.status, SUCCESS)
		return reply.words[4]


class MaxDiskSize(ProfilesTest):
	def setUp(self):
		self.serve(Share("share"), Share("small", max_disk_size="8"))

	def sizes(self, client):
		"""Level by level: bytes in all, available to the user, and free where that is said too."""
		_, sectors, total, free, size = struct.unpack("<4IH", self.fs_info(client, 1))
		yield total * sectors * size, free * sectors * size
		total, free, sectors, size = struct.unpack("<QQII", self.fs_info(client, 0x103))
		yield total * sectors * size, free * sectors * size
		total, available, free, sectors, size = struct.unpack("<QQQII", self.fs_info(client, 1007))
		yield tuple(n * sectors * size for n in (total, available, free))
		yield self.disk(client)

	def test_a_disk_seems_no_larger(self):
		found = list(self.sizes(self.connect().on("small")))
		self.assertEqual(len(found), 4)
		for total, *free in found:
			self.assertEqual(total, 8 * MIB)
			for n in free:
				self.assertLessEqual(n, 8 * MIB)

	def test_other_shares_say_the_truth(self):
		fs = os.statvfs(self.daemon.path("share"))
		total, _ = list(self.sizes(self.connect().on("share")))[1]
		self.assertEqual(total, fs.f_blocks * fs.f_frsize)
		self.assertGreater(total, 8 * MIB)


class Clients(ProfilesTest):
	def test_without_a_profile_old_dialects_and_log_ons_stay_off(self):
		self.serve(Share("share"))
		self.assertEqual(self.chosen(b"PC NETWORK PROGRAM 1.0")[1], 0xFFFF)
		self.assertEqual(self.chosen(b"LANMAN2.1")[1], 0xFFFF)
		client = self.connect().negotiate()
		reply = client.try_logon("torture", responses=(client.lm_response(), b""))
		self.assertNotEqual(reply.status, SUCCESS)
		self.assertNotIn("profile", self.daemon.log_text())

	def test_dos_connects_to_a_share_with_its_password(self):
		self.serve(Share("share", profile="dos", username="torture"), Share("other", username="torture"), profile="dos")
		client, index = self.chosen(b"PC NETWORK PROGRAM 1.0")
		self.assertEqual(index, 0)
		self.assertNotEqual(self.dos_tree(client, b"SHARE", b"WRONG"), SUCCESS)
		self.assertEqual(self.dos_tree(client, b"SHARE", b"SECRET"), SUCCESS)
		self.assertLessEqual(self.disk(client)[0], 2047 * MIB)
		log = self.daemon.log_text()
		for key in ("server min protocol = CORE", "lanman auth = yes", "plaintext auth = yes", "ntlm auth = ntlmv1-permitted"):
			self.assertIn("profile dos sets " + key, log)

	def test_windows_98_logs_on_with_an_lm_response(self):
		self.serve(Share("share"), profile="win9x")
		client = self.connect().negotiate()
		self.assertEqual(client.try_logon("TORTURE", responses=(client.lm_response(), b"")).status, SUCCESS)

	def test_os_2_gets_lan_manager_and_no_core(self):
		self.serve(Share("share"), profile="os2")
		self.assertEqual(self.chosen(b"PC NETWORK PROGRAM 1.0")[1], 0xFFFF)
		self.assertEqual(self.chosen(b"PC NETWORK PROGRAM 1.0", b"LANMAN1.0", b"LANMAN2.1")[1], 2)

	def test_an_open_gets_no_oplock_where_programs_share_files(self):
		self.serve(Share("share", read_only="no", profile="scanner"), Share("usual", read_only="no"))
		self.assertNotEqual(self.granted_oplock(self.connect().on("usual"), "\\a"), 0)
		self.assertEqual(self.granted_oplock(self.connect().on("share"), "\\a"), 0)

	def test_modern_clients_have_to_sign(self):
		self.serve(Share("share"), profile="modern")
		self.assertEqual(self.connect().negotiate().mode & 0x0C, 0x0C)
		self.assertNotIn("profile", self.daemon.log_text())

	def test_a_profile_is_printed_with_what_it_set(self):
		self.serve(Share("share", profile="ps2"), profile="ps2")
		out = subprocess.run([smb1d_program(), "-t", "-c", os.path.join(self.daemon.dir, "smb1d.conf")],
		    capture_output=True, text=True, check=True)
		self.assertIn("\t# from profile ps2:\n\tntlm auth = ntlmv1-permitted\n", out.stdout)
		self.assertIn("\t# from profile ps2:\n\toplocks = no\n", out.stdout)
		self.assertIn("profile ps2 sets ntlm auth", out.stderr)


class DropFolder(ProfilesTest):
	"""A directory that the server may only write to, as smb1d.conf(5) has it; its group may read it."""

	def setUp(self):
		keys = {"read_only": "no", "profile": "scanner", "create_mask": "0240", "directory_mask": "0370"}
		if os.geteuid() == 0:
			keys["force_user"] = "nobody"  # root is asked nothing
		self.serve(Share("intake", **keys))
		self.directory = self.daemon.path("intake")
		for above in (self.daemon.dir, os.path.dirname(self.directory)):
			os.chmod(above, 0o755)
		if os.geteuid() == 0:
			os.chown(self.directory, pwd.getpwnam("nobody").pw_uid, os.getegid())
		os.chmod(self.directory, 0o2370)
		self.addCleanup(os.chmod, self.directory, 0o700)
		self.scanner = self.connect().on("intake")

	def scan(self, name, data):
		reply = self.scanner.ask_open(name, WRITE, CREATE)
		self.assertEqual(reply.status, SUCCESS)
		fid, = struct.unpack_from("<H", reply.words, 5)
		words = NO_ANDX + struct.pack("<HIIHHHHH", fid, 0, 0, 0, 0, 0, len(data), 32 + 1 + 24 + 2)
		self.assertEqual(self.scanner.call(WRITE_ANDX, words, data).status, SUCCESS)
		self.scanner.close(fid)

	def named(self, command, *names):
		return self.scanner.call(command, struct.pack("<H", 0x16) if command else b"",
		    b"".join(b"\x04" + n + b"\0" for n in names)).status

	def test_a_scanner_puts_files_and_may_rename_and_delete_them(self):
		self.scan("\\SCAN.TMP", b"pages")
		self.assertEqual(self.named(RENAME, b"\\SCAN.TMP", b"\\SCAN.PDF"), SUCCESS)
		self.scan("\\PROBE", b"?")
		self.assertEqual(self.named(DELETE, b"\\PROBE"), SUCCESS)
		self.assertEqual(self.named(CREATE_DIRECTORY, b"\\TODAY"), SUCCESS)
		self.scan("\\TODAY\\SCAN.PDF", b"more")
		os.chmod(self.directory, 0o700)
		os.chmod(os.path.join(self.directory, "TODAY"), 0o700)
		self.assertEqual(sorted(os.listdir(self.directory)), ["SCAN.PDF", "TODAY"])
		state = os.stat(os.path.join(self.directory, "SCAN.PDF"))
		self.assertEqual((state.st_size, state.st_mode & 0o777), (5, 0o240))
		self.assertEqual(state.st_gid, os.stat(self.directory).st_gid)

	def test_nobody_lists_or_reads_what_was_put_there(self):
		self.scan("\\SCAN.PDF", b"pages")
		for client in (self.scanner, self.connect().on("intake")):
			self.assertEqual(client.ask_open("\\SCAN.PDF", READ, OPEN).status, ACCESS_DENIED)
			self.assertEqual(client.ask_open("\\SCAN.PDF", READ | WRITE, OPEN).status, ACCESS_DENIED)
			reply = client.call(SEARCH, struct.pack("<HH", 5, 0x16), b"\x04\\*.*\0\x05\0\0")
			self.assertEqual(reply.status, ACCESS_DENIED)


if __name__ == "__main__":
	unittest.main()
