#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A day's work with smbclient: what each of its commands does to the directory behind the share."""

import os
import re
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, main, smbclient  # noqa: E402

NAMES = ("Grüße", "日本語", "naïve café", "Ελληνικά", "русский", "plain")


def listed(text):
	"""The names and attribute letters of an ls."""
	found = {}
	for line in text.splitlines():
		m = re.match(r"  (.+?) +([A-Z]*) +(\d+)  \w{3} \w{3} ", line)
		if m:
			found[m[1].rstrip()] = (m[2], int(m[3]))
	return found


class Commands(SmbTest):
	def ls(self, what="*"):
		return listed(self.smb('ls "%s"' % what))

	def test_ls_shows_names_sizes_and_kinds(self):
		os.mkdir(self.on_disk("ls"))
		self.write_share("ls/Datei ä.txt", b"12345")
		os.mkdir(self.on_disk("ls/folder"))
		found = self.ls("ls\\*")
		self.assertEqual(found["Datei ä.txt"][1], 5)
		self.assertIn("D", found["folder"][0])
		self.assertIn("..", found)

	def test_ls_with_wildcards(self):
		os.mkdir(self.on_disk("w"))
		for name in ("a.txt", "B.TXT", "c.doc", "noext", "abc.txt"):
			self.write_share("w/" + name)
		self.assertEqual(set(self.ls("w\\*.txt")), {"a.txt", "B.TXT", "abc.txt"})
		self.assertEqual(set(self.ls("w\\?.txt")), {"a.txt", "B.TXT"})
		self.assertEqual(set(self.ls("w\\NOEXT")), {"noext"})
		self.refused("NT_STATUS_NO_SUCH_FILE", "ls w\\*.zip")

	def test_names_are_found_whatever_their_case(self):
		os.makedirs(self.on_disk("Mixed", "Case"))
		self.write_share("Mixed/Case/File.Txt", b"found")
		self.smb("get mixed\\CASE\\fILE.tXT got")
		with open(os.path.join(self.local, "got"), "rb") as f:
			self.assertEqual(f.read(), b"found")
		self.smb("del MIXED\\case\\FILE.TXT")
		self.assertEqual(os.listdir(self.on_disk("Mixed", "Case")), [])

	def test_a_message_for_people_reaches_the_log(self):
		sent = subprocess.run(["smbclient", "-M", "SMB1D", "-I", "127.0.0.1", "-p", str(self.daemon.port), "-U", "joe%",
		    "-s", self.daemon.client_conf], input=b"out of paper", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
		self.assertEqual(sent.returncode, 0, sent.stdout)
		self.assertIn("message from joe to SMB1D: out of paper", self.daemon.log_text())

	def test_mkdir_and_rmdir(self):
		self.smb("mkdir made", "mkdir made\\below", "cd made\\below", "ls")
		self.assertTrue(os.path.isdir(self.on_disk("made", "below")))
		self.refused("NT_STATUS_DIRECTORY_NOT_EMPTY", "rmdir made")
		self.refused("NT_STATUS_OBJECT_NAME_COLLISION", "mkdir made")
		self.smb("rmdir made\\below", "rmdir made")
		self.assertFalse(os.path.exists(self.on_disk("made")))
		self.refused("NT_STATUS_OBJECT_NAME_NOT_FOUND", "rmdir made")
		self.refused("NT_STATUS_OBJECT_PATH_NOT_FOUND", "mkdir no\\such")

	def test_rename(self):
		self.write_share("r1", b"one")
		os.mkdir(self.on_disk("rd"))
		self.smb("rename r1 rd\\r2")
		self.assertEqual(os.listdir(self.on_disk("rd")), ["r2"])
		self.smb("rename rd\\r2 rd\\R2")
		self.assertEqual(os.listdir(self.on_disk("rd")), ["R2"])
		self.write_share("r3")
		self.refused("NT_STATUS_OBJECT_NAME_COLLISION", "rename r3 rd\\r2")
		self.smb("rename rd re")
		self.assertTrue(os.path.exists(self.on_disk("re", "R2")))
		self.refused("NT_STATUS_OBJECT_NAME_NOT_FOUND", "rename nothing something")

	def test_del_with_wildcards(self):
		os.mkdir(self.on_disk("dw"))
		for name in ("1.tmp", "2.TMP", "keep.txt"):
			self.write_share("dw/" + name)
		os.mkdir(self.on_disk("dw", "dir.tmp"))
		self.smb("del dw\\*.tmp")
		self.assertEqual(sorted(os.listdir(self.on_disk("dw"))), ["dir.tmp", "keep.txt"])
		self.refused("NT_STATUS_NO_SUCH_FILE", "del dw\\*.tmp")

	def test_allinfo(self):
		self.write_share("info.txt", b"0123456789")
		text = self.smb("allinfo info.txt")
		for word in ("create_time:", "access_time:", "write_time:", "change_time:", "attributes:"):
			self.assertIn(word, text)
		self.assertIn("10 bytes", text)

	def test_setmode(self):
		self.write_share("mode.txt")
		self.smb("setmode mode.txt +rhs")
		self.assertEqual(set(self.ls("mode.txt")["mode.txt"][0]) & set("RHS"), set("RHS"))
		self.refused("NT_STATUS_CANNOT_DELETE", "del mode.txt")
		self.smb("setmode mode.txt -rhs")
		self.assertEqual(set(self.ls("mode.txt")["mode.txt"][0]) & set("RHS"), set())
		self.smb("del mode.txt")

	def test_utimes(self):
		self.write_share("when")
		self.smb("utimes when 2001:02:03-04:05:06 2002:03:04-05:06:07 2003:04:05-06:07:08 2004:05:06-07:08:09")
		text = self.smb("allinfo when")
		self.assertRegex(text, r"create_time:.*Feb +3 .*2001")
		self.assertRegex(text, r"access_time:.*Mar +4 .*2002")
		self.assertRegex(text, r"write_time:.*Apr +5 .*2003")
		self.assertIn("2003", self.smb("ls when"))

	def test_du_and_free_space(self):
		os.makedirs(self.on_disk("du", "below"))
		self.write_share("du/a", b"x" * 1000)
		self.write_share("du/below/b", b"x" * 234)
		self.assertIn("1234", self.smb("recurse", "du du\\*"))
		self.assertRegex(self.smb("ls"), r"\d+ blocks of size \d+\. \d+ blocks available")

	def test_volume(self):
		self.assertIn("share", self.smb("volume"))

	def test_absent_things(self):
		self.refused("NT_STATUS_OBJECT_NAME_NOT_FOUND", "get nothing")
		self.refused("NT_STATUS_OBJECT_PATH_NOT_FOUND", "get no\\thing")
		self.refused("NT_STATUS_OBJECT_NAME_NOT_FOUND", "cd nowhere")
		self.write_share("afile")
		self.refused("NT_STATUS_NOT_A_DIRECTORY", "cd afile")

	def test_nothing_above_the_share_is_reached(self):
		self.write_local("x", b"x")
		secret = os.path.join(self.daemon.dir, "secret")
		with open(secret, "w", encoding="ascii") as f:
			f.write("outside")
		os.symlink(secret, self.on_disk("leak"))
		os.symlink(self.daemon.dir, self.on_disk("up"))
		for command in ("get ..\\..\\secret", "get leak", "get up\\secret", "put x up\\new"):
			with self.subTest(command):
				self.refused("NT_STATUS_", command)
		smbclient(self.daemon, ["put x ..\\..\\new"], cwd=self.local)
		self.assertFalse(os.path.exists(os.path.join(self.daemon.dir, "new")))
		os.remove(self.on_disk("leak"))
		os.remove(self.on_disk("up"))


class Trees(SmbTest):
	def make_tree(self, root):
		"""500 files in 30 directories, with names of several scripts; gives what is in them."""
		made = {}
		for i in range(500):
			d = os.path.join("%s %d" % (NAMES[i % 5], i % 5), "sub %d" % (i % 6)) if i % 7 else ""
			name = os.path.join(d, "%s-%03d.dat" % (NAMES[i % 6], i))
			data = b"%d:" % i + bytes([i % 256]) * (i * 37 % 5000)
			os.makedirs(os.path.join(root, d), exist_ok=True)
			with open(os.path.join(root, name), "wb") as f:
				f.write(data)
			made[name] = data
		return made

	def read_tree(self, root):
		found = {}
		for where, _, names in os.walk(root):
			for name in names:
				path = os.path.join(where, name)
				with open(path, "rb") as f:
					found[os.path.relpath(path, root)] = f.read()
		return found

	def test_mput_and_mget_of_a_tree(self):
		up, down = os.path.join(self.local, "up"), os.path.join(self.local, "down")
		made = self.make_tree(up)
		os.mkdir(down)
		self.smb("mkdir tree", "cd tree", "recurse", "prompt", "mput *", cwd=up)
		self.assertEqual(self.read_tree(self.on_disk("tree")), made)
		self.smb("cd tree", "recurse", "prompt", "mget *", cwd=down)
		self.assertEqual(self.read_tree(down), made)
		self.smb("deltree tree")
		self.assertFalse(os.path.exists(self.on_disk("tree")))

	def test_tar_out_and_in(self):
		made = self.make_tree(self.on_disk("tarred"))
		self.smb("tar c out.tar tarred")
		unpacked = os.path.join(self.local, "unpacked")
		with tarfile.open(os.path.join(self.local, "out.tar")) as tar:
			tar.extractall(unpacked)
		self.assertEqual(self.read_tree(os.path.join(unpacked, "tarred")), made)
		os.rename(self.on_disk("tarred"), self.on_disk("before"))
		self.smb("tar x out.tar")
		self.assertEqual(self.read_tree(self.on_disk("tarred")), made)

	def test_a_large_directory_is_listed_whole(self):
		os.mkdir(self.on_disk("large"))
		names = {"file with a rather long name %05d" % i for i in range(5000)}
		for name in names:
			with open(self.on_disk("large", name), "w", encoding="ascii"):
				pass
		self.assertEqual(set(listed(self.smb("ls large\\*"))) - {".", ".."}, names)


if __name__ == "__main__":
	main()
