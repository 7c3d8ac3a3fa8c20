#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""smbclient in every dialect it has, with users and with shares that have passwords, in every scheme it then knows."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import NO_SPNEGO, Share, SmbTest, main, smbclient  # noqa: E402

DIALECTS = ("CORE", "COREPLUS", "LANMAN1", "LANMAN2", "NT1")
OPEN = {"server min protocol": "CORE"}
WEAK = {"lanman auth": "yes", "ntlm auth": "ntlmv1-permitted", **OPEN}
READABLE = {"ntlm auth": "disabled", "plaintext auth": "yes", **OPEN}

# What the client has to be told to send each of them.
LM = ["client ntlmv2 auth=no", "client lanman auth=yes", "client use spnego=no"]
NTLM = ["client ntlmv2 auth=no", "client lanman auth=no", "client use spnego=no"]
PLAINTEXT = ["client ntlmv2 auth=no", "client plaintext auth=yes"]


class Dialects:
	"""One server; dialects and what the client sends in them."""

	dialects = ()
	client = ()
	user = "torture%secret"

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", username="torture")]

	def work(self, dialect):
		"""What is asked of each: ls, get, put, mkdir, rename, del; names of eight letters at most."""
		with open(os.path.join(self.local, "sent"), "wb") as f:
			f.write(b"what was sent" * 10000)
		text = self.smb("mkdir work", "put sent work\\one", "rename work\\one work\\two", "get work\\two got", "ls work\\*",
		    "del work\\two", "rmdir work", dialect=dialect, options=self.client, user=self.user)
		self.assertIn("TWO", text.upper())
		with open(os.path.join(self.local, "got"), "rb") as f:
			self.assertEqual(f.read(), b"what was sent" * 10000)
		self.assertEqual(os.listdir(self.daemon.path("share")), [])

	def test_it_serves(self):
		for dialect in self.dialects:
			with self.subTest(dialect=dialect):
				self.work(dialect)

	def test_another_password_is_refused(self):
		if self.user is None:
			return
		result = smbclient(self.daemon, ["ls"], dialect=self.dialects[0], options=self.client, user="torture%wrong",
		    cwd=self.local)
		self.assertNotEqual(result.code, 0)
		self.assertRegex(result.text, "NT_STATUS_(LOGON_FAILURE|WRONG_PASSWORD)|ERRbadpw")


class UsersByLm(Dialects, SmbTest):
	options, client, dialects = WEAK, LM, ("LANMAN1", "LANMAN2", "NT1")


class UsersByNtlm(Dialects, SmbTest):
	options, client, dialects = WEAK, NTLM, ("NT1",)


class UsersByNtlmv2(Dialects, SmbTest):
	options, client, dialects = OPEN, NO_SPNEGO, ("NT1",)


class UsersByTokens(Dialects, SmbTest):
	options, client, dialects = OPEN, (), ("NT1",)


class UsersByPlaintext(Dialects, SmbTest):
	options, client, dialects = READABLE, PLAINTEXT, ("LANMAN1", "LANMAN2", "NT1")


class SharesByLm(Dialects, SmbTest):
	options, client, dialects = {"security": "share", **WEAK}, LM, ("LANMAN1", "LANMAN2", "NT1")


class SharesByPlaintext(Dialects, SmbTest):
	options, client, dialects = {"security": "share", **READABLE}, PLAINTEXT, DIALECTS


class CoreByPlaintext(Dialects, SmbTest):
	"""The core dialects have no users, whatever the server's security."""
	options, client, dialects = READABLE, PLAINTEXT, ("CORE", "COREPLUS")


class SharesForGuests(Dialects, SmbTest):
	options, client, dialects, user = {"security": "share", **OPEN}, (), DIALECTS, None

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", guest_ok="yes")]


class SharesOfAccountsWithoutPassword(Dialects, SmbTest):
	options, client, dialects, user = {"security": "share", **OPEN}, (), DIALECTS, None
	users = ["free:UN"]

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", username="free")]


class OldDialectsAreOff(SmbTest):
	def test_none_is_spoken_unless_it_is_asked_for(self):
		for dialect in DIALECTS[:-1]:
			result = smbclient(self.daemon, ["ls"], dialect=dialect, options=PLAINTEXT, cwd=self.local)
			self.assertNotEqual(result.code, 0, dialect)
			self.assertIn("protocol negotiation failed", result.text.lower())


class NamesOfDos(SmbTest):
	"""A long name is served under its short one to who knows no other."""
	options = {"security": "share", **OPEN}

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no", guest_ok="yes")]

	def test_long_names_have_short_ones(self):
		with open(self.daemon.path("share", "A long name of a file.text"), "w") as f:
			f.write("found")
		text = self.smb("ls", dialect="CORE", user=None)
		short = [line.split()[0] for line in text.splitlines() if ".TEX" in line]
		self.assertEqual(len(short), 1, text)
		self.assertLessEqual(len(short[0]), 12)
		self.smb("get %s got" % short[0], dialect="CORE", user=None)
		with open(os.path.join(self.local, "got")) as f:
			self.assertEqual(f.read(), "found")


if __name__ == "__main__":
	main()
