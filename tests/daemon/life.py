#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The life of the daemon: what it gives up at its start, reloads, ends, and what it tells systemd."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import LM_SECRET, NT_SECRET, smb1d_program  # noqa: E402

TIMEOUT = 60
ROOT = os.geteuid() == 0
CAP_SETUID_SETGID = 1 << 6 | 1 << 7

# Offers NT LM 0.12.
NEGOTIATE = bytes.fromhex(
    "0000002f ff534d42 72 00000000 18 43c8 0000 0000000000000000 0000 ffff 0100 0000 0000"
    "00 0c00 02 4e54204c4d20302e313200")


def account(name):
	return "%s:0:%s:%s:[U          ]:LCT-65000000:\n" % (name, LM_SECRET, NT_SECRET)


class LifeTest(unittest.TestCase):
	user = "root" if ROOT else ""

	def setUp(self):
		self.dir = tempfile.mkdtemp(prefix="smb1d-test.")
		self.addCleanup(shutil.rmtree, self.dir)
		os.chmod(self.dir, 0o755)
		self.log = os.path.join(self.dir, "log")
		self.proc = None
		for name in ("games", "games/old", "other"):
			os.mkdir(os.path.join(self.dir, name), 0o755)
		self.env = {k: v for k, v in os.environ.items()
		    if k not in ("NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDS", "WATCHDOG_USEC")}
		self.write("accounts", account("ann"))

	def path(self, name):
		return os.path.join(self.dir, name)

	def write(self, name, text):
		"""As an editor does: a new file, renamed over the old one."""
		new = self.path(name + ".new")
		with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
			f.write(text)
		if ROOT:
			who = pwd.getpwnam(self.user)
			os.chown(new, who.pw_uid, who.pw_gid)
		os.rename(new, self.path(name))

	def configure(self, more="", **shares):
		text = "[global]\nlisten = 127.0.0.1:0\npasswd file = %s\nuser = %s\n%s\n" % (
		    self.path("accounts"), self.user, more)
		for name, where in (shares or {"games": "games"}).items():
			text += "[%s]\npath = %s\n" % (name, self.path(where))
		self.write("smb1d.conf", text)

	def run_in_log(self, command, **how):
		with open(self.log, "ab") as log:
			self.proc = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env,
			    cwd=self.dir, **how)
		self.addCleanup(self.reap)

	def start(self):
		self.run_in_log([smb1d_program(), "-f", "-v", "-c", self.path("smb1d.conf")])
		self.wait_for(" serves as ")

	def reap(self):
		if self.proc.poll() is None:
			self.proc.kill()
		self.proc.wait()

	def log_text(self):
		with open(self.log, errors="replace") as f:
			return f.read()

	def wait_for(self, text):
		until = time.monotonic() + TIMEOUT
		while text not in self.log_text():
			if self.proc.poll() is not None or time.monotonic() > until:
				self.fail("no \"%s\" in the log:\n%s" % (text, self.log_text()))
			time.sleep(0.01)

	def port(self):
		return int(re.search(r"listening on 127\.0\.0\.1:(\d+)$", self.log_text(), re.M).group(1))

	def connect(self):
		s = socket.create_connection(("127.0.0.1", self.port()), TIMEOUT)
		self.addCleanup(s.close)
		return s

	def receive(self, s):
		"""One message, with its four bytes in front."""
		answer = b""
		while len(answer) < 4 or len(answer) < 4 + int.from_bytes(answer[1:4], "big"):
			part = s.recv(4096)
			self.assertNotEqual(part, b"", "the connection ended")
			answer += part
		return answer

	def negotiate(self, s):
		"""A round through the daemon: gives the dialect index of its answer."""
		s.sendall(NEGOTIATE)
		answer = self.receive(s)
		self.assertEqual(answer[4:9], b"\xffSMB\x72")
		return int.from_bytes(answer[37:39], "little")

	def smbclient(self, user, command):
		done = subprocess.run(["smbclient", "-s", "/dev/null", "//127.0.0.1/games", "-p", str(self.port()), "-m", "NT1",
		    "--option=client min protocol=NT1", "-U", user + "%secret", "-c", command], stdin=subprocess.DEVNULL,
		    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.dir, timeout=TIMEOUT, check=False)
		self.assertEqual(done.returncode, 0, done.stdout + self.log_text())
		return done.stdout

	def hang_up(self, *expected):
		self.proc.send_signal(signal.SIGHUP)
		for text in expected:
			self.wait_for(text)

	def stop(self):
		self.proc.send_signal(signal.SIGTERM)
		self.assertEqual(self.proc.wait(TIMEOUT), 0, self.log_text())


