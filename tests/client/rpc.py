#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What clients ask over named pipes: the list of shares, the server, its sessions and open files."""

import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, main, smbclient  # noqa: E402
from daemon import DaemonError, Share, need  # noqa: E402

ADMIN, USER = "torture%secret", "second%secret"


class Rpc(SmbTest):
	options = {
		"admin users": "torture", "server string": "A server for tests", "workgroup": "TESTS",
		"map to guest": "bad user", "guest account": "root" if os.geteuid() == 0 else "nobody",
	}
	users = ["torture", "second"]

	@classmethod
	def shares(cls):
		return [
			Share("share", read_only="no", comment="Everybody's"),
			Share("hidden", browseable="no"),
			Share("few", max_connections="3"),
		]

	def rpc(self, command, user=ADMIN, how="smb1"):
		done = subprocess.run(
		    ["rpcclient", "ncacn_np:127.0.0.1[%s]" % how, "-p", str(self.daemon.port), "-s", self.daemon.client_conf,
		     *(["-N", "-U", "%"] if user is None else ["-U", user]), "-c", command],
		    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
		return done.stdout.decode("utf-8", "replace")

	def list(self, user):
		done = subprocess.run(
		    ["smbclient", "-g", "-L", "//127.0.0.1", "-p", str(self.daemon.port), "-s", self.daemon.client_conf, "-m", "NT1",
		     *(["-N", "-U", "%"] if user is None else ["-U", user])],
		    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
		return [line for line in done.stdout.decode().splitlines() if line.count("|") == 2]

	def test_smbclient_lists_what_may_be_seen(self):
		seen = ["Disk|share|Everybody's", "Disk|few|", "IPC|IPC$|IPC Service (A server for tests)"]
		self.assertEqual(self.list(USER), seen)
		self.assertEqual(self.list(None), seen)

	def test_an_administrator_sees_all(self):
		self.assertIn("Disk|hidden|", self.list(ADMIN))

	def test_srvinfo(self):
		text = self.rpc("srvinfo", USER)
		self.assertIn("SMB1D", text)
		self.assertIn("A server for tests", text)
		self.assertIn("500", text)

	def test_share_levels(self):
		self.assertIn("remark:\tEverybody's", self.rpc("netshareenumall 1"))
		for level in ("2", "502"):
			text = self.rpc("netshareenumall " + level)
			self.assertIn("path:\tC:" + self.daemon.path("share").replace("/", "\\"), text)
		self.assertRegex(text, r"netname: few(.*\n)+?\tmax_uses:\t3")

	def test_what_tells_paths_is_for_administrators(self):
		for level in ("2", "502"):
			self.assertIn("ACCESS_DENIED", self.rpc("netshareenumall " + level, USER))
		self.assertIn("ACCESS_DENIED", self.rpc("netfileenum", USER))
		self.assertIn("ACCESS_DENIED", self.rpc("netsessenum", USER))

	def test_calls_may_be_signed_and_sealed(self):
		for how in ("connect", "sign", "seal"):
			with self.subTest(how):
				text = self.rpc("netshareenumall 502;srvinfo;netshareenumall 1", how="smb1,ntlm," + how)
				self.assertIn("A server for tests", text)
				self.assertEqual(text.count("remark:\tEverybody's"), 2)
				self.assertNotIn("NT_STATUS", text)

	def test_share_get_info(self):
		self.assertIn("remark:\tEverybody's", self.rpc("netsharegetinfo share 1", USER))
		self.assertIn("NETNAMENOTFOUND", self.rpc("netsharegetinfo nowhere 1"))
		self.assertIn("ACCESS_DENIED", self.rpc("netsharegetinfo share 502", USER))

	def open_file(self):
		"""A client that has a file open for a while."""
		with open(self.on_disk("open.txt"), "wb") as f:
			f.write(b"x")
		client = subprocess.Popen(
		    ["smbclient", "//127.0.0.1/share", "-p", str(self.daemon.port), "-s", self.daemon.client_conf, "-m", "NT1",
		     "-U", USER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
		client.stdin.write(b"open open.txt\n")
		client.stdin.flush()
		for _ in range(600):
			if "open.txt" in self.rpc("netfileenum"):
				return client
			time.sleep(0.05)
		self.fail("the file is not listed")

	def close(self, client):
		client.stdin.close()
		client.stdout.read()
		client.wait(30)
		client.stdout.close()

	def test_open_files_are_listed_where_they_are(self):
		client = self.open_file()
		self.assertIn("C:" + self.on_disk("open.txt").replace("/", "\\"), self.rpc("netfileenum"))
		self.close(client)
		self.assertNotIn("open.txt", self.rpc("netfileenum"))

	def test_sessions_are_counted(self):
		client = self.open_file()
		found = re.search(r"Received (\d+) entries", self.rpc("netsessenum"))
		self.assertIsNotNone(found)
		self.assertGreaterEqual(int(found.group(1)), 2)
		self.close(client)

	def test_an_administrator_may_end_a_session(self):
		client = self.open_file()
		self.assertIn("ACCESS_DENIED", self.rpc("netsessdel 127.0.0.1 second", USER))
		self.assertNotIn("WERR", self.rpc("netsessdel 127.0.0.1 second"))
		for _ in range(600):
			if "open.txt" not in self.rpc("netfileenum"):
				break
			time.sleep(0.05)
		else:
			self.fail("the file is still open")
		self.close(client)

	def test_the_rest_is_answered(self):
		for command in ("netremotetod", "netdiskenum", "netnamevalidate share 9", "wkssvc_wkstagetinfo 100"):
			with self.subTest(command):
				self.assertNotIn("WERR_", self.rpc(command))
		self.assertIn("NAME", self.rpc("netnamevalidate sha*re 9"))

	def test_no_pipe_opens_a_file(self):
		text = smbclient(self.daemon, ["open ../share/open.txt", "open srvsvc"], share="IPC$", user=ADMIN).text
		self.assertIn("NT_STATUS_OBJECT_NAME_NOT_FOUND", text)


if __name__ == "__main__":
	need("rpcclient")
	main()
