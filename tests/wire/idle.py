#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""2,000 logged-on connections with one open file each cost at most 24 KiB of memory apiece."""

import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import SKIP, Daemon, rss_line, smb1d_program  # noqa: E402

CONNECTIONS = 2000
LIMIT_KIB = 24


def built_with_a_sanitizer():
	with open(smb1d_program(), "rb") as f:
		text = f.read()
	return b"__asan_init" in text or b"__tsan_init" in text


def memory(pid):
	try:
		return rss_line(pid, "Pss")
	except PermissionError:  # a confined daemon shows that to root only
		return rss_line(pid, "RssAnon", "status")


def main():
	if built_with_a_sanitizer():
		print("skipped: a sanitizer's memory is not the program's")
		return SKIP
	if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2 * CONNECTIONS + 100:
		print("skipped: ulimit -Hn allows too few open files")
		return SKIP
	load = os.path.join(os.environ.get("builddir", "build"), "tests/bench/load")
	with Daemon(max_connections_per_address=0, max_connections=10000) as daemon:
		os.mkdir(daemon.path("share", "folder"))
		with open(daemon.path("share", "folder", "small"), "w", encoding="ascii") as f:
			f.write("small")
		before = memory(daemon.proc.pid)
		with subprocess.Popen([load, str(daemon.port), "0", "idle-open", str(CONNECTIONS)],
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
			ready = clients.stdout.readline().strip() == "ready"
			after = memory(daemon.proc.pid)
			clients.stdin.close()
	each = (after - before) / CONNECTIONS
	print("%d connections, %d KiB before, %d KiB after: %.1f KiB each" % (CONNECTIONS, before, after, each))
	return 0 if ready and each <= LIMIT_KIB else 1


if __name__ == "__main__":
	sys.exit(main())
