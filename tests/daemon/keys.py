#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the keys of smb1d.conf do, seen by a client: connections, log-ons, access to shares, limits."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import struct
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import raw  # noqa: E402
from daemon import Daemon, DaemonError, Share  # noqa: E402
from raw import Closed, Raw  # noqa: E402

TIMEOUT = 60
ME = pwd.getpwuid(os.geteuid()).pw_name
MY_GROUP = grp.getgrgid(os.getegid()).gr_name


class KeysTest(unittest.TestCase):
	users = ["torture", "second"]

	def serve(self, *shares, **options):
		shares = shares or (Share("share", read_only="no"),)
		self.daemon = Daemon(list(shares), users=list(self.users), **options)
		self.daemon.__enter__()
		self.addCleanup(self.daemon.__exit__, None, None, None)

	def connect(self, port=None, **how):
		client = Raw(port or self.daemon.port, **how)
		self.addCleanup(client.socket.close)
		return client

	def on(self, share="share", user="torture", password="secret", **how):
		return self.connect().on(share, user, password, **how)

	def refused_at_once(self):
		"""A connection that is closed without a word."""
		with self.assertRaises(Closed):
			self.connect().negotiate()

	def wait_for(self, pattern):
		until = time.monotonic() + TIMEOUT
		while not re.search(pattern, self.daemon.log_text(), re.M):
			self.assertLess(time.monotonic(), until, "no \"%s\" in the log:\n%s" % (pattern, self.daemon.log_text()))
			time.sleep(0.01)

	def reload(self, *lines):
		"""SIGHUP with more lines at the end of the file."""
		text = self.daemon.smb1d_conf() + "\n".join(lines) + "\n"
		before = self.daemon.log_text().count("reloaded")
		self.daemon.write("smb1d.conf", text)
		self.daemon.proc.send_signal(signal.SIGHUP)
		until = time.monotonic() + TIMEOUT
		while self.daemon.log_text().count("reloaded") == before:
			self.assertLess(time.monotonic(), until)
			time.sleep(0.01)
		self.assertNotIn("not reloaded", self.daemon.log_text())

	def put(self, name, share="share", data=b"x"):
		path = self.daemon.path(share, name)
		with open(path, "wb") as f:
			f.write(data)
		return path


