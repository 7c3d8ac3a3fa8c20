#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line of smb1d: what it takes, refuses and prints."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import smb1d_program  # noqa: E402

TIMEOUT = 60


class OptionsTest(unittest.TestCase):
	def setUp(self):
		self.dir = tempfile.mkdtemp(prefix="smb1d-test.")
		self.addCleanup(shutil.rmtree, self.dir)
		self.games = os.path.join(self.dir, "games")
		os.mkdir(self.games)
		# Not what systemd would say to a service that happens to run these tests.
		self.env = {k: v for k, v in os.environ.items()
		    if k not in ("NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDS", "WATCHDOG_USEC")}

	def run_it(self, *args):
		done = subprocess.run([smb1d_program(), *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
		    env=self.env, cwd=self.dir, timeout=TIMEOUT, check=False)
		return done.returncode, done.stdout, done.stderr

	def write(self, text, name="smb1d.conf"):
		path = os.path.join(self.dir, name)
		with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
			f.write(text)
		return path

	def good(self, more=""):
		return self.write("[global]\nmap to guest = bad user\npasswd file =\nlisten = 127.0.0.1:0\n%s"
		    "[games]\npath = %s\nguest ok = yes\n" % (more, self.games))


class Answers(OptionsTest):
	def test_version(self):
		code, out, err = self.run_it("--version")
		self.assertEqual((code, err), (0, ""))
		self.assertRegex(out, r"^smb1d \d+\.\d+\.\d+\n$")

	def test_help_names_every_option(self):
		code, out, err = self.run_it("--help")
		self.assertEqual((code, err), (0, ""))
		for option in ("-f", "-c", "-t", "-v", "--share NAME=DIR[,rw][,guest]", "--listen", "--user", "--version"):
			self.assertIn(option, out)

	def test_wrong_command_lines(self):
		games = "g=" + self.games
		for args in (["-x"], ["--nonsense"], ["-c"], ["games"], ["--share", games, "-c", "smb1d.conf"],
		    ["--listen", "127.0.0.1:0"], ["--user", "a:b"], ["--share", games, "--user", "nocolon"]):
			with self.subTest(args):
				code, out, err = self.run_it(*args)
				self.assertEqual((code, out), (2, ""))
				self.assertIn("--help", err)

	def test_missing_file_tells_what_to_do(self):
		code, out, err = self.run_it("-c", os.path.join(self.dir, "none.conf"))
		self.assertEqual((code, out), (1, ""))
		self.assertIn("none.conf: No such file or directory", err)
		self.assertIn("--share", err)


class Testing(OptionsTest):
	def test_prints_what_it_understood(self):
		code, out, err = self.run_it("-t", "-c", self.good("dEadtime = 007\n"))
		self.assertEqual((code, err), (0, ""))
		self.assertRegex(out, r"(?m)^\s*deadtime = 7$")
		self.assertRegex(out, r"(?m)^\[games\]$")

	def test_understands_what_it_printed(self):
		code, first, err = self.run_it("-t", "-c", self.good())
		self.assertEqual(code, 0, err)
		code, second, err = self.run_it("-t", "-c", self.write(first, "again.conf"))
		self.assertEqual(code, 0, err)
		self.assertEqual(re.sub("#.*", "", first), re.sub("#.*", "", second))

	def test_lists_every_mistake(self):
		code, out, err = self.run_it("-t", "-c", self.write("[global]\nnonsense = 1\ndeadtime = soon\n[games]\n"
		    "path = /nowhere/at/all\nread only = perhaps\n"))
		self.assertEqual((code, out), (1, ""))
		for line, key in ((2, "nonsense"), (3, "deadtime"), (5, "path"), (6, "read only")):
			self.assertRegex(err, r"(?m)smb1d\.conf:%d: \[\w+\] %s: " % (line, key))

	def test_looks_at_the_accounts_too(self):
		accounts = self.write("someone:nonsense\n", "accounts")
		code, out, err = self.run_it("-t", "-c",
		    self.write("[global]\npasswd file = %s\n[games]\npath = %s\n" % (accounts, self.games)))
		self.assertEqual((code, out), (1, ""))
		self.assertIn("accounts:1: ", err)

	def test_takes_shares_of_the_command_line(self):
		code, out, err = self.run_it("-t", "--share", "games=%s,rw,guest" % self.games)
		self.assertEqual((code, err), (0, ""))
		self.assertRegex(out, r"(?m)^\s*listen = 127\.0\.0\.1:4450$")
		self.assertRegex(out, r"(?m)^\s*read only = no$")


class Mistakes(OptionsTest):
	def test_bad_configuration_does_not_serve(self):
		code, _, err = self.run_it("-f", "-c", self.good("nonsense = 1\n"))
		self.assertEqual(code, 1)
		self.assertIn("nonsense", err)

	def test_bad_share(self):
		for share, why in (("games", "NAME=DIR"), ("games=" + self.dir + "/none", "No such file"),
		    ("a/b=" + self.games, "a/b")):
			with self.subTest(share):
				code, _, err = self.run_it("--share", share)
				self.assertEqual(code, 1)
				self.assertIn(why, err)

	def test_taken_port_names_address_and_remedy(self):
		with socket.socket() as s:
			s.bind(("127.0.0.1", 0))
			s.listen()
			address = "127.0.0.1:%d" % s.getsockname()[1]
			code, _, err = self.run_it("--share", "games=" + self.games, "--listen", address)
		self.assertEqual(code, 1)
		self.assertIn(address, err)
		self.assertIn("another server", err)

	def test_background_start_fails_aloud(self):
		with socket.socket() as s:
			s.bind(("127.0.0.1", 0))
			s.listen()
			conf = self.good("user = %s\n" % ("root" if os.geteuid() == 0 else ""))
			with open(conf) as f:
				text = f.read().replace("127.0.0.1:0", "127.0.0.1:%d" % s.getsockname()[1])
			code, _, err = self.run_it("-c", self.write(text))
		self.assertEqual(code, 1)
		self.assertIn("another server", err)

	@unittest.skipIf(os.geteuid() != 0, "needs root")
	def test_root_must_say_whom_to_serve_as(self):
		code, _, err = self.run_it("-f", "-c", self.good())
		self.assertEqual(code, 1)
		self.assertIn("[global] user: ", err)
		self.assertIn("user = root", err)

	@unittest.skipIf(os.geteuid() == 0, "not for root")
	def test_only_root_becomes_another_user(self):
		other = next(name for name in ("nobody", "daemon") if pwd.getpwnam(name).pw_uid != os.geteuid())
		code, _, err = self.run_it("-f", "-c", self.good("user = %s\n" % other))
		self.assertEqual(code, 1)
		self.assertIn("[global] user: ", err)


class Trial(OptionsTest):
	"""Without a configuration file."""

	def serve(self, *args):
		proc = subprocess.Popen([smb1d_program(), *args, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
		    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.env, cwd=self.dir)
		self.addCleanup(self.reap, proc)
		return proc

	def reap(self, proc):
		if proc.poll() is None:
			proc.kill()
		proc.communicate()

	def ends(self, proc, signal_number):
		proc.send_signal(signal_number)
		_, err = proc.communicate(timeout=TIMEOUT)
		self.assertEqual(proc.returncode, 0, err)

	def test_prints_how_to_connect(self):
		proc = self.serve("--share", "games=%s,rw,guest" % self.games)
		line = proc.stdout.readline()
		self.assertRegex(line, r"^serving \[games\] %s, writable, for guests; connect with: smbclient "
		    r"//127\.0\.0\.1/games -p [1-9]\d* .*-N\n$" % re.escape(os.path.realpath(self.games)))
		port = int(re.search(r"-p (\d+)", line).group(1))
		socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
		self.ends(proc, signal.SIGTERM)

	def test_prints_the_command_of_each_share_for_its_user(self):
		proc = self.serve("--share", "a=" + self.games, "--share", "b=%s,guest" % self.games, "--user", "ann:secret word")
		self.assertRegex(proc.stdout.readline(), r"^serving \[a\] .* read only, for users; .* -U ann\n$")
		self.assertRegex(proc.stdout.readline(), r"^serving \[b\] .* read only, for guests; .* -N\n$")
		self.ends(proc, signal.SIGINT)

	def test_wipes_the_password_from_its_arguments(self):
		proc = self.serve("--share", "a=" + self.games, "--user", "ann:secret word")
		proc.stdout.readline()
		with open("/proc/%d/cmdline" % proc.pid, "rb") as f:
			arguments = f.read()
		self.assertNotIn(b"secret", arguments)
		self.assertNotIn(b"word", arguments)
		self.ends(proc, signal.SIGTERM)


if __name__ == "__main__":
	unittest.main()
