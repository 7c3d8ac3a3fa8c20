#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log on, how, and which shares they then reach."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import KIND, NO_SPNEGO, SmbTest, main  # noqa: E402
from daemon import Share  # noqa: E402

DENIED = "NT_STATUS_ACCESS_DENIED" if KIND == "smb1d" else "NT_STATUS_"


class StrictLogon(SmbTest):
	"""As configured out of the box: NTLMv2 only, no guest."""

	users = ["torture", "second", "gone:DU"]

	@classmethod
	def shares(cls):
		return [
			Share("share", read_only="no"),
			Share("readonly"),
			Share("mine", read_only="no", valid_users="torture"),
			Share("public", read_only="no", guest_ok="yes"),
			Share("far", hosts_allow="192.0.2.1"),
		]

	def test_spnego_ntlmv2(self):
		self.smb("ls")

	def test_ntlmv2_without_extended_security(self):
		self.smb("ls", options=NO_SPNEGO)

	def test_user_name_is_found_whatever_its_case(self):
		self.smb("ls", user="TorTure%secret")

	def test_domain_of_the_user_does_not_matter(self):
		self.smb("ls", user="ELSEWHERE/torture%secret")

	def test_ntlmv1_is_refused(self):
		for how in ([], NO_SPNEGO):
			with self.subTest(how):
				self.refused("NT_STATUS_LOGON_FAILURE", "ls", options=["client ntlmv2 auth=no", *how])

	def test_wrong_password(self):
		for how in ([], NO_SPNEGO):
			with self.subTest(how):
				self.refused("NT_STATUS_LOGON_FAILURE", "ls", user="torture%wrong", options=how)

	def test_unknown_user(self):
		self.refused("NT_STATUS_LOGON_FAILURE", "ls", user="nobodyknows%secret")

	def test_disabled_account(self):
		text = self.refused("NT_STATUS_", "ls", user="gone%secret")
		if KIND == "smb1d":
			self.assertIn("NT_STATUS_LOGON_FAILURE", text)

	def test_anonymous_reaches_no_share(self):
		self.refused("NT_STATUS_ACCESS_DENIED", "ls", user=None)

	def test_missing_share(self):
		self.refused("NT_STATUS_BAD_NETWORK_NAME", "ls", share="nosuchshare")

	def test_forbidden_share(self):
		self.smb("ls", share="mine")
		self.refused("NT_STATUS_ACCESS_DENIED", "ls", share="mine", user="second%secret")

	def test_share_for_another_host(self):
		self.refused("NT_STATUS_ACCESS_DENIED", "ls", share="far")

	def test_share_names_have_no_case(self):
		self.smb("ls", share="SHARE")

	def test_readonly_share_can_be_read_and_nothing_else(self):
		with open(self.daemon.path("readonly", "file"), "w", encoding="ascii") as f:
			f.write("text")
		os.mkdir(self.daemon.path("readonly", "folder"))
		self.write_local("new", b"x")
		self.smb("ls", "get file", share="readonly")
		for command in ("put new", "put new file", "del file", "mkdir more", "rmdir folder", "rename file other", "setmode file +h"):
			with self.subTest(command):
				self.refused(DENIED, command, share="readonly")
		self.assertEqual(sorted(os.listdir(self.daemon.path("readonly"))), ["file", "folder"])
		with open(self.daemon.path("readonly", "file"), encoding="ascii") as f:
			self.assertEqual(f.read(), "text")

	def test_many_logons_one_after_another(self):
		for _ in range(20):
			self.smb("ls")

	def test_logon_and_logoff_on_one_connection(self):
		self.smb("logoff", "logon torture secret", "ls")


class LenientLogon(SmbTest):
	options = {"ntlm auth": "ntlmv1-permitted", "lanman auth": "yes", "map to guest": "bad user", "server signing": "auto"}

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no"), Share("public", read_only="no", guest_ok="yes")]

	def test_ntlmv1_in_spnego(self):
		self.smb("ls", options=["client ntlmv2 auth=no"])

	def test_ntlmv1_without_extended_security(self):
		self.smb("ls", options=["client ntlmv2 auth=no", *NO_SPNEGO])

	def test_ntlmv1_signed(self):
		for how in ([], NO_SPNEGO):
			with self.subTest(how):
				self.smb("ls", options=["client ntlmv2 auth=no", "client signing=mandatory", *how])

	def test_unknown_user_is_a_guest(self):
		self.write_local("f", b"of a guest")
		self.smb("put f", "ls", share="public", user="whoever%whatever")
		self.assertTrue(os.path.exists(self.daemon.path("public", "f")))

	def test_guest_is_kept_out_of_other_shares(self):
		self.refused("NT_STATUS_ACCESS_DENIED", "ls", user="whoever%whatever")

	def test_known_user_with_wrong_password_is_no_guest(self):
		self.refused("NT_STATUS_LOGON_FAILURE", "ls", share="public", user="torture%wrong")

	def test_anonymous_reaches_a_public_share(self):
		self.smb("ls", share="public", user=None)


if __name__ == "__main__":
	main()
