#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compression as the file system really has it, on btrfs."""

import os
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import SKIP, Daemon, Share, need  # noqa: E402
from image import Image  # noqa: E402
from raw import ACCESS_DENIED, CREATE, READ, SUCCESS, WRITE, Raw  # noqa: E402

GET, SET = 0x9003C, 0x9C040
NONE, DEFAULT, LZNT1 = 0, 1, 2
COMPRESSED = 0x800


class Compression(unittest.TestCase):
	@classmethod
	def setUpClass(cls):
		cls.daemon = cls.enterClassContext(Daemon([Share("share", path=image.path, read_only="no")]))

	def setUp(self):
		self.raw = self.enterContext(Raw(self.daemon.port)).on()
		self.name = "\\" + self.id().rpartition(".")[2]
		self.disk = os.path.join(image.path, self.name[1:])

	def make(self, access=READ | WRITE, options=0):
		status, fid = self.raw.try_open(self.name, access, CREATE, options)
		self.assertEqual(status, SUCCESS)
		return fid

	def format(self, fid):
		reply = self.raw.fsctl(GET, fid)
		self.assertEqual(reply.status, SUCCESS)
		return struct.unpack("<H", reply.data)[0]

	def set(self, fid, to):
		return self.raw.fsctl(SET, fid, struct.pack("<H", to)).status

	def flag(self):
		shown = subprocess.run(["lsattr", "-d", self.disk], stdout=subprocess.PIPE, text=True, check=True).stdout
		return "c" in shown.split()[0]

	def test_a_file_is_compressed_and_no_longer(self):
		fid = self.make()
		self.assertEqual(self.format(fid), NONE)
		for to in (DEFAULT, LZNT1):
			self.assertEqual(self.set(fid, to), SUCCESS)
			self.assertTrue(self.flag())
			self.assertEqual(self.format(fid), LZNT1)
			self.assertEqual(self.raw.attributes(self.name) & COMPRESSED, COMPRESSED)
			self.assertEqual(self.set(fid, NONE), SUCCESS)
			self.assertFalse(self.flag())
			self.assertEqual(self.format(fid), NONE)
			self.assertEqual(self.raw.attributes(self.name) & COMPRESSED, 0)

	def test_what_is_made_in_a_compressed_directory_is(self):
		fid = self.make(options=1)
		self.assertEqual(self.set(fid, DEFAULT), SUCCESS)
		self.assertEqual(self.format(fid), LZNT1)
		with open(os.path.join(self.disk, "inner"), "wb"):
			self.assertEqual(self.raw.attributes(self.name + "\\inner") & COMPRESSED, COMPRESSED)

	def test_what_others_do_shows(self):
		fid = self.make()
		subprocess.run(["chattr", "+c", self.disk], check=True)
		self.assertEqual(self.format(fid), LZNT1)

	def test_who_may_not_write_changes_nothing(self):
		self.make()
		status, fid = self.raw.try_open(self.name, READ)
		self.assertEqual(status, SUCCESS)
		self.assertEqual(self.set(fid, DEFAULT), ACCESS_DENIED)
		self.assertFalse(self.flag())


need("lsattr", "chattr")
try:
	image = Image("btrfs", 120)
except unittest.SkipTest as e:
	print("skipped: %s" % e)
	sys.exit(SKIP)
with image:
	unittest.main(verbosity=2)