class Reload(LifeTest):
	def test_takes_a_new_configuration_and_keeps_connections(self):
		self.configure()
		self.start()
		s = self.connect()
		self.configure("deadtime = 5", games="games", old="games/old")
		self.hang_up("smb1d.conf: reloaded")
		self.assertEqual(self.negotiate(s), 0)
		self.stop()

	def test_refuses_a_mistake_whole(self):
		self.configure()
		self.start()
		self.configure("deadtime = soon\nnonsense = 1")
		self.hang_up("deadtime", "nonsense", "smb1d.conf: not reloaded")
		self.assertEqual(self.negotiate(self.connect()), 0)
		self.stop()

	def test_refuses_mistakes_in_the_accounts(self):
		self.configure()
		self.start()
		self.write("accounts", "nonsense\n")
		self.hang_up("accounts:1: ", "smb1d.conf: not reloaded")
		self.stop()

	def test_takes_new_accounts(self):
		self.configure()
		self.start()
		self.write("accounts", account("ann") + account("bob"))
		self.hang_up("smb1d.conf: reloaded")
		if shutil.which("smbclient"):
			self.smbclient("bob", "exit")
		self.stop()

	def test_says_what_needs_a_restart(self):
		self.configure()
		self.start()
		self.configure("worker threads = 2")
		self.hang_up("worker threads: stays \"4\" until smb1d is restarted", "smb1d.conf: reloaded")
		self.stop()

	def test_refuses_a_folder_it_has_locked_itself_out_of(self):
		self.configure()
		self.start()
		if "Landlock version" not in self.log_text():
			self.skipTest("no Landlock here")
		self.configure(games="games", other="other")
		self.hang_up("[other] path: ", "restart smb1d to serve it", "smb1d.conf: not reloaded")
		self.stop()


class NetBios(LifeTest):
	def request(self, called):
		names = b""
		for name in (called.ljust(15).encode() + b"\x20", b"CLIENT".ljust(15) + b"\0"):
			names += b"\x20" + bytes(c for b in name for c in (65 + (b >> 4), 65 + (b & 15))) + b"\0"
		return b"\x81\0" + len(names).to_bytes(2, "big") + names

	def configure(self, more="", **shares):
		super().configure("netbios name = FRED\n" + more, **shares)
		with open(self.path("smb1d.conf")) as f:
			text = f.read()
		self.write("smb1d.conf", text.replace("127.0.0.1:0", "127.0.0.1:0/netbios"))

	def port(self):
		return int(re.search(r"listening on 127\.0\.0\.1:(\d+)/netbios$", self.log_text(), re.M).group(1))

	def test_session_requests(self):
		self.configure()
		self.start()
		for name in ("FRED", "fred", "*SMBSERVER", "*SMBSERV"):
			with self.subTest(name), self.connect() as s:
				s.sendall(self.request(name))
				self.assertEqual(self.receive(s), b"\x82\0\0\0")
				s.sendall(b"\x85\0\0\0")
				self.assertEqual(self.negotiate(s), 0)
		with self.connect() as s:
			s.sendall(self.request("WILMA"))
			self.assertEqual(self.receive(s), b"\x83\0\0\1\x82")
			self.assertEqual(s.recv(10), b"")
		with self.connect() as s:
			s.sendall(NEGOTIATE)
			self.assertEqual(s.recv(10), b"")
		self.stop()


class Stop(LifeTest):
	def test_ends_every_connection(self):
		self.configure()
		self.start()
		idle, busy = self.connect(), self.connect()
		self.negotiate(busy)
		self.stop()
		for s in (idle, busy):
			self.assertEqual(s.recv(10), b"")
		with self.assertRaises(OSError):
			self.connect()

	def test_does_not_wait_for_a_stuck_client(self):
		self.configure()
		self.start()
		s = self.connect()
		s.sendall(NEGOTIATE[:20])
		self.negotiate(self.connect())
		self.stop()


class Background(LifeTest):
	def free_port(self):
		with socket.socket() as s:
			s.bind(("127.0.0.1", 0))
			return s.getsockname()[1]

	def daemons(self, argument):
		"""The daemons in the background with this argument."""
		for entry in filter(str.isdigit, os.listdir("/proc")):
			try:
				with open("/proc/%s/cmdline" % entry) as f:
					if argument in f.read().split("\0"):
						yield int(entry)
			except OSError:
				continue

	def test_serves_when_the_command_has_ended_and_stops(self):
		port = self.free_port()
		self.configure()
		with open(self.path("smb1d.conf")) as f:
			text = f.read().replace("127.0.0.1:0", "127.0.0.1:%d" % port)
		# From where it stands, and like no other.
		name = os.path.basename(self.dir) + ".conf"
		self.write(name, text)
		done = subprocess.run([smb1d_program(), "-c", name], stdin=subprocess.DEVNULL, capture_output=True, text=True,
		    env=self.env, cwd=self.dir, timeout=TIMEOUT, check=False)
		self.assertEqual(done.returncode, 0, done.stderr)
		with socket.create_connection(("127.0.0.1", port), TIMEOUT) as s:
			self.assertEqual(self.negotiate(s), 0)
			pids = list(self.daemons(name))
			self.assertEqual(len(pids), 1)
			os.kill(pids[0], signal.SIGTERM)
			self.assertEqual(s.recv(10), b"")
		until = time.monotonic() + TIMEOUT
		while list(self.daemons(name)):
			self.assertLess(time.monotonic(), until)
			time.sleep(0.01)


