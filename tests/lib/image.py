# SPDX-License-Identifier: BSD-2-Clause
"""A file system of another kind than the machine's own, in an image that is mounted. unittest.SkipTest where it
cannot be had: without root, the tool, or the kernel's support."""

import os
import shutil
import subprocess
import tempfile
from unittest import SkipTest


class Image:
	def __init__(self, kind, megabytes, mkfs=(), mount="loop"):
		self.dir = None
		if os.geteuid() != 0:
			raise SkipTest("only root can mount an image")
		if shutil.which("mkfs." + kind) is None:
			raise SkipTest("mkfs.%s is not installed" % kind)
		self.dir = tempfile.mkdtemp(prefix="smb1d-image-")
		self.path = os.path.join(self.dir, "mounted")
		os.mkdir(self.path)
		image = os.path.join(self.dir, "image")
		with open(image, "wb") as f:
			f.truncate(megabytes << 20)
		for command in (["mkfs." + kind, "-q", *mkfs, image], ["mount", "-o", mount, image, self.path]):
			done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
			if done.returncode != 0:
				shutil.rmtree(self.dir)
				raise SkipTest("%s: %s" % (command[0], done.stdout.strip().split("\n")[0]))

	def __enter__(self):
		return self

	def __exit__(self, *_):
		subprocess.run(["umount", self.path], check=True)
		shutil.rmtree(self.dir)
