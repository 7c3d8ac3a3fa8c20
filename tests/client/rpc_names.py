#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Names of SIDs and accounts over named pipes, as the security tab and administrators' tools ask for them."""

import os
import pwd
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, main  # noqa: E402
from daemon import Daemon, Share, need  # noqa: E402

ADMIN, USER = "torture%secret", "second%secret"
DOMAIN = r"S-1-5-21-\d+-\d+-\d+"


def ask(daemon, command, user):
	done = subprocess.run(
	    ["rpcclient", "ncacn_np:127.0.0.1[smb1]", "-p", str(daemon.port), "-s", daemon.client_conf,
	     *(["-N", "-U", "%"] if user is None else ["-U", user]), "-c", command],
	    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
	return done.stdout.decode("utf-8", "replace")


class Names(SmbTest):
	options = {"admin users": "torture", "workgroup": "TESTS", "netbios name": "HOST"}
	users = ["torture", "second", "third:DU"]

	def rpc(self, command, user=USER):
		return ask(self.daemon, command, user)

	def test_the_policy(self):
		self.assertIn("Domain Name: TESTS", self.rpc("lsaquery"))
		self.assertRegex(self.rpc("lsaquery 5"), "Domain Name: HOST\nDomain Sid: %s\n" % DOMAIN)
		self.assertIn("Domain NetBios Name: TESTS", self.rpc("lsaquery 12"))

	def test_who_asks_is_told_his_name(self):
		self.assertIn("Account Name: second, Authority Name: HOST", self.rpc("getusername"))

	def test_the_owner_of_a_file_has_a_name(self):
		me = pwd.getpwuid(os.getuid())
		self.assertIn("S-1-22-1-%d Unix User\\%s (1)" % (me.pw_uid, me.pw_name), self.rpc("lookupsids S-1-22-1-%d" % me.pw_uid))
		self.assertIn("S-1-22-2-0 Unix Group\\root (2)", self.rpc("lookupsids S-1-22-2-0"))

	def test_sids_that_are_the_same_everywhere(self):
		text = self.rpc("lookupsids S-1-1-0 S-1-5-11 S-1-5-32-544 S-1-5-21-1-2-3-512")
		self.assertIn("S-1-1-0 \\Everyone (5)", text)
		self.assertIn("S-1-5-11 NT AUTHORITY\\Authenticated Users (5)", text)
		self.assertIn("S-1-5-32-544 BUILTIN\\Administrators (4)", text)
		self.assertIn("S-1-5-21-1-2-3-512 *unknown*", text)

	def test_each_account_has_a_sid_of_its_own_that_leads_back(self):
		text = self.rpc("lookupnames torture HOST\\\\second third")
		found = re.findall(r"^(\S+) (%s-\d+) \(User: 1\)$" % DOMAIN, text, re.M)
		self.assertEqual(len({sid for _, sid in found}), 3, text)
		for name, sid in found:
			self.assertIn("%s HOST\\%s (1)" % (sid, name.split("\\")[-1]), self.rpc("lookupsids " + sid))

	def test_what_is_no_name_is_not_mapped(self):
		self.assertIn("NONE_MAPPED", self.rpc("lookupnames nobody-has-this-name"))

	def test_accounts_are_listed(self):
		text = self.rpc("enumdomusers")
		for user in ("torture", "second", "third"):
			self.assertIn("user:[%s]" % user, text)
		self.assertRegex(self.rpc("querydispinfo"), "acb: 0x00000211 Account: third")

	def test_the_domain_is_told_of(self):
		text = self.rpc("querydominfo")
		self.assertRegex(text, r"Domain:\s+HOST\n")
		self.assertRegex(text, r"Total Users:\s+3\n")

	def test_an_account_is_told_of_but_not_its_password(self):
		text = self.rpc("queryuser second")
		self.assertRegex(text, r"User Name\s*:\s+second\n")
		self.assertNotIn("NT_STATUS", text)
		self.assertIn("ACCESS_DENIED", self.rpc("chgpasswd2 second secret new"))

	def test_an_anonymous_client_sees_no_accounts(self):
		for command in ("enumdomusers", "querydominfo", "lookupnames torture", "lookupsids S-1-22-1-0"):
			with self.subTest(command):
				self.assertIn("ACCESS_DENIED", self.rpc(command, None))

	def test_the_domain_is_the_same_after_a_start(self):
		with Daemon([Share("share")], users=["torture"], **{"netbios name": "HOST"}) as other:
			sids = [re.search(DOMAIN, ask(d, "lsaquery 5", ADMIN)).group() for d in (self.daemon, other)]
		self.assertEqual(sids[0], sids[1])


if __name__ == "__main__":
	need("rpcclient")
	main()
