#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""smbclient follows the links of a DFS root to another server."""

import fcntl
import os
import socket
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import daemon  # noqa: E402
from daemon import SKIP, Daemon, Share, need  # noqa: E402
from smbclient import smbclient  # noqa: E402

FIRST, SECOND = "127.0.0.1", "127.0.0.2"


class Dfs(unittest.TestCase):
	@classmethod
	def serve(cls, port, shares, **options):
		daemon.free_port = lambda: port
		return cls.enterClassContext(Daemon(shares, **options))

	@classmethod
	def setUpClass(cls):
		cls.far = cls.serve(4450, [Share("data", read_only="no")], listen="%s:445, %s:4450" % (SECOND, FIRST))
		links = "table=//%s/data nowhere=//%s/none" % (SECOND, SECOND)
		cls.near = cls.serve(445, [
			Share("root", read_only="no", msdfs_root="yes", msdfs_links=links),
			Share("proxy", msdfs_root="yes", msdfs_proxy="\\\\%s\\data" % SECOND),
		])
		os.makedirs(cls.far.path("data", "sub"))
		for name in ("far", "sub/deep"):
			with open(cls.far.path("data", name), "w") as f:
				f.write("there")
		with open(cls.near.path("root", "near"), "w") as f:
			f.write("here")
		os.mkdir(cls.near.path("root", "dir"))
		os.symlink("msdfs:%s\\data" % SECOND, cls.near.path("root", "dir", "link"))

	def smb(self, *commands, share="root"):
		done = smbclient(self.near, commands, share=share)
		self.assertEqual(done.code, 0, done.text)
		self.assertNotIn("NT_STATUS_", done.text)
		return done.text

	def test_links_are_listed(self):
		text = self.smb("ls")
		for name in ("dir", "table", "nowhere"):
			self.assertRegex(text, r"(?m)^  %s +D " % name)
		self.assertRegex(self.smb("ls dir\\*"), r"(?m)^  link +D ")

	def test_what_is_behind_a_link_is_listed(self):
		for link in ("table", "TABLE", "dir\\link"):
			self.assertRegex(self.smb("ls %s\\*" % link), r"(?m)^  far +[NA]* +5 ")
			self.assertRegex(self.smb("cd %s" % link, "ls"), r"(?m)^  sub +D ")
			self.assertRegex(self.smb("ls %s\\sub\\*" % link), r"(?m)^  deep +[NA]* +5 ")

	def test_files_go_both_ways(self):
		local = os.path.join(self.near.dir, "got")
		self.smb("get dir\\link\\sub\\deep got")
		with open(local) as f:
			self.assertEqual(f.read(), "there")
		self.smb("put got table\\new")
		with open(self.far.path("data", "new")) as f:
			self.assertEqual(f.read(), "there")
		self.smb("del dir\\link\\new")
		self.assertFalse(os.path.exists(self.far.path("data", "new")))

	def test_what_is_here_stays_here(self):
		self.smb("get near got-near")
		with open(os.path.join(self.near.dir, "got-near")) as f:
			self.assertEqual(f.read(), "here")
		self.smb("mkdir made", "put got-near made\\file", "rename made\\file made\\other", "del made\\other", "rmdir made")

	def test_a_link_that_leads_nowhere_is_an_error(self):
		self.assertIn("NT_STATUS_", smbclient(self.near, ["ls nowhere\\*"], share="root").text)

	def test_a_proxy_is_the_share_it_stands_for(self):
		self.assertRegex(self.smb("ls", share="proxy"), r"(?m)^  far +[NA]* +5 ")


# smbclient looks for other servers at port 445: that of a network of our own.
if os.geteuid() != 0:
	print("skipped: only root can make a network")
	sys.exit(SKIP)
need("smbclient", "unshare")
if "SMB1D_IN_NET" not in os.environ:
	os.environ["SMB1D_IN_NET"] = "1"
	os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
	fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x49))  # SIOCSIFFLAGS: up, loopback, running
unittest.main(verbosity=2)