class Connections(KeysTest):
	def test_listen_on_addresses_of_both_families(self):
		try:
			with socket.socket(socket.AF_INET6) as s:
				s.bind(("::1", 0))
		except OSError:
			self.skipTest("no IPv6 here")

		class Both(Daemon):
			def smb1d_conf(self):
				return super().smb1d_conf().replace("listen = ", "listen = [::1]:0, [::1]:0/netbios, ")

		self.daemon = Both([Share("share")], hosts_allow="::1 127.0.0.1")
		with self.daemon:
			self.wait_for(" serves as ")
			ports = [int(p) for p in re.findall(r"listening on \[::1\]:(\d+)", self.daemon.log_text())]
			self.connect(ports[0], host="::1").on()
			self.connect(ports[1], host="::1", called="SMB1D").on()
			self.on()
			self.wait_for(r"::1: user torture .* logged on")

	def test_netbios_name_is_what_clients_call(self):
		self.serve(netbios=True, **{"netbios name": "FRED", "workgroup": "BEDROCK"})
		port = self.daemon.netbios_port
		for name in ("FRED", "fred", "*SMBSERVER"):
			with self.subTest(name):
				client = self.connect(port, called=name)
				self.assertEqual(client.answer, b"\x82\0\0\0")
				client.on()
				self.assertEqual((client.domain, client.server), ("BEDROCK", "FRED"))
		for name in ("WILMA", "FREDDY", "FRE", ""):
			with self.subTest(name):
				client = self.connect(port, called=name)
				self.assertEqual(client.answer, b"\x83\0\0\1\x82")
				self.assertTrue(client.closed())
		self.wait_for("session request for WILMA, which is not FRED")

	def test_without_a_netbios_name_the_host_has_one(self):
		self.serve(netbios=True, **{"netbios name": ""})
		name = re.sub("[^A-Z0-9_-]", "", socket.gethostname().split(".")[0].upper())[:15]
		client = self.connect(self.daemon.netbios_port, called=name).on()
		self.assertEqual(client.server, name)

	def test_hosts_allow_and_deny(self):
		for allow, deny, admitted in (("192.0.2.1", "", False), ("192.0.2.1 127.0.0.0/8", "", True), ("", "ALL", False),
		    ("", "192.0.2.", True), ("127.", "ALL", True), ("192.0.2.1", "192.0.2.2", True), ("localhost", "127.", True)):
			with self.subTest(allow=allow, deny=deny):
				self.serve(hosts_allow=allow, hosts_deny=deny)
				if admitted:
					self.on()
				else:
					self.refused_at_once()
					self.wait_for(r"127\.0\.0\.1: connection refused: \[global\] hosts allow / hosts deny")

	def test_max_connections(self):
		self.serve(max_connections="3")
		kept = [self.on() for _ in range(3)]
		self.refused_at_once()
		self.wait_for(r"connection refused: \[global\] max connections reached")
		kept.pop().socket.close()
		self.wait_until_admitted()

	def test_max_connections_per_address(self):
		self.serve(**{"max connections per address": "2"})
		kept = [self.on() for _ in range(2)]
		self.refused_at_once()
		self.wait_for(r"connection refused: \[global\] max connections per address reached")
		kept.pop().socket.close()
		self.wait_until_admitted()

	def wait_until_admitted(self):
		until = time.monotonic() + TIMEOUT
		while True:
			try:
				self.on()
				return
			except Closed:
				self.assertLess(time.monotonic(), until)

	def test_logon_timeout(self):
		self.serve(**{"logon timeout": "1"})
		silent, negotiated = self.connect(), self.connect().negotiate()
		served = self.on()
		self.assertTrue(silent.closed())
		self.assertTrue(negotiated.closed())
		self.wait_for("no log-on within \"logon timeout\"")
		self.assertEqual(served.echo(), raw.SUCCESS)

	def test_keepalive(self):
		self.serve(netbios=True, keepalive="1")
		client = self.connect(self.daemon.netbios_port, called="SMB1D").on()
		self.assertEqual(client.frame(), b"\x85\0\0\0")
		client.socket.sendall(b"\x85\0\0\0")
		self.assertEqual(client.frame(), b"\x85\0\0\0")
		self.assertEqual(client.echo(), raw.SUCCESS)

	def test_reset_on_zero_vc(self):
		for wanted in ("yes", "no"):
			with self.subTest(wanted):
				self.serve(**{"reset on zero vc": wanted})
				first = self.on()
				self.on(vc=1)
				self.assertEqual(first.echo(), raw.SUCCESS)
				second = self.on(vc=0)
				if wanted == "yes":
					self.assertTrue(first.closed())
				else:
					self.assertEqual(first.echo(), raw.SUCCESS)
				self.assertEqual(second.echo(), raw.SUCCESS)


