#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Change notification as smbclient sees it: one session that watches, and others, and programs of the machine,
that change things."""

import os
import queue
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, main  # noqa: E402

# What is told comes at once; so long only a machine with much else to do may take.
PATIENCE = 60

ADDED, REMOVED, MODIFIED, OLD_NAME, NEW_NAME = range(1, 6)


class Watcher:
	"""smbclient -c 'notify DIR' and the lines it prints."""

	def __init__(self, daemon, directory):
		# Its output is line by line only where it believes to write to a terminal.
		self.process = subprocess.Popen(
		    ["stdbuf", "-oL", "smbclient", "//127.0.0.1/share", "-p", str(daemon.port), "-s", daemon.client_conf,
		     "-m", "NT1", "-U", "torture%secret", "-c", 'notify "%s"' % directory],
		    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
		self.lines = queue.Queue()
		self.reader = threading.Thread(target=self.read, daemon=True)
		self.reader.start()

	def read(self):
		for line in self.process.stdout:
			self.lines.put((time.monotonic(), line.decode("utf-8", "replace").strip()))
		self.lines.put((time.monotonic(), None))

	def next(self):
		"""When it was told, the action, the name."""
		while True:
			when, line = self.lines.get(timeout=PATIENCE)
			if line is None:
				raise AssertionError("smbclient ended with %d" % self.process.wait())
			m = re.match(r"([0-9a-fA-F]+) (.*)$", line)
			if m:
				return when, int(m[1], 16), m[2]

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.process.kill()
		self.process.wait()
		self.reader.join()
		self.process.stdout.close()


class Notify(SmbTest):
	def watched(self, name):
		os.mkdir(self.on_disk(name))
		watcher = Watcher(self.daemon, name)
		self.addCleanup(watcher.__exit__)
		self.begin(watcher, name)
		return watcher

	def begin(self, watcher, name):
		"""Until it hears of something nobody can tell whether it watches yet."""
		probe = self.on_disk(name, "probe")
		deadline = time.monotonic() + PATIENCE
		while watcher.lines.empty() and time.monotonic() < deadline:
			with open(probe, "wb"):
				pass
			os.unlink(probe)
			time.sleep(0.05)
		while True:
			try:
				_, line = watcher.lines.get(timeout=0.5)
			except queue.Empty:
				return
			self.assertIsNotNone(line)

	def expect(self, watcher, since, *changes):
		for action, name in changes:
			when, *told = watcher.next()
			print("# %s: %.1f ms" % (name, (when - since) * 1000))
			self.assertEqual(told, [action, name])

	def test_a_local_program_is_heard(self):
		watcher = self.watched("local")
		since = time.monotonic()
		with open(self.on_disk("local", "Datei ä"), "wb") as f:
			f.write(b"12345")
		self.expect(watcher, since, (ADDED, "Datei ä"))
		since = time.monotonic()
		os.rename(self.on_disk("local", "Datei ä"), self.on_disk("local", "b"))
		while True:
			when, *told = watcher.next()
			if told[0] != MODIFIED:
				break
		self.assertEqual(told, [OLD_NAME, "Datei ä"])
		print("# rename: %.1f ms" % ((when - since) * 1000))
		self.expect(watcher, since, (NEW_NAME, "b"))

	def test_another_session_is_heard(self):
		watcher = self.watched("other")
		since = time.monotonic()
		self.smb("mkdir other\\made")
		self.expect(watcher, since, (ADDED, "made"))
		since = time.monotonic()
		self.smb("rename other\\made other\\renamed")
		self.expect(watcher, since, (OLD_NAME, "made"), (NEW_NAME, "renamed"))
		since = time.monotonic()
		self.smb("rmdir other\\renamed")
		self.expect(watcher, since, (REMOVED, "renamed"))

	def test_two_watchers_hear_each(self):
		first = self.watched("both")
		second = Watcher(self.daemon, "both")
		self.addCleanup(second.__exit__)
		self.begin(second, "both")
		while not first.lines.empty():
			first.lines.get()
		since = time.monotonic()
		os.mkdir(self.on_disk("both", "sub"))
		self.expect(first, since, (ADDED, "sub"))
		self.expect(second, since, (ADDED, "sub"))


if __name__ == "__main__":
	main()
