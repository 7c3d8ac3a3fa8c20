#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Security descriptors through smbcacls; and a directory that smbd and smb1d serve in turn, which must have the same
ones through both. smbcacls knows no port but 445, so all of it happens in a network of its own."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import daemon as daemons  # noqa: E402
from daemon import SKIP, Daemon, Share, need, smbd_program  # noqa: E402
from smbclient import main, smbclient  # noqa: E402

INSIDE = "SMB1D_TEST_NETWORK"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

EVERYONE, USERS, CREATOR = "S-1-1-0", "S-1-5-32-545", "S-1-3-0"
READ, CHANGE, FULL = 0x1200A9, 0x1301BF, 0x1F01FF
OI, CI, NP, IO = 1, 2, 4, 8


def enter_network():
	"""Once more, in a new network name space with its loopback up; skips where that is not permitted."""
	if INSIDE not in os.environ:
		if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
			print("skipped: no network of its own can be had")
			sys.exit(SKIP)
		os.environ[INSIDE] = "1"
		os.execvp("unshare", ["unshare", "-n", sys.executable] + sys.argv)
	with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		flags = struct.unpack("16sh14x", fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0)))[1]
		fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
	daemons.free_port = lambda: 445


def ace(sid, mask, flags=0, kind=0):
	return "ACL:%s:%d/%d/0x%x" % (sid, kind, flags, mask)