class Limits(KeysTest):
	def test_max_open_files(self):
		self.serve(**{"max open files": "5"})
		client = self.on()
		fids = []
		for i in range(5):
			status, fid = client.try_open("f%d" % i, raw.READ | raw.WRITE, raw.OPEN_IF)
			self.assertEqual(status, raw.SUCCESS)
			fids.append(fid)
		self.assertEqual(client.try_open("f0")[0], raw.TOO_MANY_OPENED_FILES)
		self.assertEqual(client.close(fids[0]), raw.SUCCESS)
		self.assertEqual(client.try_open("f0")[0], raw.SUCCESS)
		self.assertEqual(self.on().try_open("f0")[0], raw.SUCCESS)

	def test_max_mux(self):
		"""What would wait beyond the number announced is refused; what waits hinders nobody."""
		self.serve(**{"max mux": "2"})
		holder, waiter = self.on(), self.on()
		self.assertEqual(waiter.max_mux, 2)
		_, theirs = holder.try_open("f", raw.READ | raw.WRITE, raw.OPEN_IF)
		_, ours = waiter.try_open("f", raw.READ | raw.WRITE)
		for i in range(3):
			self.assertEqual(holder.lock(theirs, i), raw.SUCCESS)
		for i in range(2):
			waiter.lock(ours, i, timeout=0xFFFFFFFF, wait=False)
		self.assertEqual(waiter.lock(ours, 2, timeout=0xFFFFFFFF), raw.INSUFF_SERVER_RESOURCES)
		self.assertEqual(waiter.echo(), raw.SUCCESS)
		for i in range(2):
			self.assertEqual(holder.lock(theirs, i, unlock=True), raw.SUCCESS)
			self.assertEqual(waiter.receive().command, raw.LOCKING_ANDX)

	def test_max_connections_of_a_share(self):
		self.serve(Share("share", max_connections="2"), Share("other"))
		first, second, third = self.on(), self.on(), self.on("other")
		self.assertEqual(third.try_tree("share"), raw.REQUEST_NOT_ACCEPTED)
		self.wait_for("share share refused: max connections")
		self.assertEqual(second.call(raw.TREE_DISCONNECT).status, raw.SUCCESS)
		self.assertEqual(third.try_tree("share"), raw.SUCCESS)
		self.assertEqual(second.try_tree("share"), raw.REQUEST_NOT_ACCEPTED)
		self.reload()
		self.assertEqual(self.on("other").try_tree("share"), raw.REQUEST_NOT_ACCEPTED)
		self.assertEqual(first.call(raw.TREE_DISCONNECT).status, raw.SUCCESS)
		self.assertEqual(self.on("other").try_tree("share"), raw.SUCCESS)

	def test_worker_threads(self):
		threads = []
		for n in ("1", "7"):
			self.serve(**{"worker threads": n})
			self.on()
			threads.append(len(os.listdir("/proc/%d/task" % self.daemon.proc.pid)))
		self.assertEqual(threads[1] - threads[0], 6)


class Guests(KeysTest):
	def outcome(self, user, password):
		client = self.connect().negotiate()
		reply = client.try_logon(user, password)
		if reply.status != raw.SUCCESS:
			return "refused"
		return "guest" if reply.words[4] & 1 else "user"

	def test_map_to_guest(self):
		for key, unknown, wrong in (("never", "refused", "refused"), ("bad user", "guest", "refused"),
		    ("bad password", "guest", "guest")):
			with self.subTest(key):
				self.serve(Share("share", guest_ok="yes"), map_to_guest=key)
				self.assertEqual(self.outcome("torture", "secret"), "user")
				self.assertEqual(self.outcome("stranger", "secret"), unknown)
				self.assertEqual(self.outcome("torture", "wrong"), wrong)

	def test_guest_ok_and_guest_account(self):
		self.serve(Share("public", guest_ok="yes"), Share("share"), Share("named", guest_ok="yes", valid_users="visitor"),
		    Share("unnamed", guest_ok="yes", invalid_users="Visitor"), map_to_guest="bad user", guest_account="visitor")
		guest, user, nameless = self.on("public", "stranger"), self.on("public"), self.on("public", "", None)
		for share, of_guest, of_user, of_nameless in (("share", False, True, False), ("named", True, False, False),
		    ("unnamed", False, True, True)):
			with self.subTest(share):
				self.assertEqual(guest.try_tree(share) == raw.SUCCESS, of_guest)
				self.assertEqual(user.try_tree(share) == raw.SUCCESS, of_user)
				self.assertEqual(nameless.try_tree(share) == raw.SUCCESS, of_nameless)
		self.wait_for(r"user visitor \(domain X\) logged on as a guest: guest")
		self.wait_for("user visitor: share share refused: guest ok = no")


