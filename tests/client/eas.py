#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Extended attributes with smbclient, and that a share carries them from smbd to smb1d and back."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import Daemon, Share, smbd_program  # noqa: E402
from smbclient import SmbTest, main, smbclient  # noqa: E402

FILES = 40


def shown(text):
	"""What geteas prints: each name with the bytes of its value."""
	found, name = {}, None
	for line in text.splitlines():
		m = re.match(r"(.+) \((\d+)\) =$", line)
		if m:
			name = m[1]
			found[name] = b""
			continue
		if re.match(r"\[[0-9A-F]+\] ", line) and name is not None:
			# 16 bytes in two groups, then the same as text
			found[name] += bytes.fromhex(line[line.index("]") + 2:][:16 * 3 + 1])
	return found


def stored(path):
	"""The attributes on disk that are a client's."""
	return {n[5:]: os.getxattr(path, n) for n in os.listxattr(path)
	    if n.startswith("user.") and not re.match(r"user\.(DOSATTRIB|DosStream|SAMBA|NTACL|smb1d)", n)}


class Eas(SmbTest):
	def geteas(self, name):
		return shown(self.smb('geteas "%s"' % name))

	def test_set_read_change_and_remove(self):
		self.write_share("one")
		self.assertEqual(self.geteas("one"), {})
		self.smb("setea one .LONGNAME first", 'setea one Other "a longer value of more than sixteen bytes"')
		self.assertEqual(self.geteas("one"),
		    {".LONGNAME": b"first", "Other": b"a longer value of more than sixteen bytes"})
		self.smb("setea one OTHER changed")
		self.assertEqual(self.geteas("one")["Other"], b"changed")
		self.assertEqual(stored(self.on_disk("one")), {".LONGNAME": b"first", "Other": b"changed"})
		self.smb('setea one other ""')
		self.assertEqual(self.geteas("one"), {".LONGNAME": b"first"})

	def test_directories(self):
		os.mkdir(self.on_disk("folder"))
		self.smb("setea folder .ICON picture")
		self.assertEqual(self.geteas("folder"), {".ICON": b"picture"})

	def test_names_that_are_refused(self):
		self.write_share("bad")
		self.refused("STATUS_INVALID_EA_NAME", "setea bad a:b x")
		self.refused("NT_STATUS_ACCESS_DENIED", "setea bad DOSATTRIB x")
		self.assertEqual(stored(self.on_disk("bad")), {})

	def test_they_follow_a_renamed_file_and_leave_with_it(self):
		self.write_share("before")
		self.smb("setea before NAME value", "rename before after")
		self.assertEqual(self.geteas("after"), {"NAME": b"value"})
		self.smb("del after")
		self.write_share("after")
		self.assertEqual(self.geteas("after"), {})

	def test_allinfo_and_ls_work_beside_them(self):
		self.write_share("beside", b"12345")
		self.smb("setea beside NAME value")
		self.assertIn("5 bytes", self.smb("allinfo beside"))
		self.assertIn("beside", self.smb("ls beside"))


class Off(SmbTest):
	"""A share that keeps none tells none and takes none."""

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", ea_support="no")]

	def test_ea_support(self):
		self.write_share("one")
		os.setxattr(self.on_disk("one"), "user.name", b"value")
		self.assertEqual(shown(self.smb("geteas one")), {})
		self.refused("NT_STATUS_EAS_NOT_SUPPORTED", "setea one NEW x")
		self.assertEqual(stored(self.on_disk("one")), {"name": b"value"})


@unittest.skipIf(smbd_program() is None, "smbd is not installed")
class Interchange(unittest.TestCase):
	"""One directory, served by one and then by the other."""

	def run_on(self, daemon, commands):
		result = smbclient(daemon, commands)
		self.assertEqual(result.code, 0, result.text)
		self.assertNotIn("STATUS_", result.text)
		return result.text

	def fill(self, daemon):
		commands = []
		for i in range(FILES):
			commands.append('setea f%d Name%d "%s"' % (i, i, "v" * (i * 7 + 1)))
			commands.append("setea f%d SECOND x%d" % (i, i))
			commands.append("setea d%d .ICON %d" % (i, i))
		self.run_on(daemon, commands)

	def check(self, daemon):
		names = ["%s%d" % (kind, i) for i in range(FILES) for kind in "fd"]
		# pwd marks where one answer ends.
		text = self.run_on(daemon, [c for name in names for c in ("geteas " + name, "pwd")])
		answers = dict(zip(names, map(shown, text.split("Current directory is")), strict=False))
		for i in range(FILES):
			self.assertEqual(answers["f%d" % i], {"Name%d" % i: b"v" * (i * 7 + 1), "SECOND": b"x%d" % i})
			self.assertEqual(answers["d%d" % i], {".ICON": b"%d" % i})

	def carry(self, writer, reader):
		options = {"vfs objects": "streams_xattr acl_xattr", "ea support": "yes", "store dos attributes": "yes"}
		with Daemon([Share("share", read_only="no")], kind=writer, **(options if writer == "smbd" else {})) as one:
			path = one.path("share")
			for i in range(FILES):
				with open(os.path.join(path, "f%d" % i), "wb"):
					pass
				os.mkdir(os.path.join(path, "d%d" % i))
			self.fill(one)
			share = Share("share", path=path, read_only="no")
			with Daemon([share], kind=reader, **(options if reader == "smbd" else {})) as other:
				self.check(other)
				# Under another case they are the same, whoever wrote them.
				self.run_on(other, ["setea f0 second changed", 'setea f1 name1 ""'])
			self.assertEqual(stored(os.path.join(path, "f0")), {"Name0": b"v", "SECOND": b"changed"})
			self.assertEqual(stored(os.path.join(path, "f1")), {"SECOND": b"x1"})

	def test_from_smbd(self):
		self.carry("smbd", "smb1d")

	def test_to_smbd(self):
		self.carry("smb1d", "smbd")


if __name__ == "__main__":
	main()
