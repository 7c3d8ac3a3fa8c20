#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The keys that say how clients log on: signing, kinds of responses, code page, guests, the accounts' file."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import SKIP, Daemon, DaemonError, Share  # noqa: E402
from smbclient import KIND, NO_SPNEGO, main, smbclient  # noqa: E402

SPNEGO = []


class LogonKeys(unittest.TestCase):
	def logon(self, daemon, options=(), user="torture%secret", share="share"):
		"""The log's line of the session, or None when the client was refused."""
		before = len(daemon.log_text())
		done = smbclient(daemon, ["put smb1d.conf f", "ls"], share=share, user=user, options=options)
		line = re.search(r"^.* logged on.*$", daemon.log_text()[before:], re.M)
		return line.group(0) if done.code == 0 and line else None


class Signing(LogonKeys):
	def check(self, server, expected):
		with Daemon([Share("share", read_only="no")], server_signing=server) as daemon:
			for wish, signed in expected:
				for how in (SPNEGO, NO_SPNEGO):
					with self.subTest(server=server, client=wish, spnego=how == SPNEGO):
						line = self.logon(daemon, ["client signing=" + wish, *how])
						if signed is None:
							self.assertIsNone(line)
						else:
							self.assertIsNotNone(line)
							self.assertEqual(", signed," in line, signed)

	def test_disabled(self):
		self.check("disabled", (("disabled", False), ("if_required", False), ("required", None)))

	def test_auto(self):
		self.check("auto", (("disabled", False), ("required", True)))

	def test_mandatory(self):
		self.check("mandatory", (("disabled", None), ("if_required", True), ("required", True)))

	def test_mandatory_leaves_no_place_for_guests(self):
		with Daemon([Share("share", guest_ok="yes")], server_signing="mandatory", map_to_guest="bad user") as daemon:
			self.assertIsNone(self.logon(daemon, user="stranger%secret"))
			self.assertRegex(daemon.log_text(), r"(?m)log-on of user stranger .* refused: .*sign")


class Responses(LogonKeys):
	def check(self, daemon, options, scheme):
		for how in (SPNEGO, NO_SPNEGO):
			with self.subTest(options=options, spnego=how == SPNEGO):
				line = self.logon(daemon, [*options, *how])
				if scheme is None:
					self.assertIsNone(line)
				else:
					self.assertIsNotNone(line, daemon.log_text())
					self.assertRegex(line, scheme)

	def test_ntlm_auth(self):
		for key, v1, v2 in (("ntlmv1-permitted", "NTLM", "NTLMv2"), ("ntlmv2-only", None, "NTLMv2"),
		    ("disabled", None, None)):
			with self.subTest(key), Daemon([Share("share", read_only="no")], ntlm_auth=key) as daemon:
				self.check(daemon, ["client ntlmv2 auth=no"], v1)
				self.check(daemon, [], v2)


class Log(LogonKeys):
	def test_the_domain_of_a_refused_token(self):
		with Daemon() as daemon:
			for how in (SPNEGO, NO_SPNEGO):
				self.assertIsNone(self.logon(daemon, how, user="ELSEWHERE/torture%wrong"))
			lines = re.findall(r"log-on of user torture \(domain (\w*)\) refused: wrong password", daemon.log_text())
			self.assertGreaterEqual(len(lines), 2)
			self.assertEqual(set(lines), {"ELSEWHERE"})

	def test_who_has_logged_on_and_how(self):
		with Daemon([Share("share", read_only="no")], server_signing="mandatory") as daemon:
			self.assertRegex(self.logon(daemon, user="ELSEWHERE/Torture%secret"),
			    r"127\.0\.0\.1: user torture \(domain ELSEWHERE\) logged on: SPNEGO/NTLMv2, NT LM 0\.12, signed, client \w+")
			self.assertRegex(self.logon(daemon, NO_SPNEGO),
			    r"127\.0\.0\.1: user torture \(domain \w+\) logged on: NTLMv2, NT LM 0\.12, signed, client \w+")


class Accounts(LogonKeys):
	def test_passwd_file_is_for_its_owner_only(self):
		class Open(Daemon):
			def passwd_text(self):
				os.chmod(os.path.join(self.dir, "private", "smbpasswd"), 0o640)
				return super().passwd_text()

			def smb1d_conf(self):
				self.write("private/smbpasswd", "", 0o640)
				return super().smb1d_conf()

		with self.assertRaisesRegex(DaemonError, r"passwd file: .*smbpasswd: others than its owner .*chmod 600"):
			with Open():
				pass

	def test_passwd_file_as_smb1passwd_writes_it(self):
		tool = os.path.join(os.path.dirname(os.environ.get("SMB1D", "")) or os.environ.get("builddir", "build"), "smb1passwd")
		if not os.path.exists(tool):
			self.skipTest("no smb1passwd beside smb1d")

		with Daemon([Share("share", read_only="no")], users=["torture"]) as daemon:
			file = os.path.join(daemon.dir, "private", "smbpasswd")
			subprocess.run([tool, "-f", file, "add", "fred"], input=b"other\nother\n", check=True, stdout=subprocess.DEVNULL,
			    stderr=subprocess.DEVNULL)
			self.assertIsNone(self.logon(daemon, user="fred%other"))
			daemon.proc.send_signal(1)
			while "reloaded" not in daemon.log_text():
				self.assertIsNone(daemon.proc.poll())
			self.assertIsNotNone(self.logon(daemon, user="fred%other"))


if __name__ == "__main__":
	if KIND != "smb1d":
		print("skipped: these are smb1d's keys")
		sys.exit(SKIP)
	main()