class Responses(KeysTest):
	@unittest.skipIf(shutil.which("openssl") is None, "needs openssl")
	def test_lanman_auth(self):
		for lanman, ntlm, admitted in (("yes", "ntlmv1-permitted", True), ("no", "ntlmv1-permitted", False),
		    ("yes", "ntlmv2-only", False), ("yes", "disabled", False)):
			with self.subTest(lanman=lanman, ntlm=ntlm):
				self.serve(**{"lanman auth": lanman, "ntlm auth": ntlm})
				client = self.connect().negotiate()
				status = client.try_logon("torture", responses=(client.lm_response(), b"")).status
				self.assertEqual(status, raw.SUCCESS if admitted else raw.LOGON_FAILURE)
				self.wait_for(r"user torture \(domain X\) logged on: LM," if admitted else
				    r"user torture \(domain X\) refused: .*ntlm auth = ")


class Access(KeysTest):
	users = ["torture", "second", "third", ME]

	def may(self, user, share):
		"""What a user may do on a share: "", "r" or "rw"."""
		client = self.connect().negotiate()
		self.assertEqual(client.try_logon(user, "secret").status, raw.SUCCESS)
		status = client.try_tree(share)
		if status != raw.SUCCESS:
			self.assertEqual(status, raw.ACCESS_DENIED)
			return ""
		self.assertEqual(client.try_open("file")[0], raw.SUCCESS)
		written, _ = client.try_open("file", raw.WRITE)
		created, fid = client.try_open("new", raw.WRITE, raw.OPEN_IF)
		if created == raw.SUCCESS:
			self.assertEqual(client.close(fid), raw.SUCCESS)
		deleted = client.named(raw.DELETE, "\\new", struct.pack("<H", 0x16))
		made = client.named(raw.CREATE_DIRECTORY, "\\dir")
		for status in (written, created, deleted, made):
			self.assertEqual(status, written)
		if written == raw.SUCCESS:
			os.rmdir(self.daemon.path(share, "dir"))
		return "rw" if written == raw.SUCCESS else "r"

	def test_lists_of_users(self):
		group = "@" + MY_GROUP
		cases = (
		    # keys, torture, second, one of the group
		    ({}, "r", "r", "r"),
		    ({"read only": "no"}, "rw", "rw", "rw"),
		    ({"valid users": "Torture"}, "r", "", ""),
		    ({"valid users": "torture, " + group}, "r", "", "r"),
		    ({"valid users": "+" + MY_GROUP}, "", "", "r"),
		    ({"valid users": "@nosuchgroup"}, "", "", ""),
		    ({"invalid users": "second"}, "r", "", "r"),
		    ({"invalid users": group, "read only": "no"}, "rw", "rw", ""),
		    ({"valid users": "second torture", "invalid users": "torture", "admin users": "torture"}, "", "r", ""),
		    ({"read list": "second", "read only": "no"}, "rw", "r", "rw"),
		    ({"read list": group, "read only": "no"}, "rw", "rw", "r"),
		    ({"write list": "second"}, "r", "rw", "r"),
		    ({"write list": group}, "r", "r", "rw"),
		    ({"write list": "second", "read list": "second", "read only": "no"}, "rw", "rw", "rw"),
		    ({"admin users": "torture"}, "rw", "r", "r"),
		    ({"admin users": group, "read list": group}, "r", "r", "rw"),
		)
		self.serve(*(Share("s%d" % i, **{k.replace(" ", "_"): v for k, v in case[0].items()})
		    for i, case in enumerate(cases)))
		for i, (keys, *expected) in enumerate(cases):
			self.put("file", "s%d" % i)
			for user, may in zip(("torture", "second", ME), expected):
				with self.subTest(user=user, **keys):
					self.assertEqual(self.may(user, "s%d" % i), may)
		self.wait_for("nosuchgroup: no such group")
		self.wait_for(r"user second: share s2 refused: valid users")
		self.wait_for(r"user second: share s6 refused: invalid users")

	def test_hosts_of_a_share(self):
		self.serve(Share("far", hosts_allow="192.0.2.1"), Share("near", hosts_allow="127.0.0.1", hosts_deny="ALL"),
		    Share("denied", hosts_deny="127.0.0.0/8"), Share("share"))
		client = self.on()
		self.assertEqual(client.try_tree("far"), raw.ACCESS_DENIED)
		self.assertEqual(client.try_tree("denied"), raw.ACCESS_DENIED)
		self.assertEqual(client.try_tree("near"), raw.SUCCESS)
		self.wait_for("user torture: share far refused: hosts allow / hosts deny")

	def test_a_tree_is_lent_to_no_user_who_is_not_admitted(self):
		self.serve(Share("share", valid_users="torture", read_only="no", read_list="third"), Share("other", read_only="no",
		    read_list="second"))
		self.put("file", "other")
		client = self.on()
		tid = client.tid
		self.assertEqual(client.try_logon("second", "secret").status, raw.SUCCESS)
		self.assertEqual(client.named(raw.CHECK_DIRECTORY, "\\"), raw.ACCESS_DENIED)
		self.assertEqual(client.try_tree("other"), raw.SUCCESS)
		self.assertNotEqual(client.tid, tid)
		self.assertEqual(client.try_open("file", raw.WRITE)[0], raw.ACCESS_DENIED)
		self.assertEqual(client.try_logon("torture", "secret").status, raw.SUCCESS)
		self.assertEqual(client.try_open("file", raw.WRITE)[0], raw.SUCCESS)

	def test_what_is_open_stays_usable_when_the_user_becomes_another(self):
		self.serve(Share("share", valid_users="torture"))
		self.put("file", data=b"text")
		client = self.connect(extended=True).negotiate()
		self.assertEqual(client.try_ntlmssp("torture", b"torture"), raw.SUCCESS)
		self.assertEqual(client.try_tree("share"), raw.SUCCESS)
		status, fid = client.try_open("file")
		self.assertEqual(status, raw.SUCCESS)
		uid = client.uid
		self.assertEqual(client.try_ntlmssp("second", b"second"), raw.SUCCESS)
		self.assertEqual(client.uid, uid)
		self.assertEqual(client.try_open("file")[0], raw.ACCESS_DENIED)
		self.assertEqual(client.read(fid), (raw.SUCCESS, b"text"))
		self.assertEqual(client.close(fid), raw.SUCCESS)


