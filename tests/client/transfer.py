#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Files of several sizes go up and come down unchanged, by all ways of logging on and with signing."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from smbclient import NO_SPNEGO, SmbTest, checksum, main  # noqa: E402


class Transfer(SmbTest):
	def there_and_back(self, data):
		sent = self.write_local("sent", data)
		self.smb("put sent stored", "get stored received")
		self.assertEqual(checksum(self.on_disk("stored")), checksum(sent))
		self.assertEqual(checksum(os.path.join(self.local, "received")), checksum(sent))
		self.smb("del stored")
		self.assertFalse(os.path.exists(self.on_disk("stored")))

	def test_an_empty_file(self):
		self.there_and_back(b"")

	def test_one_byte(self):
		self.there_and_back(b"x")

	def test_64_kib(self):
		self.there_and_back(os.urandom(65536))

	def test_64_kib_less_and_more_one(self):
		self.there_and_back(os.urandom(65535))
		self.there_and_back(os.urandom(65537))

	def test_100_mib(self):
		self.there_and_back(os.urandom(1 << 20) * 100)

	def test_a_broken_download_is_resumed(self):
		data = os.urandom(300000)
		self.write_share("all", data)
		self.write_local("part", data[:70000])
		self.smb("reget all part")
		self.assertEqual(checksum(os.path.join(self.local, "part")), checksum(self.on_disk("all")))

	def test_a_longer_file_is_truncated(self):
		self.write_share("old", os.urandom(200000))
		self.write_local("new", b"short")
		self.smb("put new old")
		self.assertEqual(os.path.getsize(self.on_disk("old")), 5)

	def test_one_mib_a_message_or_less(self):
		for size in ("512", "4096", "16644", "65535", "130000"):
			with self.subTest(size):
				self.write_local("f", os.urandom(200001))
				self.smb("iosize " + size, "put f g", "get g h")
				self.assertEqual(checksum(os.path.join(self.local, "h")), checksum(os.path.join(self.local, "f")))


class SignedTransfer(SmbTest):
	options = {"server signing": "mandatory"}

	def test_signed_file_goes_and_comes(self):
		sent = self.write_local("sent", os.urandom(3000000))
		self.smb("put sent stored", "get stored received", options=["client signing=mandatory"])
		self.assertEqual(checksum(os.path.join(self.local, "received")), checksum(sent))

	def test_signed_without_spnego(self):
		sent = self.write_local("sent", os.urandom(300000))
		self.smb("put sent stored", "get stored received", options=["client signing=mandatory", *NO_SPNEGO])
		self.assertEqual(checksum(os.path.join(self.local, "received")), checksum(sent))

	def test_client_that_will_not_sign_is_refused(self):
		self.refused("NT_STATUS_", "ls", options=["client signing=disabled", "client ipc signing=disabled"])


if __name__ == "__main__":
	main()
