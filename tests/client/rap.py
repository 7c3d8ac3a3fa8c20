#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What older clients ask by RAP: smbclient before NT LM 0.12, and net rap."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, main  # noqa: E402
from daemon import Share, need  # noqa: E402

ADMIN, USER = "torture%secret", "second%secret"


class Rap(SmbTest):
	options = {
		"admin users": "torture", "server string": "A server for tests", "workgroup": "TESTS",
		"map to guest": "bad user", "guest account": "root" if os.geteuid() == 0 else "nobody",
		"lanman auth": "yes", "ntlm auth": "ntlmv1-permitted", "server min protocol": "LANMAN1",
	}
	users = ["torture", "second"]

	@classmethod
	def shares(cls):
		return [
			Share("share", read_only="no", comment="Everybody's"),
			Share("hidden", browseable="no"),
			Share("thirteenchars"),
			Share("twelve_chars", comment="Fits"),
		]

	def run_client(self, *words):
		done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
		    timeout=60, check=False)
		return done.stdout.decode("utf-8", "replace")

	def net(self, *words, user=ADMIN):
		return self.run_client("net", "rap", *words, "-S", "127.0.0.1", "-I", "127.0.0.1", "-p", str(self.daemon.port),
		    "-s", self.daemon.client_conf, "-U", user)

	def list(self, dialect, user):
		text = self.run_client("smbclient", "-g", "-L", "//127.0.0.1", "-p", str(self.daemon.port), "-s",
		    self.daemon.client_conf, "-m", dialect, "--option=client ntlmv2 auth=no", "--option=client use spnego=no",
		    "-U", user)
		return [line for line in text.splitlines() if line.count("|") == 2]

	def test_smbclient_lists_shares_in_older_dialects(self):
		for dialect in ("LANMAN1", "LANMAN2"):
			with self.subTest(dialect):
				seen = self.list(dialect, USER)
				self.assertIn("Disk|share|Everybody's", seen)
				self.assertIn("IPC|IPC$|IPC Service (A server for tests)", seen)
				self.assertFalse([line for line in seen if "hidden" in line])

	def test_net_lists_shares_whose_names_fit(self):
		self.assertEqual(self.net("share", user=USER).split(), ["share", "twelve_chars", "IPC$"])
		self.assertEqual(self.net("share").split(), ["share", "hidden", "twelve_chars", "IPC$"])
		self.assertRegex(self.net("--long", "share", user=USER), r"share\s+Disk\s+Everybody's")

	def test_net_knows_the_server_and_its_neighbours(self):
		self.assertIn("SMB1D", self.net("server", "name", user=USER))
		self.assertRegex(self.net("server", "domain", user=USER), r"SMB1D\s+A server for tests")
		self.assertIn("TESTS", self.net("domain", user=USER))

	def test_net_lists_users(self):
		self.assertEqual(sorted(self.net("user", user=USER).split()), ["second", "torture"])

	def open_file(self):
		"""A client that has a file open for a while."""
		self.write_share("open.txt")
		client = subprocess.Popen(
		    ["smbclient", "//127.0.0.1/share", "-p", str(self.daemon.port), "-s", self.daemon.client_conf, "-m", "NT1",
		     "-U", USER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
		client.stdin.write(b"open open.txt\n")
		client.stdin.flush()
		for _ in range(600):
			if "open.txt" in self.net("file"):
				return client
			time.sleep(0.05)
		self.fail("the file is not listed")

	def close(self, client):
		client.stdin.close()
		client.stdout.read()
		client.wait(30)
		client.stdout.close()

	def test_net_lists_sessions_and_files_and_closes_them(self):
		client = self.open_file()
		text = self.net("session")
		self.assertIn("127.0.0.1", text)
		self.assertIn("second", text)
		line = [line for line in self.net("file").splitlines() if "open.txt" in line][0]
		self.assertIn("second", line)
		number = line.split()[0]
		self.assertIn("open.txt", self.net("file", "info", number))
		self.net("file", "close", number, user=USER)
		self.assertIn("open.txt", self.net("file"))
		self.net("file", "close", number)
		self.assertNotIn("open.txt", self.net("file"))
		self.close(client)

	def test_others_do_not_see_what_is_open(self):
		client = self.open_file()
		self.assertNotIn("open.txt", self.net("file", user=USER))
		self.assertNotIn("second", self.net("session", user=USER))
		self.close(client)

	def test_there_are_no_printers(self):
		text = self.net("printq")
		self.assertIn("Print queues at", text)
		self.assertNotIn("share", text)


if __name__ == "__main__":
	need("net", "smbclient")
	main()