class Files(KeysTest):
	def mode(self, name):
		return stat.S_IMODE(os.stat(self.daemon.path("share", name)).st_mode)

	def make(self, client, name, directory=False):
		status, fid = client.try_open(name, raw.READ if directory else raw.WRITE, raw.CREATE, 1 if directory else 0)
		self.assertEqual(status, raw.SUCCESS)
		client.close(fid)

	def test_masks_of_what_is_made(self):
		# Whatever the umask of who starts the daemon is.
		before = os.umask(0o077)
		try:
			for keys, of_file, of_directory in (({}, 0o644, 0o755), ({"create_mask": "0600", "directory_mask": "0700"}, 0o600,
			    0o700), ({"create_mask": "0777", "directory_mask": "0777"}, 0o666, 0o777)):
				with self.subTest(**keys):
					self.serve(Share("share", read_only="no", **keys))
					client = self.on()
					self.make(client, "file")
					self.make(client, "dir", True)
					self.assertEqual(client.named(raw.CREATE_DIRECTORY, "\\old"), raw.SUCCESS)
					self.assertEqual(self.mode("file"), of_file)
					self.assertEqual(self.mode("dir"), of_directory)
					self.assertEqual(self.mode("old"), of_directory)
		finally:
			os.umask(before)

	def test_veto_files(self):
		self.serve(Share("share", read_only="no", veto_files="/*.tmp/Thumbs.db/secret/"))
		for name in ("a.tmp", "THUMBS.DB", "seen.txt"):
			self.put(name)
		os.mkdir(self.daemon.path("share", "secret"))
		self.put("secret/inner.txt")
		client = self.on()
		self.assertEqual(sorted(client.names()), [b".", b"..", b"seen.txt"])
		for name in ("a.tmp", "A.TMP", "thumbs.db"):
			with self.subTest(name):
				self.assertEqual(client.try_open(name)[0], raw.OBJECT_NAME_NOT_FOUND)
		self.assertNotEqual(client.try_open("secret\\inner.txt")[0], raw.SUCCESS)
		self.assertNotEqual(client.try_open("new.tmp", raw.WRITE, raw.CREATE)[0], raw.SUCCESS)
		self.assertNotEqual(client.named(raw.CREATE_DIRECTORY, "\\secret\\more"), raw.SUCCESS)
		self.assertFalse(os.path.exists(self.daemon.path("share", "new.tmp")))

	def attributes(self, client, name):
		status, fid = client.try_open(name, 0x80)
		self.assertEqual(status, raw.SUCCESS)
		client.close(fid)
		words = client.call(0x08, b"", b"\4" + client.text("\\" + name)).words
		return struct.unpack_from("<H", words)[0]

	def probe(self):
		path = tempfile.mkdtemp()
		self.addCleanup(shutil.rmtree, path)
		return path

	def test_hide_dot_files(self):
		for key, hidden in (("yes", 2), ("no", 0)):
			with self.subTest(key):
				self.serve(Share("share", hide_dot_files=key))
				self.put(".profile")
				self.put("profile")
				client = self.on()
				self.assertEqual(self.attributes(client, ".profile") & 2, hidden)
				self.assertEqual(self.attributes(client, "profile") & 2, 0)

	def test_store_dos_attributes(self):
		for key in ("yes", "no"):
			with self.subTest(key):
				self.serve(Share("share", read_only="no", store_dos_attributes=key))
				path = self.put("file")
				try:
					os.setxattr(path, "user.try", b"")
				except OSError:
					self.skipTest("no extended attributes here")
				client = self.on()
				# SET_INFORMATION: hidden and read-only
				status = client.call(0x09, struct.pack("<HI10x", 3, 0), b"\4" + client.text("\\file") + b"\4\0").status
				self.assertEqual(status, raw.SUCCESS)
				self.assertEqual("user.DOSATTRIB" in os.listxattr(path), key == "yes")
				self.assertEqual(self.attributes(client, "file") & 3, 3 if key == "yes" else 1)
				self.assertEqual(self.mode("file") & 0o222 == 0, key == "no")

	def oplock(self, client, name):
		"""The OplockLevel that who asks for a batch oplock gets: 0 none, 2 batch, 3 level II."""
		reply = client.ask_open(name, flags=6)
		self.assertEqual(reply.status, raw.SUCCESS)
		return reply.words[4]

	def test_oplocks(self):
		for key, level in (("yes", 2), ("no", 0)):
			with self.subTest(key):
				self.serve(Share("share", oplocks=key))
				self.put("file")
				self.assertEqual(self.oplock(self.on(), "file"), level)

	def test_level2_oplocks(self):
		for key, level in (("yes", 3), ("no", 0)):
			with self.subTest(key):
				self.serve(Share("share", level2_oplocks=key))
				self.put("file")
				client = self.on()
				self.assertEqual(client.try_open("file")[0], raw.SUCCESS)
				self.assertEqual(self.oplock(client, "file"), level)

	def test_oplock_break_timeout(self):
		self.serve(**{"oplock break timeout": "1"})
		self.put("file")
		self.assertEqual(self.oplock(self.on(), "file"), 2)
		self.assertEqual(self.on().try_open("file")[0], raw.SUCCESS)
		self.wait_for("file: oplock taken away")

	def test_sharing_violation_delay(self):
		self.serve(**{"sharing violation delay": "0"})
		self.put("file")
		client = self.on()
		self.assertEqual(client.ask_open("file", share=0).status, raw.SUCCESS)
		self.assertEqual(client.try_open("file")[0], raw.SHARING_VIOLATION)

	def test_nt_acl_support(self):
		for key in ("yes", "no"):
			with self.subTest(key):
				self.serve(Share("share", read_only="no", nt_acl_support=key))
				path = self.put("file")
				client = self.on()
				status = client.set_dacl("file", (1, (0,), raw.READ))
				self.assertEqual(status, raw.SUCCESS if key == "yes" else 0xC00000BB)
				self.assertEqual("user.NTACL" in os.listxattr(path), key == "yes")
				os.setxattr(path, "user.NTACL", b"no descriptor at all")
				self.assertEqual(client.try_open("file", raw.READ)[0], 0xC0000022 if key == "yes" else raw.SUCCESS)

	def test_security_acl_name(self):
		try:
			with open(os.path.join(self.probe(), "probe"), "wb") as f:
				os.setxattr(f.fileno(), "security.NTACL", b"x")
		except OSError:
			self.skipTest("security.NTACL cannot be set here")
		self.serve(**{"security acl name": "security.NTACL"})
		path = self.put("file")
		self.assertEqual(self.on().set_dacl("file", (1, (0,), raw.READ)), raw.SUCCESS)
		self.assertEqual([n for n in os.listxattr(path) if n.endswith("NTACL")], ["security.NTACL"])
		# What users can set themselves says nothing here.
		os.setxattr(path, "user.NTACL", b"no descriptor at all")
		self.assertEqual(self.on().try_open("file", raw.READ)[0], raw.SUCCESS)

	def test_follow_symlinks(self):
		for key in ("yes", "no"):
			with self.subTest(key):
				self.serve(Share("share", follow_symlinks=key))
				share = self.daemon.path()
				self.put("file", data=b"inside")
				with open(os.path.join(self.daemon.dir, "outside"), "wb") as f:
					f.write(b"outside")
				os.mkdir(os.path.join(share, "dir"))
				os.symlink("../file", os.path.join(share, "dir", "in"))
				os.symlink("../../../outside", os.path.join(share, "dir", "out"))
				os.symlink(os.path.join(self.daemon.dir, "outside"), os.path.join(share, "dir", "absolute"))
				os.symlink("..", os.path.join(share, "dir", "up"))
				os.symlink("../..", os.path.join(share, "dir", "upup"))
				client = self.on()
				followed = raw.SUCCESS if key == "yes" else raw.OBJECT_NAME_NOT_FOUND
				status, fid = client.try_open("dir\\in")
				self.assertEqual(status, followed)
				if key == "yes":
					self.assertEqual(client.read(fid), (raw.SUCCESS, b"inside"))
				self.assertEqual(client.try_open("dir\\up\\file")[0] == raw.SUCCESS, key == "yes")
				for name in ("dir\\out", "dir\\absolute", "dir\\upup\\share\\file", "dir\\upup"):
					self.assertNotEqual(client.try_open(name)[0], raw.SUCCESS, name)
				self.assertEqual(sorted(client.names("\\dir\\*")),
				    [b".", b"..", b"in", b"up"] if key == "yes" else [b".", b".."])

	def test_dos_charset(self):
		for charset, spelled in (("", b"\x84\xe1.txt"), ("CP1252", b"\xe4\xdf.txt"), ("CP437", b"\x84\xe1.txt")):
			with self.subTest(charset or "default"):
				self.serve(**({"dos charset": charset} if charset else {}))
				client = self.on()
				self.assertEqual(client.try_open(spelled, raw.WRITE, raw.CREATE)[0], raw.SUCCESS)
				self.assertEqual(os.listdir(self.daemon.path()), ["äß.txt"])
				self.assertEqual(client.names(), [b".", b"..", spelled])
				self.assertEqual(self.connect(unicode=True).on().try_open("ÄSS.TXT".replace("SS", "ß"))[0], raw.SUCCESS)


