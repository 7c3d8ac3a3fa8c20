# SPDX-License-Identifier: BSD-2-Clause
"""smbclient as the tests use it, and the frame of a test program around it."""

import hashlib
import os
import subprocess
import sys
import unittest

from daemon import SKIP, Daemon, Share, need, smbd_program

KIND = os.environ.get("TEST_SERVER", "smb1d")  # smbd: to see whether a test asks too much

# The log-on in SESSION_SETUP_ANDX's own two fields instead of in tokens. NTLMv2 there must be asked for.
NO_SPNEGO = ["client use spnego=no", "raw ntlmv2 auth=yes"]


class Result:
	def __init__(self, code, text):
		self.code = code
		self.text = text


def smbclient(daemon, commands, share="share", user="torture%secret", options=(), cwd=None, stdin=None, timeout=300,
    dialect="NT1"):
	"""Runs commands (a list) against a share; user None is no password and no name."""
	command = [
		"smbclient", "//127.0.0.1/" + share, "-p", str(daemon.port), "-s", daemon.client_conf, "-m", dialect,
		*(["-N", "-U", "%"] if user is None else ["-U", user]),
		*("--option=" + o for o in options),
	]
	if commands is not None:
		command += ["-c", ";".join(commands)]
	done = subprocess.run(command, stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=subprocess.PIPE,
	    stderr=subprocess.STDOUT, cwd=cwd or daemon.dir, timeout=timeout, check=False)
	return Result(done.returncode, done.stdout.decode("utf-8", "replace"))


def checksum(path):
	with open(path, "rb") as f:
		return hashlib.file_digest(f, "sha256").hexdigest()


class SmbTest(unittest.TestCase):
	"""A class of tests against one server; the class says what is shared and configured."""

	options = {}
	users = ["torture"]

	@classmethod
	def shares(cls):
		return [Share("share", read_only="no")]

	@classmethod
	def setUpClass(cls):
		options = dict(cls.options)
		if KIND == "smbd":
			options["raw ntlmv2 auth"] = "yes"
		cls.daemon = Daemon(cls.shares(), kind=KIND, users=list(cls.users), **options)
		cls.daemon.__enter__()

	@classmethod
	def tearDownClass(cls):
		cls.daemon.__exit__(None, None, None)

	def setUp(self):
		self.local = os.path.join(self.daemon.dir, "local", self.id().rpartition(".")[2])
		os.makedirs(self.local)

	def smb(self, *commands, **how):
		"""Commands that must succeed; gives their output."""
		result = smbclient(self.daemon, commands, **{"cwd": self.local, **how})
		self.assertEqual(result.code, 0, result.text)
		self.assertNotIn("NT_STATUS_", result.text)
		return result.text

	def refused(self, status, *commands, **how):
		"""Commands of which one must end in this status."""
		result = smbclient(self.daemon, commands, **{"cwd": self.local, **how})
		self.assertIn(status, result.text)
		return result.text

	def on_disk(self, *names):
		return self.daemon.path("share", *names)

	def write_local(self, name, data):
		path = os.path.join(self.local, name)
		with open(path, "wb") as f:
			f.write(data)
		return path

	def write_share(self, name, data=b"x"):
		with open(self.on_disk(name), "wb") as f:
			f.write(data)


def main():
	need("smbclient")
	if KIND == "smbd" and smbd_program() is None:
		print("skipped: smbd is not installed")
		sys.exit(SKIP)
	unittest.main(module="__main__", verbosity=2)
