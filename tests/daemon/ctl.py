#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""smb1ctl against a running daemon, with all that fences the daemon in."""

import json
import os
import pwd
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import Daemon, Share, ctl, smb1d_program  # noqa: E402
from raw import OPEN_IF, READ, WRITE, Raw  # noqa: E402


class Ctl(unittest.TestCase):
	def setUp(self):
		self.daemon = Daemon([Share("games", read_only="no")])
		self.daemon.__enter__()
		self.addCleanup(self.daemon.remove)
		self.addCleanup(self.daemon.stop)

	def ctl(self, *words):
		status, out, complaint = ctl(self.daemon, *words)
		self.assertEqual((status, complaint), (0, ""), out)
		return out

	def status(self):
		return json.loads(self.ctl("--json", "status"))

	def settled(self, name, value):
		"""The daemon hears of a closed connection in its own time."""
		for _ in range(1000):
			counts = self.status()["counts"]
			if counts[name] == value:
				return counts
		self.fail("%s: %s" % (name, counts))

	def on(self):
		return Raw(self.daemon.port).on("games")


class Asking(Ctl):
	def test_counts_what_there_is_until_there_is_nothing(self):
		self.settled("connections", 0)
		with self.on() as client:
			_, fid = client.try_open("a file", READ | WRITE, OPEN_IF)
			self.assertEqual(client.lock(fid, 5), 0)
			counts = self.status()["counts"]
			for name in ("connections", "sessions", "trees", "handles", "nodes", "opens", "locks"):
				self.assertEqual(counts[name], 1, name)
		counts = self.settled("connections", 0)
		self.assertEqual({name for name, n in counts.items() if n != 0}, set())

	def test_knows_the_process_though_it_is_fenced_in(self):
		status = self.status()
		self.assertEqual(status["pid"], self.daemon.proc.pid)
		self.assertGreater(status["memory"]["resident"], 1 << 20)
		with self.on() as client:
			client.try_open("a file", READ | WRITE, OPEN_IF)
			before = self.status()["descriptors"]
			client.try_open("another", READ | WRITE, OPEN_IF)
			self.assertEqual(self.status()["descriptors"], before + 1)

	def test_prints_tables(self):
		with self.on() as client:
			_, fid = client.try_open("a\x01file", READ | WRITE, OPEN_IF)
			_, fid = client.try_open("a file", READ | WRITE, OPEN_IF)
			client.lock(fid, 5)
			for command, words in (("files", ("torture", "rw-", "rwd", "a file", "nt")),
			    ("locks", ("exclusive", "5", "1", "a file")),
			    ("sessions", ("torture", "127.0.0.1")), ("clients", ("127.0.0.1", "raw")),
			    ("shares", ("games", self.daemon.path("games"))), ("stats", ("NT_CREATE_ANDX",)),
			    ("status", ("counts.opens", "pid"))):
				out = self.ctl(command)
				for word in words:
					self.assertIn(word, out, command)

	def test_lists_nothing_as_a_head_alone(self):
		self.assertEqual(self.ctl("files").count("\n"), 1)


class Ordering(Ctl):
	def test_kicks_one_client(self):
		with self.on() as client, self.on() as other:
			ids = [c["id"] for c in json.loads(self.ctl("--json", "clients"))["clients"]]
			self.assertEqual(self.ctl("kick", str(min(ids[-2:]))), "")
			self.assertTrue(client.closed())
			self.assertEqual(other.echo(), 0)

	def test_closes_one_file(self):
		with self.on() as client:
			_, first = client.try_open("first", READ | WRITE, OPEN_IF)
			_, second = client.try_open("second", READ | WRITE, OPEN_IF)
			files = json.loads(self.ctl("--json", "files"))["files"]
			self.ctl("close", next(f["id"] for f in files if f["path"] == "first"))
			self.assertEqual(client.close(first), 0xC0000008)
			self.assertEqual(client.close(second), 0)

	def test_reloads_and_says_whether_it_worked(self):
		good = self.daemon.smb1d_conf()
		self.daemon.write("smb1d.conf", good + "comment = other\n")
		self.ctl("reload")
		self.daemon.write("smb1d.conf", good + "nonsense = 1\n")
		status, out, complaint = ctl(self.daemon, "reload")
		self.assertEqual((status, out), (1, ""))
		self.assertIn("not reloaded", complaint)
		self.assertIn("nonsense", self.daemon.log_text())

	def test_refuses_what_is_not_there(self):
		for words in (("kick", "12345"), ("close", "1/2"), ("kick", "all")):
			status, out, complaint = ctl(self.daemon, *words)
			self.assertEqual((status, out), (1, ""))
			self.assertIn("id", complaint)
		for words in ((), ("nonsense",), ("kick",), ("status", "more")):
			self.assertEqual(ctl(self.daemon, *words)[0], 2)


class Callers(Ctl):
	def test_are_root_or_the_daemons_user(self):
		path = os.path.join(self.daemon.dir, "control")
		self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
		if os.geteuid() != 0:
			self.skipTest("only root can call as somebody else")
		# Whatever the mode says.
		os.chmod(self.daemon.dir, 0o755)
		os.chmod(path, 0o666)
		program = os.path.join(os.path.dirname(smb1d_program()), "smb1ctl")
		with open(program, "rb") as f:
			copy = self.daemon.write("smb1ctl", "", 0o755)
			with open(copy, "wb") as to:
				to.write(f.read())
		os.chmod(copy, 0o755)
		done = subprocess.run([copy, "-s", path, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
		    user=pwd.getpwnam("nobody").pw_uid, check=False, timeout=60)
		self.assertEqual((done.returncode, done.stdout), (1, ""))
		self.assertIn("only root", done.stderr)

	def test_who_says_nothing_are_no_trouble(self):
		idle = []
		for _ in range(20):
			s = socket.socket(socket.AF_UNIX)
			self.addCleanup(s.close)
			s.connect(os.path.join(self.daemon.dir, "control"))
			idle.append(s)
		with self.on() as client:
			self.assertEqual(client.echo(), 0)
		for s in idle:
			s.close()
		# The daemon hears in its own time that they have gone.
		for _ in range(1000):
			if ctl(self.daemon, "status")[0] == 0:
				return
		self.fail("nobody is heard any more")


class Socket(unittest.TestCase):
	def test_without_its_folder_the_daemon_serves_all_the_same(self):
		with Daemon(control_socket="/nowhere/control") as daemon:
			self.assertIn("/nowhere/control", daemon.log_text())
			with Raw(daemon.port).on() as client:
				self.assertEqual(client.echo(), 0)
			self.assertEqual(ctl(daemon, "status")[0], 1)


if __name__ == "__main__":
	unittest.main()