class Confined(LifeTest):
	def statuses(self):
		tasks = "/proc/%d/task" % self.proc.pid
		for task in os.listdir(tasks):
			with open(os.path.join(tasks, task, "status")) as f:
				yield dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)

	def check(self, uid, capabilities):
		threads = list(self.statuses())
		self.assertGreater(len(threads), 1)
		for status in threads:
			self.assertEqual(status["Uid"].split(), [str(uid)] * 4)
			self.assertEqual(int(status["CapEff"], 16), capabilities)
			self.assertEqual(int(status["CapPrm"], 16), capabilities)
			self.assertEqual(int(status["CapInh"], 16), 0)
			self.assertEqual(status["NoNewPrivs"], "1")
			if "not fenced in" not in self.log_text():
				self.assertEqual(status["Seccomp"], "2")

	@unittest.skipIf(ROOT, "not for root")
	def test_as_it_was_started(self):
		self.configure()
		self.start()
		self.check(os.geteuid(), 0)
		self.assertEqual(self.negotiate(self.connect()), 0)
		self.stop()

	@unittest.skipIf(not ROOT, "needs root")
	def test_as_another_user(self):
		self.user = "nobody"
		self.write("accounts", account("ann"))
		self.configure()
		self.start()
		self.check(pwd.getpwnam("nobody").pw_uid, 0)
		self.assertEqual(self.negotiate(self.connect()), 0)
		self.hang_up("smb1d.conf: reloaded")
		self.stop()

	@unittest.skipIf(not ROOT, "needs root")
	def test_with_the_identity_of_users(self):
		self.user = "nobody"
		self.write("accounts", account("ann"))
		self.configure("user identity = yes")
		self.start()
		self.check(pwd.getpwnam("nobody").pw_uid, CAP_SETUID_SETGID)
		self.assertEqual(self.negotiate(self.connect()), 0)
		self.stop()

	@unittest.skipIf(not ROOT or shutil.which("smbclient") is None, "needs root and smbclient")
	def test_users_act_on_disk_as_themselves(self):
		self.user = "nobody"
		self.write("accounts", account("daemon") + account("bin"))
		self.configure("user identity = yes")
		with open(self.path("smb1d.conf"), "a") as f:
			f.write("read only = no\n")
		os.chmod(self.path("games"), 0o1777)
		self.start()
		for name in ("daemon", "bin"):
			self.smbclient(name, "put smb1d.conf %s.txt" % name)
			self.assertEqual(os.stat(self.path("games/%s.txt" % name)).st_uid, pwd.getpwnam(name).pw_uid)
		self.assertIn("NT_STATUS_ACCESS_DENIED", self.smbclient("bin", "del daemon.txt"))
		self.assertTrue(os.path.exists(self.path("games/daemon.txt")))
		self.stop()

	@unittest.skipIf(not ROOT, "needs root")
	def test_a_folder_of_the_command_line_is_served_as_its_owner(self):
		who = pwd.getpwnam("daemon")
		os.chown(self.path("games"), who.pw_uid, who.pw_gid)
		self.run_in_log([smb1d_program(), "-v", "--share", "games=" + self.path("games"), "--listen", "127.0.0.1:0"])
		self.wait_for("serves as daemon")
		self.check(who.pw_uid, 0)
		self.stop()


class Systemd(LifeTest):
	def notices(self, **more):
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		self.addCleanup(s.close)
		s.settimeout(TIMEOUT)
		s.bind(self.path("notify"))
		self.env.update(NOTIFY_SOCKET=self.path("notify"), **more)
		return s

	def test_is_told_of_each_change(self):
		notices = self.notices()
		self.configure()
		self.start()
		self.assertEqual(notices.recv(1000), b"READY=1")
		self.proc.send_signal(signal.SIGHUP)
		self.assertRegex(notices.recv(1000), rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
		self.assertEqual(notices.recv(1000), b"READY=1")
		self.proc.send_signal(signal.SIGTERM)
		self.assertEqual(notices.recv(1000), b"STOPPING=1")
		self.assertEqual(self.proc.wait(TIMEOUT), 0)

	def test_hears_the_watchdog(self):
		notices = self.notices(WATCHDOG_USEC="100000")
		self.configure()
		self.start()
		self.assertEqual(notices.recv(1000), b"READY=1")
		self.assertEqual(notices.recv(1000), b"WATCHDOG=1")
		self.assertEqual(notices.recv(1000), b"WATCHDOG=1")
		self.stop()

	def test_hands_over_sockets(self):
		self.configure()
		with socket.socket() as s:
			s.bind(("127.0.0.1", 0))
			s.listen()
			port = s.getsockname()[1]
			# Descriptor 3, and its owner's number, as systemd has them.
			shell = "exec 3<&%d; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"" % s.fileno()
			self.run_in_log(["bash", "-c", shell, "-", smb1d_program(), "-f", "-v", "-c", self.path("smb1d.conf")],
			    pass_fds=[s.fileno()])
			self.wait_for("listening on 127.0.0.1:%d\n" % port)
		self.wait_for(" serves as ")
		self.assertEqual(self.negotiate(self.connect()), 0)
		self.stop()


if __name__ == "__main__":
	unittest.main()
