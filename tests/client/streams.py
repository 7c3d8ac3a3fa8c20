#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Alternate data streams with smbclient, and that a share carries them from smbd to smb1d and back."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import Daemon, Share, smbd_program  # noqa: E402
from smbclient import SmbTest, checksum, main, smbclient  # noqa: E402

FILES = 25
SMBD = {"vfs objects": "streams_xattr acl_xattr", "ea support": "yes", "store dos attributes": "yes"}
LARGE = 3 << 20


def shown(text):
	"""The streams that allinfo prints, with their sizes."""
	return {m[1]: int(m[2]) for m in re.finditer(r"^stream: \[(.*)\], (\d+) bytes$", text, re.M)}


def stored(path):
	return {n: os.getxattr(path, n) for n in os.listxattr(path) if n.startswith("user.DosStream.")}


class Streams(SmbTest):
	def allinfo(self, name):
		return shown(self.smb('allinfo "%s"' % name))

	def test_put_get_and_allinfo(self):
		self.write_local("a", b"stream data")
		self.smb("put a f", "put a f:One", "put a f:zwei:$DATA", 'put a "f:Größe 日本"')
		self.assertEqual(self.allinfo("f"),
		    {"::$DATA": 11, ":One:$DATA": 11, ":zwei:$DATA": 11, ":Größe 日本:$DATA": 11})
		self.smb("get f:ONE back")
		with open(os.path.join(self.local, "back"), "rb") as f:
			self.assertEqual(f.read(), b"stream data")
		self.assertEqual(stored(self.on_disk("f"))["user.DosStream.Größe 日本:$DATA"], b"stream data\0")

	def test_directories_have_streams(self):
		self.write_local("a", b"icon")
		os.mkdir(self.on_disk("folder"))
		self.smb("put a folder:icon", "get FOLDER:ICON back")
		self.assertEqual(self.allinfo("folder"), {":icon:$DATA": 4})
		self.smb("rmdir folder")

	def test_large_streams(self):
		self.write_local("big", os.urandom(LARGE))
		self.smb("put big large:one", "put big large:two", "get large:one back")
		self.assertEqual(checksum(os.path.join(self.local, "back")), checksum(os.path.join(self.local, "big")))
		self.assertEqual(self.allinfo("large"), {"::$DATA": 0, ":one:$DATA": LARGE, ":two:$DATA": LARGE})
		self.assertNotIn("smb1d", self.smb("ls"))
		self.smb("rename large elsewhere", "get elsewhere:two back2")
		self.assertEqual(checksum(os.path.join(self.local, "back2")), checksum(os.path.join(self.local, "big")))
		self.smb("del elsewhere")
		self.assertEqual(os.listdir(self.on_disk(".smb1d.streams")), [])

	def test_putting_the_file_again_ends_its_streams(self):
		self.write_local("a", b"x")
		self.smb("put a d:one", "put a d", "put a d:two")
		self.assertEqual(self.allinfo("d"), {"::$DATA": 1, ":two:$DATA": 1})

	def test_streams_are_not_listed(self):
		self.write_local("a", b"x")
		self.smb("put a hidden:one")
		self.assertNotIn("one", self.smb("ls hidden*"))

	def test_names_that_are_refused(self):
		self.write_local("a", b"x")
		for name in ("f:", "f:s:$FOO", "f:a:b"):
			self.refused("NT_STATUS_OBJECT_NAME_INVALID", "put a %s" % name)


class Off(SmbTest):
	"""A share that keeps none knows none."""

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", named_streams="no")]

	def test_named_streams(self):
		self.write_local("a", b"x")
		self.write_share("one")
		os.setxattr(self.on_disk("one"), "user.DosStream.s:$DATA", b"x\0")
		self.refused("NT_STATUS_OBJECT_NAME_INVALID", "put a one:new")
		self.assertEqual(shown(self.smb("allinfo one")), {"::$DATA": 1})


@unittest.skipIf(smbd_program() is None, "smbd is not installed")
class Interchange(unittest.TestCase):
	"""One directory, served by one and then by the other."""

	def run_on(self, daemon, commands):
		result = smbclient(daemon, commands)
		self.assertEqual(result.code, 0, result.text)
		self.assertNotIn("NT_STATUS_", result.text)
		return result.text

	@staticmethod
	def streams_of(i):
		return {"first %d" % i: b"%d" % i, "Zweiter": b"v" * (i * 17), "x\x05?*%d" % i: b"odd"}

	def fill(self, daemon):
		commands = []
		for i in range(FILES):
			for k, (name, content) in enumerate(self.streams_of(i).items()):
				local = "local-%d-%d" % (i, k)
				with open(os.path.join(daemon.dir, local), "wb") as f:
					f.write(content)
				commands += ['put %s "%s%d:%s"' % (local, kind, i, name) for kind in "fd"]
		self.run_on(daemon, commands)

	def check(self, daemon):
		names = ["%s%d" % (kind, i) for i in range(FILES) for kind in "fd"]
		# pwd marks where one answer ends.
		text = self.run_on(daemon, [c for name in names for c in ("allinfo " + name, "pwd")])
		answers = dict(zip(names, map(shown, text.split("Current directory is")), strict=False))
		for i in range(FILES):
			sizes = {":%s:$DATA" % name: len(content) for name, content in self.streams_of(i).items()}
			self.assertEqual(answers["d%d" % i], sizes)
			self.assertEqual(answers["f%d" % i], {**sizes, "::$DATA": 4})
		for i in (1, FILES - 1):
			self.run_on(daemon, ['get "f%d:ZWEITER" back' % i, 'get "d%d:zweiter" back2' % i])
			for name in ("back", "back2"):
				with open(os.path.join(daemon.dir, name), "rb") as f:
					self.assertEqual(f.read(), b"v" * (i * 17))

	def carry(self, writer, reader):
		with Daemon([Share("share", read_only="no")], kind=writer, **(SMBD if writer == "smbd" else {})) as one:
			path = one.path("share")
			for i in range(FILES):
				with open(os.path.join(path, "f%d" % i), "wb") as f:
					f.write(b"data")
				os.mkdir(os.path.join(path, "d%d" % i))
			self.fill(one)
			share = Share("share", path=path, read_only="no")
			with Daemon([share], kind=reader, **(SMBD if reader == "smbd" else {})) as other:
				self.check(other)
				# Under another case it is the same stream, whoever wrote it.
				with open(os.path.join(other.dir, "short"), "wb") as f:
					f.write(b"new")
				self.run_on(other, ['put short "f2:ZWEITER"'])
			self.assertEqual(stored(os.path.join(path, "f2"))["user.DosStream.Zweiter:$DATA"], b"new\0")
			self.assertEqual(len(stored(os.path.join(path, "f2"))), 3)

	def test_from_smbd(self):
		self.carry("smbd", "smb1d")

	def test_to_smbd(self):
		self.carry("smb1d", "smbd")

	def test_large_streams_survive_a_rename_by_smbd(self):
		with Daemon([Share("share", read_only="no")]) as one:
			with open(os.path.join(one.dir, "big"), "wb") as f:
				f.write(b"L" * LARGE)
			self.run_on(one, ["put big f:large", "put big f:small:$DATA"])
			share = Share("share", path=one.path("share"), read_only="no")
			with Daemon([share], kind="smbd", **SMBD) as other:
				self.run_on(other, ["mkdir sub", "rename f sub\\g"])
			self.run_on(one, ["get sub\\g:large back"])
			self.assertEqual(checksum(os.path.join(one.dir, "back")), checksum(os.path.join(one.dir, "big")))


if __name__ == "__main__":
	main()
