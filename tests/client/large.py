#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A sparse file of 5 GiB goes up and comes down unchanged. Long: not part of make check but make check-large."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import SmbTest, checksum, main  # noqa: E402

GIB = 1 << 30


class Large(SmbTest):
	def test_five_gib_sparse(self):
		sent = os.path.join(self.local, "sent")
		with open(sent, "wb") as f:
			for offset in (0, 2 * GIB - 5, 4 * GIB - 7, 4 * GIB + 12345, 5 * GIB - 1000):
				f.seek(offset)
				f.write(os.urandom(1000))
		self.assertEqual(os.path.getsize(sent), 5 * GIB)
		expected = checksum(sent)
		self.smb("put sent stored", timeout=1800)
		self.assertEqual(checksum(self.on_disk("stored")), expected)
		os.remove(sent)
		self.assertIn(str(5 * GIB), self.smb("ls stored"))
		self.smb("get stored received", timeout=1800)
		self.assertEqual(checksum(os.path.join(self.local, "received")), expected)


if __name__ == "__main__":
	main()
