#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The UNIX extensions with smbclient: its posix command, and what that lets it do."""

import os
import re
import stat
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import Share  # noqa: E402
from smbclient import SmbTest, main, smbclient  # noqa: E402


def fields(text):
	"""What stat prints, of one file."""
	access = re.search(r"Access: \((\d+)/(\S+)\)\s+Uid: (\d+)\s+Gid: (\d+)", text)
	links = re.search(r"Inode: (\d+)\s+Links: (\d+)", text)
	size = re.search(r"Size: (\d+)\s+Blocks: \d+\s+(.*)", text)
	return {"mode": int(access[1], 8), "uid": int(access[3]), "gid": int(access[4]), "inode": int(links[1]),
	    "links": int(links[2]), "size": int(size[1]), "kind": size[2].strip()}


class Unix(SmbTest):
	options = {"unix_extensions": "yes"}

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", create_mask="0777", directory_mask="0777")]

	def posix(self, *commands):
		return self.smb("posix", *commands)

	def refused_posix(self, status, *commands):
		return self.refused(status, "posix", *commands)

	def mode(self, name):
		return stat.S_IMODE(os.lstat(self.on_disk(name)).st_mode)

	def test_the_server_tells_what_it_knows(self):
		text = self.posix()
		self.assertIn("Server supports CIFS extensions 1.0", text)
		for word in ("locks", "acls", "pathnames", "posix_path_operations", "large_read"):
			self.assertIn(word, text)

	def test_open_and_unlink(self):
		text = self.posix("posix_open made 0640", "close 1")
		self.assertIn("posix_open file /made: for read/write fnum 1", text)
		self.assertEqual(self.mode("made"), 0o640)
		self.posix("posix_unlink made")
		self.assertFalse(os.path.exists(self.on_disk("made")))
		self.refused_posix("NT_STATUS_OBJECT_NAME_NOT_FOUND", "posix_unlink made")

	def test_an_open_file_loses_its_name_and_stays(self):
		self.posix("posix_open shortlived 0600", "posix_unlink shortlived", "close 1")
		self.assertFalse(os.path.exists(self.on_disk("shortlived")))

	def test_mkdir_and_rmdir(self):
		self.posix("posix_mkdir folder 0750")
		self.assertEqual(self.mode("folder"), 0o750)
		self.refused_posix("NT_STATUS_OBJECT_NAME_COLLISION", "posix_mkdir folder 0750")
		self.write_share("folder/inside")
		self.refused_posix("NT_STATUS_DIRECTORY_NOT_EMPTY", "posix_rmdir folder")
		self.posix("posix_unlink folder/inside", "posix_rmdir folder")
		self.assertFalse(os.path.exists(self.on_disk("folder")))
		self.write_share("plain")
		self.refused_posix("NT_STATUS_NOT_A_DIRECTORY", "posix_rmdir plain")

	def test_symlink_and_readlink(self):
		self.write_share("target")
		self.posix("symlink target pointer", "symlink /etc/passwd astray")
		self.assertEqual(os.readlink(self.on_disk("pointer")), "target")
		self.assertIn("/pointer -> target", self.posix("readlink pointer"))
		self.assertIn("/astray -> /etc/passwd", self.posix("readlink astray"))
		self.refused_posix("NT_STATUS_INVALID_PARAMETER", "readlink target")
		self.refused_posix("NT_STATUS_OBJECT_NAME_COLLISION", "symlink x pointer")
		told = fields(self.posix("stat astray"))
		self.assertEqual((told["kind"], told["size"]), ("symbolic link", len("/etc/passwd")))

	def test_a_link_leads_nowhere_outside(self):
		os.symlink("/etc/passwd", self.on_disk("out"))
		self.refused_posix("NT_STATUS_ACCESS_DENIED", "get out -")
		self.refused("NT_STATUS_OBJECT_NAME_NOT_FOUND", "get out -")
		self.posix("posix_unlink out")
		self.assertFalse(os.path.islink(self.on_disk("out")))
		self.assertTrue(os.path.exists("/etc/passwd"))

	def test_link(self):
		self.write_share("one")
		self.posix("link one two")
		self.assertTrue(os.path.samefile(self.on_disk("one"), self.on_disk("two")))
		self.assertEqual(fields(self.posix("stat two"))["links"], 2)

	def test_chmod_and_stat(self):
		self.write_share("modes")
		self.posix("chmod 0604 modes")
		self.assertEqual(self.mode("modes"), 0o604)
		# Bits that change who runs a program are not set.
		self.posix("chmod 06755 modes")
		self.assertEqual(self.mode("modes"), 0o755)
		on_disk = os.stat(self.on_disk("modes"))
		told = fields(self.posix("stat modes"))
		self.assertEqual(told, {"mode": 0o755, "uid": on_disk.st_uid, "gid": on_disk.st_gid,
		    "inode": on_disk.st_ino, "links": 1, "size": on_disk.st_size, "kind": "regular file"})

	def test_getfacl(self):
		self.write_share("listed")
		os.chmod(self.on_disk("listed"), 0o640)
		text = self.posix("getfacl listed")
		for line in ("user::rw-", "group::r--", "other::---"):
			self.assertIn(line, text)

	def test_whoami(self):
		text = self.posix("posix_whoami")
		self.assertIn("GUEST:False", text)
		self.assertIn("UID:%d\n" % os.geteuid(), text)
		self.assertIn("S-1-22-1-%d\n" % os.geteuid(), text)

	def test_lock_and_unlock(self):
		self.write_share("locked")
		text = self.posix("posix_open locked 0644", "lock 1 w 0 a", "lock 1 r 2 3", "unlock 1 0 a")
		self.assertNotIn("failed", text)
		self.assertNotIn("ERR", text)

	def test_a_large_file_comes_whole(self):
		data = os.urandom(5 * 1000 * 1000 + 7)
		self.write_share("large", data)
		self.posix("get large")
		with open(os.path.join(self.local, "large"), "rb") as f:
			self.assertEqual(f.read(), data)

	def test_names_differ_by_case(self):
		self.posix("posix_open Name 0644", "posix_open name 0600", "posix_open a:b 0644")
		self.assertEqual((self.mode("Name"), self.mode("name"), self.mode("a:b")), (0o644, 0o600, 0o644))
		text = self.posix("ls")
		for name in ("Name", "name", "a:b"):
			self.assertRegex(text, r"(?m)^  %s +A? +0 " % name)


class Off(SmbTest):
	def test_without_the_key_there_are_none(self):
		result = smbclient(self.daemon, ["posix"])
		self.assertIn("Server doesn't support UNIX CIFS extensions", result.text)


if __name__ == "__main__":
	main()