class Identity(KeysTest):
	@unittest.skipIf(os.geteuid() == 0, "not for root")
	def test_only_root_forces_another_user(self):
		with self.assertRaisesRegex(DaemonError, r"\[share\] force user: .*start smb1d as root"):
			self.serve(Share("share", force_user="daemon"))
		self.serve(Share("share", force_user=ME, force_group=MY_GROUP))
		self.on()


class Spelling(KeysTest):
	users = ["häns"]

	def test_dos_charset_of_names_in_tokens(self):
		for charset, spelled in (("CP850", b"H\x84ns"), ("CP1252", b"H\xe4ns")):
			with self.subTest(charset):
				self.serve(**{"dos charset": charset})
				client = self.connect(extended=True).negotiate()
				self.assertEqual(client.try_ntlmssp("häns", spelled), raw.SUCCESS)
				self.assertEqual(client.try_tree("share"), raw.SUCCESS)
				self.wait_for(r"user häns \(domain X\) logged on: NTLMSSP/NTLMv2")

	def test_dos_charset_of_names_in_fields(self):
		self.serve(**{"dos charset": "CP1252"})
		client = self.connect().negotiate()
		self.assertEqual(client.try_logon(b"h\xe4ns", responses=client.responses("häns", "secret")).status, raw.SUCCESS)