def smbcacls(server, name, *arguments, user="torture%secret", numeric=True):
	done = subprocess.run(
	    ["smbcacls", "//127.0.0.1/share", name, "-s", server.client_conf, "-U", user, "-m", "NT1",
	     *(["--numeric"] if numeric else []), *arguments],
	    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
	return done.returncode, [line for line in done.stdout.splitlines() if ":" in line]


class Acls(unittest.TestCase):
	def setUp(self):
		self.dir = tempfile.mkdtemp(prefix="smb1d-acls.")
		self.addCleanup(shutil.rmtree, self.dir, True)
		probe = os.path.join(self.dir, "probe")
		open(probe, "w").close()
		try:
			os.setxattr(probe, "security.NTACL", b"x")
		except OSError:
			self.skipTest("security.NTACL cannot be set here")
		os.unlink(probe)

	def serve(self, kind="smb1d", **options):
		if kind == "smbd":
			options["vfs objects"] = "acl_xattr"
		else:
			options["security acl name"] = "security.NTACL"
		return Daemon([Share("share", path=self.dir, read_only="no")], kind=kind, **options)

	def user_of(self, server):
		return server.users[0] + "%secret"

	def set(self, server, name, *aces):
		code, text = smbcacls(server, name, "-S", ",".join(aces), user=self.user_of(server))
		self.assertEqual(code, 0, text)

	def get(self, server, name):
		code, text = smbcacls(server, name, user=self.user_of(server))
		self.assertEqual(code, 0, text)
		self.assertTrue(any(line.startswith("OWNER:") for line in text), text)
		return text

	def test_smbcacls_adds_changes_and_deletes(self):
		open(os.path.join(self.dir, "f"), "w").close()
		with self.serve() as server:
			before = self.get(server, "f")
			self.assertIn("OWNER:S-1-22-1-%d" % os.geteuid(), before)
			self.assertEqual(smbcacls(server, "f", "-a", ace(USERS, READ))[0], 0)
			self.assertIn("ACL:%s:0/0x0/0x%08x" % (USERS, READ), self.get(server, "f"))
			self.assertEqual(smbcacls(server, "f", "-M", ace(USERS, CHANGE))[0], 0)
			self.assertIn("ACL:%s:0/0x0/0x%08x" % (USERS, CHANGE), self.get(server, "f"))
			self.assertEqual(smbcacls(server, "f", "-D", ace(USERS, CHANGE))[0], 0)
			self.assertEqual(sorted(self.get(server, "f")), sorted(before))
		self.assertIn("security.NTACL", os.listxattr(os.path.join(self.dir, "f")))

	def test_names_are_shown_for_owners_and_lists(self):
		open(os.path.join(self.dir, "f"), "w").close()
		with self.serve() as server:
			self.assertEqual(smbcacls(server, "f", "-a", ace(USERS, READ))[0], 0)
			code, text = smbcacls(server, "f", numeric=False)
		self.assertEqual(code, 0, text)
		self.assertIn("OWNER:Unix User\\root", text)
		self.assertIn("ACL:BUILTIN\\Users:ALLOWED/0x0/READ", text)
		self.assertTrue(any(line.startswith("ACL:Unix Group\\root:") for line in text), text)

	def test_an_account_chosen_by_name_is_the_user_of_this_system(self):
		open(os.path.join(self.dir, "f"), "w").close()
		with self.serve() as server:
			self.assertEqual(smbcacls(server, "f", "-a", "ACL:torture:ALLOWED/0x0/READ", numeric=False)[0], 0)
			text = self.get(server, "f")
		self.assertIn("ACL:S-1-22-1-%d:0/0x0/0x%08x" % (os.getuid(), READ), text)
		self.assertFalse(any("S-1-5-21-" in line for line in text), text)

	def test_group_of_this_system_is_changed_on_disk(self):
		path = os.path.join(self.dir, "f")
		open(path, "w").close()
		with self.serve() as server:
			code, text = smbcacls(server, "f", "-G", "S-1-22-2-1234")
			self.assertEqual(code, 0, text)
			self.assertEqual(os.stat(path).st_gid, 1234)
			self.assertIn("GROUP:S-1-22-2-1234", self.get(server, "f"))

	def test_denied_is_denied_and_inherited(self):
		with self.serve() as server:
			self.assertEqual(smbclient(server, ["mkdir d"]).code, 0)
			self.set(server, "d", ace(EVERYONE, FULL, OI | CI), ace(USERS, 2, OI | IO, kind=1))
			self.assertEqual(smbclient(server, ["put /etc/hostname d/f"]).code, 0)
			self.assertIn("ACL:%s:1/0x0/0x00000002" % USERS, self.get(server, "d/f"))
			self.assertIn("ACCESS_DENIED", smbclient(server, ["put /etc/hostname d/f"]).text)
			self.assertEqual(smbclient(server, ["get d/f " + os.path.join(self.dir, "copy")]).code, 0)

	# Name, and its list.
	KINDS = (
		("plain", (ace(EVERYONE, READ),)),
		("denied", (ace(USERS, 2, kind=1), ace(EVERYONE, FULL))),
		("owner", (ace("S-1-22-1-0", FULL), ace("S-1-22-2-0", READ), ace("S-1-22-1-1234", CHANGE))),
		("domain", (ace("S-1-5-21-1-2-3-1105", CHANGE), ace(EVERYONE, READ))),
		("many", tuple(ace("S-1-22-1-%d" % (2000 + i), READ | i) for i in range(1, 40))),
		("dir.inherit", (ace(EVERYONE, FULL, OI | CI), ace(CREATOR, FULL, OI | CI | IO))),
		("dir.once", (ace(EVERYONE, FULL), ace(USERS, READ, OI | CI | NP))),
	)

	def make_all(self, server):
		for name, aces in self.KINDS:
			made = "mkdir " + name if name.startswith("dir") else "put /etc/hostname " + name
			self.assertEqual(smbclient(server, [made], user=self.user_of(server)).code, 0)
			self.set(server, name, *aces)
		done = smbclient(server, ["put /etc/hostname dir.inherit/child", "mkdir dir.inherit/dir", "mkdir dir.once/dir"],
		    user=self.user_of(server))
		self.assertEqual(done.code, 0, done.text)

	def all(self, server):
		names = [name for name, _ in self.KINDS] + ["dir.inherit/child", "dir.inherit/dir", "dir.once/dir"]
		return {name: self.get(server, name) for name in names}

	def change_hands(self, first, second):
		if smbd_program() is None:
			self.skipTest("smbd is not installed")
		with self.serve(first) as server:
			self.make_all(server)
			before = self.all(server)
		with self.serve(second) as server:
			after = self.all(server)
		self.maxDiff = None
		for name, text in before.items():
			with self.subTest(name):
				self.assertEqual(text, after[name])

	def test_what_smbd_stored_is_the_same_here(self):
		self.change_hands("smbd", "smb1d")

	def test_what_is_stored_here_is_the_same_for_smbd(self):
		self.change_hands("smb1d", "smbd")

	def test_mode_changed_meanwhile_counts_for_both(self):
		open(os.path.join(self.dir, "f"), "w").close()
		with self.serve() as server:
			self.set(server, "f", ace(USERS, FULL))
			self.assertTrue(any(USERS in line for line in self.get(server, "f")))
			os.chmod(os.path.join(self.dir, "f"), 0o600)
			self.assertFalse(any(USERS in line for line in self.get(server, "f")))


if __name__ == "__main__":
	need("smbcacls", "smbclient", "unshare")
	enter_network()
	main()
