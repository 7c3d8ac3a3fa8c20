# SPDX-License-Identifier: BSD-2-Clause
"""Private servers for the tests: smb1d, or Debian's smbd to compare with, each on a port of
127.0.0.1 with a directory, a configuration and accounts of its own."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The LM and NT hashes of "secret".
LM_SECRET = "552902031BEDE9EFAAD3B435B51404EE"
NT_SECRET = "878D8014606CDA29677A44EFA1353FC7"

CLIENT_CONF = """[global]
	client min protocol = CORE
	client max protocol = NT1
	client ipc min protocol = NT1
	client ipc max protocol = NT1
	client lanman auth = yes
	client plaintext auth = no
	workgroup = WORKGROUP
	private dir = {dir}
	lock directory = {dir}
	state directory = {dir}
	cache directory = {dir}
	dos charset = CP850
	unix charset = UTF-8
"""

SKIP = 77  # automake's exit status for a test that was skipped


class DaemonError(Exception):
	pass


def smb1d_program():
	"""The program to test: $SMB1D, or the one in the build directory."""
	if "SMB1D" in os.environ:
		return os.environ["SMB1D"]
	if "builddir" in os.environ:
		return os.path.join(os.environ["builddir"], "smb1d")
	for path in ("build/smb1d", "smb1d"):
		path = os.path.join(TOP, path)
		if os.path.isfile(path) and os.access(path, os.X_OK):
			return path
	raise DaemonError("no smb1d: run make first, or set SMB1D to the program")


def ctl(daemon, *words):
	"""What smb1ctl says of a running daemon: its exit status, output and complaints."""
	program = os.path.join(os.path.dirname(smb1d_program()), "smb1ctl")
	done = subprocess.run([program, "-s", os.path.join(daemon.dir, "control"), *words], stdin=subprocess.DEVNULL,
	    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
	return done.returncode, done.stdout, done.stderr


def smbd_program():
	for path in ("/usr/sbin/smbd", "/usr/local/sbin/smbd", "/usr/local/samba/sbin/smbd"):
		if os.path.exists(path):
			return path
	return None


def need(*programs):
	"""Skips the test where a program it needs is not installed."""
	for program in programs:
		if shutil.which(program) is None:
			print("skipped: %s is not installed" % program)
			sys.exit(SKIP)


def free_port():
	"""A port below those the kernel gives to clients, so that none is handed out in between."""
	while True:
		port = random.randrange(10000, 32000)
		with socket.socket() as s:
			try:
				s.bind(("127.0.0.1", port))
				return port
			except OSError:
				continue


def rss_line(pid, key, file="smaps_rollup"):
	with open("/proc/%d/%s" % (pid, file)) as f:
		for line in f:
			if line.startswith(key + ":"):
				return int(line.split()[1])
	return 0


class Share:
	def __init__(self, name, path=None, **keys):
		self.name = name
		self.path = path
		self.keys = {k.replace("_", " "): v for k, v in keys.items()}


class Daemon:
	"""A running server. Use as a context manager; .dir is removed at the end, .port is where to connect."""

	def __init__(self, shares=None, kind="smb1d", netbios=False, users=None, wrapper=None, base=None, **options):
		self.kind = kind
		self.shares = shares or [Share("share", read_only="no")]
		self.netbios = netbios
		self.users = users if users is not None else ["torture"]
		self.options = {k.replace("_", " "): v for k, v in options.items()}
		self.wrapper = wrapper or []
		self.dir = tempfile.mkdtemp(prefix="smb1d-test.", dir=base)
		self.proc = None
		self.port = self.netbios_port = None
		self.extra_dirs = []
		for name in ("private", "run"):
			os.mkdir(os.path.join(self.dir, name), 0o755)
		for share in self.shares:
			if share.path is None:
				share.path = os.path.join(self.dir, "shares", share.name)
				os.makedirs(share.path)
		self.client_conf = self.write("client.conf", CLIENT_CONF.format(dir=os.path.join(self.dir, "private")))

	def write(self, name, text, mode=0o600):
		path = os.path.join(self.dir, name)
		with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
			f.write(text)
		return path

	def path(self, share="share", *names):
		"""The place on disk of something on a share."""
		for s in self.shares:
			if s.name == share:
				return os.path.join(s.path, *names)
		raise KeyError(share)

	# --- configuration

	def passwd_text(self):
		lines = []
		for user in self.users:
			# name, or name:FLAGS
			name, _, flags = user.partition(":")
			lines.append("%s:%d:%s:%s:[%-11s]:LCT-65000000:\n" %
			    (name, os.getuid(), LM_SECRET, NT_SECRET, flags or "U"))
		return "".join(lines)

	def sections(self):
		text = ""
		for share in self.shares:
			text += "\n[%s]\n\tpath = %s\n" % (share.name, share.path)
			for key, value in share.keys.items():
				text += "\t%s = %s\n" % (key, value)
		return text

	def smb1d_conf(self):
		listen = "127.0.0.1:%d" % self.port
		if self.netbios:
			listen += ", 127.0.0.1:%d/netbios" % self.netbios_port
		keys = {
			"listen": listen,
			"netbios name": "SMB1D",
			"passwd file": os.path.join(self.dir, "private", "smbpasswd"),
			"control socket": os.path.join(self.dir, "control"),
		}
		if os.geteuid() == 0:
			keys["user"] = "root"  # the tests' directories are root's then
		keys.update(self.options)
		return "[global]\n" + "".join("\t%s = %s\n" % kv for kv in keys.items()) + self.sections()

	def smbd_conf(self):
		me = "root" if os.getuid() == 0 else os.environ.get("USER", "nobody")
		run = os.path.join(self.dir, "run")
		private = os.path.join(self.dir, "private")
		self.write("usermap", "%s = %s\n" % (me, " ".join(u.partition(":")[0] for u in self.users)))
		self.users = [me]
		keys = {
			"smb ports": self.port,
			"interfaces": "lo", "bind interfaces only": "yes",
			"netbios name": "SMB1D", "server min protocol": "NT1",
			"ntlm auth": "ntlmv1-permitted", "lanman auth": "yes",
			"guest account": me,
			"passdb backend": "smbpasswd:%s/smbpasswd" % private,
			"username map": os.path.join(self.dir, "usermap"),
			"private dir": private, "lock directory": run, "state directory": run,
			"cache directory": run, "pid directory": run, "ncalrpc dir": os.path.join(run, "ncalrpc"),
			"binddns dir": run, "usershare path": "", "load printers": "no", "printing": "bsd", "printcap name": "/dev/null",
			"disable spoolss": "yes", "log level": "0", "log file": os.path.join(self.dir, "smbd.log"),
			"server role": "standalone", "dos charset": "CP850",
			"rpc start on demand helpers": "no" if "rpc" not in self.options else "yes",
		}
		keys.update({k: v for k, v in self.options.items() if k != "rpc"})
		return "[global]\n" + "".join("\t%s = %s\n" % kv for kv in keys.items()) + self.sections()

	# --- life

	def start(self):
		for attempt in range(5):
			self.port = free_port()
			self.netbios_port = free_port()
			if self.kind == "smb1d":
				conf = self.write("smb1d.conf", self.smb1d_conf())
				command = self.wrapper + [smb1d_program(), "-f", "-c", conf]
			else:
				conf = self.write("smb.conf", self.smbd_conf())
				command = [smbd_program(), "--foreground", "--no-process-group", "--configfile=" + conf]
			self.write("private/smbpasswd", self.passwd_text())
			self.log = open(os.path.join(self.dir, "log"), "ab")
			self.proc = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
			    cwd=self.dir, start_new_session=True)
			if self.wait_ready():
				return self
		raise DaemonError("%s does not start:\n%s" % (self.kind, self.log_text()))

	def wait_ready(self):
		"""True once it accepts connections; False when it ended because the port was taken."""
		deadline = time.monotonic() + 60
		while time.monotonic() < deadline:
			if self.proc.poll() is not None:
				text = self.log_text()
				if "in use" in text:
					return False
				raise DaemonError("%s ended with %s at start:\n%s" % (self.kind, self.proc.returncode, text))
			try:
				socket.create_connection(("127.0.0.1", self.port), 1).close()
				return True
			except OSError:
				time.sleep(0.01)
		return False

	def log_text(self):
		text = ""
		for name in ("log", "smbd.log"):
			path = os.path.join(self.dir, name)
			if os.path.exists(path):
				with open(path, errors="replace") as f:
					text += f.read()
		return text

	def pids(self):
		"""The server's processes: itself and all it forked."""
		children = {}
		for entry in os.listdir("/proc"):
			if not entry.isdigit():
				continue
			try:
				with open("/proc/%s/stat" % entry) as f:
					fields = f.read().rpartition(")")[2].split()
			except OSError:
				continue
			children.setdefault(int(fields[1]), []).append(int(entry))
		found, todo = [], [self.proc.pid]
		while todo:
			pid = todo.pop()
			found.append(pid)
			todo += children.get(pid, [])
		return found

	def stop(self):
		"""Ends the server as an administrator would. An exit status other than 0 or a sanitizer's report is an error."""
		if self.proc is None:
			return
		proc, self.proc = self.proc, None
		early = proc.poll()
		if early is None:
			proc.terminate()
			try:
				proc.wait(30)
			except subprocess.TimeoutExpired:
				proc.send_signal(signal.SIGABRT if self.kind == "smb1d" else signal.SIGKILL)
				proc.wait()
				raise DaemonError("%s did not stop within 30 s of SIGTERM\n%s" % (self.kind, self.log_text()[-4000:]))
		self.log.close()
		if self.kind != "smb1d":
			self.end_rpc()
			return
		text = self.log_text()
		if early is not None:
			raise DaemonError("smb1d ended during the test with %d\n%s" % (early, text[-8000:]))
		if proc.returncode != 0:
			raise DaemonError("smb1d ended with %d\n%s" % (proc.returncode, text[-8000:]))
		for word in ("AddressSanitizer", "runtime error:", "ThreadSanitizer", "LeakSanitizer"):
			if word in text:
				raise DaemonError("a sanitizer found something\n%s" % text[-8000:])

	def end_rpc(self):
		"""What answers RPC for smbd outlives it, in a group of its own."""
		try:
			with open(os.path.join(self.dir, "run", "samba-dcerpcd.pid")) as f:
				os.killpg(int(f.read()), signal.SIGTERM)
		except (OSError, ValueError):
			pass  # it was never asked

	def remove(self):
		shutil.rmtree(self.dir, ignore_errors=True)

	def __enter__(self):
		try:
			return self.start()
		except BaseException:
			if self.proc is not None and self.proc.poll() is None:
				self.proc.kill()
				self.proc.wait()
			if self.proc is not None:
				self.log.close()
			self.remove()
			raise

	def __exit__(self, kind, value, trace):
		try:
			if kind is None:
				self.stop()
			else:
				try:
					self.stop()
				except DaemonError as e:
					print(e, file=sys.stderr)
		finally:
			if os.environ.get("KEEP"):
				print("kept: " + self.dir, file=sys.stderr)
			else:
				self.remove()