class Reload(KeysTest):
	def test_sessions_keep_what_they_have_and_new_ones_see_the_new(self):
		self.serve(Share("share", read_only="no"))
		old = self.on()
		_, fid = old.try_open("file", raw.READ | raw.WRITE, raw.OPEN_IF)
		more = os.path.join(self.daemon.dir, "shares", "share", "inner")
		os.mkdir(more)
		self.daemon.shares[0].keys = {"valid users": "third"}
		self.daemon.users.append("third")
		self.daemon.write("private/smbpasswd", self.daemon.passwd_text())
		self.reload("[more]", "path = " + more)
		self.assertEqual(old.read(fid)[0], raw.SUCCESS)
		self.assertEqual(old.try_open("other", raw.WRITE, raw.CREATE)[0], raw.SUCCESS)
		self.assertEqual(old.try_tree("more"), raw.BAD_NETWORK_NAME)
		new = self.on("more")
		self.assertEqual(new.try_tree("share"), raw.ACCESS_DENIED)
		self.assertEqual(self.on(user="third").try_open("third", raw.WRITE, raw.CREATE)[0], raw.ACCESS_DENIED)
		# A log-on on a connection from before is a new session as well.
		self.assertEqual(old.try_logon("third", "secret").status, raw.SUCCESS)
		self.assertEqual(old.try_tree("more"), raw.SUCCESS)

	def test_log_level(self):
		self.serve(log_level="warning")
		self.on()
		self.assertNotIn("logged on", self.daemon.log_text())
		self.daemon.options["log level"] = "debug"
		before = len(self.daemon.log_text())
		self.daemon.write("smb1d.conf", self.daemon.smb1d_conf())
		self.daemon.proc.send_signal(signal.SIGHUP)
		self.wait_for("smb1d.conf: reloaded")
		self.on().echo()
		self.wait_for("logged on")
		self.assertRegex(self.daemon.log_text()[before:], r"(?m)^.*127\.0\.0\.1: .*ECHO")


class Log(KeysTest):
	def test_a_line_for_each_session_and_refusal(self):
		self.serve(Share("share"), Share("mine", valid_users="second"))
		client = self.connect().negotiate()
		client.try_logon("torture", "wrong")
		client.try_logon("nobody-known", "secret")
		client.try_logon("torture", "secret")
		client.try_tree("mine")
		client.try_tree("absent")
		client.try_tree("share", "LPT1:")
		self.daemon.stop()
		text = self.daemon.log_text()
		for line in (r"log-on of user torture \(domain X\) refused: wrong password",
		    r"log-on of user nobody-known \(domain X\) refused: unknown user",
		    r"user torture \(domain X\) logged on: NTLMv2, NT LM 0\.12, client raw",
		    r"user torture: share mine refused: valid users",
		    r"user torture: no such share: absent",
		    r"user torture: share share refused: .*LPT1:"):
			with self.subTest(line):
				self.assertEqual(len(re.findall(r"127\.0\.0\.1: " + line + "$", text, re.M)), 1, text)


if __name__ == "__main__":
	unittest.main()
