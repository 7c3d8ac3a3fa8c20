#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Wireshark's decoder finds nothing wrong with what test_scenario and the server say to each other."""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import need  # noqa: E402

NBSS_PORT = "139"


def conversations(text):
	"""The capture holds one connection after the other; each begins with a session request."""
	found = []
	for packet in re.split(r"(?m)^(?=[IO]$)", text):
		if packet.startswith("O\n000000 81"):
			found.append("")
		if packet and found:
			found[-1] += packet
	return found


def decode(directory, n, text, *how):
	raw = os.path.join(directory, "%d.txt" % n)
	pcap = os.path.join(directory, "%d.pcap" % n)
	with open(raw, "w", encoding="ascii") as f:
		f.write(text)
	subprocess.run(["text2pcap", "-q", "-D", "-T", "%d,%s" % (40000 + n, NBSS_PORT), raw, pcap], check=True,
	    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
	return subprocess.run(["tshark", "-r", pcap, "-d", "tcp.port==%s,nbss" % NBSS_PORT, *how], check=True,
	    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def main():
	need("tshark", "text2pcap")
	program = os.path.join(os.environ.get("builddir", "build"), "tests/wire/test_scenario")
	faults = packets = 0
	with tempfile.TemporaryDirectory() as directory:
		capture = os.path.join(directory, "capture")
		subprocess.run([program], env={**os.environ, "CAPTURE": capture, "CK_FORK": "no", "CK_TAP_LOG_FILE_NAME": "/dev/null"}, check=True)
		with open(capture, encoding="ascii") as f:
			found = conversations(f.read())
		for n, text in enumerate(found):
			packets += decode(directory, n, text, "-Y", "smb").count("\n")
			# 0x600000: a warning
			bad = decode(directory, n, text, "-Y", "_ws.malformed or _ws.expert.severity >= 0x600000", "-V")
			if bad:
				print(bad)
				faults += 1
	print("%d conversations, %d packets, %d conversations at fault" % (len(found), packets, faults))
	return 1 if faults or packets < 50 else 0


if __name__ == "__main__":
	sys.exit(main())
