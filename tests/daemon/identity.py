#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who the daemon is on disk: user, user identity, force user, force group, admin users. Needs root."""

import os
import pwd
import signal
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import raw  # noqa: E402
from daemon import SKIP, Daemon, DaemonError, Share  # noqa: E402
from raw import Raw  # noqa: E402

TIMEOUT = 60
PUBLIC = {"read_only": "no", "guest_ok": "yes"}
WRITE = raw.READ | raw.WRITE


class As(Daemon):
	"""Started by root to run as a user, whose the accounts and the directories are then."""

	owner = "nobody"

	def write(self, name, text, mode=0o600):
		path = super().write(name, text, mode)
		self.give(path)
		return path

	def give(self, path, owner=None, mode=None):
		who = pwd.getpwnam(owner or self.owner)
		os.chown(path, who.pw_uid, who.pw_gid)
		if mode is not None:
			os.chmod(path, mode)

	def smb1d_conf(self):
		os.chmod(self.dir, 0o755)
		for share in self.shares:
			os.chmod(share.path, 0o1777)
		return super().smb1d_conf()


class IdentityTest(unittest.TestCase):
	users = ["daemon", "bin", "games", "torture"]

	def serve(self, *shares, **options):
		self.daemon = As(list(shares) or [Share("share", **PUBLIC)], users=list(self.users), **options)
		self.daemon.__enter__()
		self.addCleanup(self.daemon.__exit__, None, None, None)

	def on(self, user, share="share", password="secret"):
		client = Raw(self.daemon.port)
		self.addCleanup(client.socket.close)
		return client.on(share, user, password)

	def put(self, name, owner, mode, share="share"):
		path = self.daemon.path(share, name)
		with open(path, "wb") as f:
			f.write(b"text")
		self.daemon.give(path, owner, mode)

	def make(self, client, name):
		status, fid = client.try_open(name, WRITE, raw.CREATE)
		self.assertEqual(status, raw.SUCCESS)
		self.assertEqual(client.close(fid), raw.SUCCESS)

	def check_owner(self, name, user, group=None, share="share"):
		st = os.stat(self.daemon.path(share, name))
		self.assertEqual(st.st_uid, pwd.getpwnam(user).pw_uid)
		self.assertEqual(st.st_gid, pwd.getpwnam(group or user).pw_gid)

	def reload(self, expected):
		self.daemon.write("smb1d.conf", self.daemon.smb1d_conf())
		self.daemon.proc.send_signal(signal.SIGHUP)
		until = time.monotonic() + TIMEOUT
		while "reloaded" not in self.daemon.log_text():
			self.assertLess(time.monotonic(), until)
			time.sleep(0.01)
		self.assertIn(expected, self.daemon.log_text())


class OneUser(IdentityTest):
	def test_user_is_who_everybody_is(self):
		self.serve(Share("share", **PUBLIC, admin_users="daemon"), user="nobody", map_to_guest="bad user")
		self.put("secret", "root", 0o600)
		for user, file in (("daemon", "by-daemon"), ("torture", "by-torture"), ("stranger", "by-guest")):
			with self.subTest(user):
				client = self.on(user)
				self.make(client, file)
				self.check_owner(file, "nobody")
				self.assertEqual(client.try_open("secret")[0], raw.ACCESS_DENIED)

	def test_force_user_and_group(self):
		self.serve(Share("share", **PUBLIC), Share("user", **PUBLIC, force_user="games"),
		    Share("group", **PUBLIC, force_group="bin"), Share("both", **PUBLIC, force_user="games", force_group="bin"),
		    user="nobody", map_to_guest="bad user")
		for user in ("torture", "stranger"):
			for share, owner, group in (("share", "nobody", "nobody"), ("user", "games", "games"),
			    ("group", "nobody", "bin"), ("both", "games", "bin")):
				with self.subTest(user=user, share=share):
					client = self.on(user, share)
					self.make(client, user)
					self.assertEqual(client.named(raw.CREATE_DIRECTORY, "\\dir" + user), raw.SUCCESS)
					self.check_owner(user, owner, group, share)
					self.check_owner("dir" + user, owner, group, share)

	def test_a_group_that_is_forced_opens_what_is_the_groups(self):
		self.serve(Share("share", **PUBLIC), Share("group", **PUBLIC, force_group="bin"), user="nobody")
		for share in ("share", "group"):
			self.put("file", "root", 0o660, share)
			os.chown(self.daemon.path(share, "file"), 0, pwd.getpwnam("bin").pw_gid)
		self.assertEqual(self.on("torture", "group").try_open("file", WRITE)[0], raw.SUCCESS)
		self.assertEqual(self.on("torture").try_open("file")[0], raw.ACCESS_DENIED)

	def test_reload_cannot_force_what_was_given_up(self):
		self.serve(user="nobody")
		self.daemon.shares[0].keys["force user"] = "games"
		self.reload("[share] force user: the running daemon has given up")
		self.assertIn("not reloaded", self.daemon.log_text())

	def test_reload_does_not_change_user_identity(self):
		self.serve(user="nobody")
		self.daemon.options["user identity"] = "yes"
		self.reload("user identity: stays \"no\"")
		client = self.on("daemon")
		self.make(client, "file")
		self.check_owner("file", "nobody")
		self.assertEqual(self.on("torture").echo(), raw.SUCCESS)


class EachUser(IdentityTest):
	def serve(self, *shares, **options):
		super().serve(*shares, **{"user": "nobody", "user identity": "yes", **options})

	def test_files_are_the_users_and_only_the_owner_reads_them(self):
		self.serve()
		for owner in ("daemon", "bin"):
			self.put(owner, owner, 0o600)
		daemon, other = self.on("daemon"), self.on("bin")
		# In turn, since both act in the same threads.
		for _ in range(3):
			self.assertEqual(daemon.try_open("daemon", WRITE)[0], raw.SUCCESS)
			self.assertEqual(daemon.try_open("bin")[0], raw.ACCESS_DENIED)
			self.assertEqual(other.try_open("bin", WRITE)[0], raw.SUCCESS)
			self.assertEqual(other.try_open("daemon")[0], raw.ACCESS_DENIED)
		self.make(daemon, "made")
		self.check_owner("made", "daemon")
		self.assertEqual(daemon.named(raw.CREATE_DIRECTORY, "\\dir"), raw.SUCCESS)
		self.check_owner("dir", "daemon")
		self.assertEqual(other.named(raw.DELETE, "\\made", b"\x16\0"), raw.ACCESS_DENIED)
		self.assertEqual(other.try_open("dir\\file", WRITE, raw.CREATE)[0], raw.ACCESS_DENIED)
		self.assertEqual(daemon.named(raw.DELETE, "\\made", b"\x16\0"), raw.SUCCESS)

	def test_what_is_anothers_is_not_changed(self):
		self.serve()
		self.put("file", "daemon", 0o644)
		path = self.daemon.path("share", "file")
		before = os.stat(path)
		other = self.on("bin")
		status, fid = other.try_open("file")
		self.assertEqual((status, other.read(fid)), (raw.SUCCESS, (raw.SUCCESS, b"text")))
		self.assertEqual(other.try_open("file", raw.WRITE)[0], raw.ACCESS_DENIED)
		# Truncated, its attributes set, renamed, deleted on close
		self.assertEqual(other.try_open("file", raw.WRITE, 5)[0], raw.ACCESS_DENIED)
		for attributes, written in ((2, 0), (1, 0), (0, 1000000000)):
			status = other.call(0x09, struct.pack("<HI10x", attributes, written), b"\4\\file\0\4\0").status
			self.assertEqual(status, raw.ACCESS_DENIED)
		self.assertEqual(other.close(fid), raw.SUCCESS)
		self.assertEqual(other.call(0x07, b"\x16\0", b"\4\\file\0\4\\new\0").status, raw.ACCESS_DENIED)
		status, fid = other.try_open("file", 0x10000, options=0x1000)
		if status == raw.SUCCESS:
			other.close(fid)
		after = os.stat(path)
		self.assertEqual((after.st_mode, after.st_mtime, after.st_size), (before.st_mode, before.st_mtime, 4))
		self.assertNotIn("user.DOSATTRIB", os.listxattr(path))

	def test_what_is_deleted_later_is_deleted_by_who_asked(self):
		self.serve(Share("share", **PUBLIC, nt_acl_support="no"))
		owner, other = self.on("daemon"), self.on("bin")

		def disposition(asks, name):
			status, fid = asks.try_open(name, 0x10000)
			self.assertEqual((status, asks.set_delete(fid)), (raw.SUCCESS, raw.SUCCESS))
			asks.close(fid)

		def on_close(asks, name):
			asks.close(asks.try_open(name, 0x10000, options=0x1000)[1])

		def by_name(asks, name):
			self.assertEqual(asks.named(raw.DELETE, "\\" + name, b"\x16\0"), raw.SUCCESS)

		for ask, access in ((disposition, raw.READ), (on_close, 0x10080), (by_name, 0x80)):
			for asks, closes, stays in ((other, owner, True), (owner, other, False)):
				with self.subTest(ask.__name__, stays=stays):
					self.put("file", "daemon", 0o644)
					status, fid = closes.try_open("file", access)
					self.assertEqual(status, raw.SUCCESS)
					ask(asks, "file")
					self.assertEqual(closes.close(fid), raw.ACCESS_DENIED if stays else raw.SUCCESS)
					self.assertEqual(os.path.exists(self.daemon.path("share", "file")), stays)

	def test_a_directory_is_listed_by_who_may_read_it(self):
		self.serve()
		os.mkdir(self.daemon.path("share", "dir"))
		self.put("dir/file", "daemon", 0o644)
		self.daemon.give(self.daemon.path("share", "dir"), "daemon", 0o700)
		daemon, other = self.on("daemon"), self.on("bin")
		for _ in range(2):
			self.assertEqual(daemon.names("\\dir\\*"), [b".", b"..", b"file"])
			self.assertEqual(other.names("\\dir\\*"), [])
			self.assertEqual(daemon.try_open("dir\\FILE")[0], raw.SUCCESS)
			self.assertEqual(other.try_open("dir\\FILE")[0], raw.ACCESS_DENIED)
			self.assertEqual(other.try_open("dir\\file")[0], raw.ACCESS_DENIED)

	def test_large_streams_are_read_by_who_reads_their_file(self):
		self.serve()
		writer, other = self.on("daemon"), self.on("bin")
		status, fid = writer.try_open("file:stream", WRITE, raw.CREATE)
		self.assertEqual(status, raw.SUCCESS)
		# WRITE, far beyond what an attribute holds
		status = writer.call(0x0B, struct.pack("<HHIH", fid, 4, 300000, 0), b"\1\4\0text").status
		self.assertEqual(status, raw.SUCCESS)
		writer.close(fid)
		self.check_owner("file", "daemon")
		self.check_owner(".smb1d.streams", "nobody")
		self.assertEqual(os.stat(self.daemon.path("share", ".smb1d.streams")).st_mode & 0o777, 0o700)
		status, fid = other.try_open("file:stream")
		self.assertEqual((status, other.read(fid, 3)), (raw.SUCCESS, (raw.SUCCESS, b"\0\0\0")))
		other.close(fid)
		self.assertEqual(other.try_open("file:stream", WRITE)[0], raw.ACCESS_DENIED)
		self.assertEqual(other.try_open("file:new", WRITE, raw.CREATE)[0], raw.ACCESS_DENIED)
		self.assertEqual(other.named(raw.DELETE, "\\file:stream", b"\x16\0"), raw.ACCESS_DENIED)
		os.chmod(self.daemon.path("share", "file"), 0o600)
		self.assertEqual(other.try_open("file:stream")[0], raw.ACCESS_DENIED)
		self.assertEqual(writer.try_open("file:stream", WRITE)[0], raw.SUCCESS)

	def test_two_users_on_one_connection(self):
		self.serve()
		client = self.on("daemon")
		first = client.uid
		self.assertEqual(client.try_logon("bin", "secret").status, raw.SUCCESS)
		second = client.uid
		for uid, name, owner in ((first, "a", "daemon"), (second, "b", "bin"), (first, "c", "daemon")):
			client.uid = uid
			self.make(client, name)
			self.check_owner(name, owner)

	def test_guests_are_the_guest_account(self):
		self.serve(map_to_guest="bad user", guest_account="games")
		self.make(self.on("stranger"), "file")
		self.check_owner("file", "games")
		self.make(self.on("", password=None), "nameless")
		self.check_owner("nameless", "games")

	def test_who_the_system_does_not_know_stays_out(self):
		self.serve()
		client = Raw(self.daemon.port).negotiate()
		self.assertEqual(client.try_logon("torture", "secret").status, raw.LOGON_FAILURE)
		self.assertIn("user torture (domain X) refused: user identity = yes", self.daemon.log_text())
		client.socket.close()

	def test_admin_users_act_as_the_daemon(self):
		self.serve(Share("share", admin_users="bin", force_user="games"), user="root")
		self.put("secret", "root", 0o600)
		self.assertEqual(self.on("daemon").try_open("secret")[0], raw.ACCESS_DENIED)
		client = self.on("bin")
		self.assertEqual(client.try_open("secret", WRITE)[0], raw.SUCCESS)
		self.make(client, "made")
		self.check_owner("made", "root")

	def test_force_user_and_group(self):
		self.serve(Share("user", **PUBLIC, force_user="games"), Share("group", **PUBLIC, force_group="bin"),
		    Share("both", **PUBLIC, force_user="games", force_group="bin"))
		for share, owner, group in (("user", "games", "games"), ("group", "daemon", "bin"), ("both", "games", "bin")):
			with self.subTest(share):
				self.make(self.on("daemon", share), "file")
				self.check_owner("file", owner, group, share)

	def test_reload_reads_its_files_as_the_daemon(self):
		self.serve()
		client = self.on("daemon")
		for i in range(20):
			client.try_open("nothing%d" % (i % 2))
		self.make(client, "file")
		self.assertEqual(client.try_open("file")[0], raw.SUCCESS)
		self.reload("smb1d.conf: reloaded")
		self.assertEqual(self.on("bin").try_open("file")[0], raw.SUCCESS)


	def test_descriptors_tell_users_apart(self):
		self.serve(Share("share", **PUBLIC, admin_users="games"), user="nobody", user_identity="yes")
		self.put("file", "daemon", 0o666)
		owner, other = self.on("daemon"), self.on("bin")
		mine = (22, (1, pwd.getpwnam("daemon").pw_uid), raw.FULL)
		everybodys = (1, (0,), raw.FULL)
		self.assertEqual(other.try_open("file", WRITE)[0], raw.SUCCESS)
		self.assertEqual(other.set_dacl("file", everybodys), raw.ACCESS_DENIED)
		other.socket.close()
		other = self.on("bin")
		self.assertEqual(owner.set_dacl("file", mine), raw.SUCCESS)
		self.assertEqual(owner.try_open("file", WRITE)[0], raw.SUCCESS)
		self.assertEqual(other.try_open("file", raw.READ)[0], raw.ACCESS_DENIED)
		self.assertEqual(self.on("games").try_open("file", WRITE)[0], raw.SUCCESS)

	def test_descriptors_give_nothing_that_the_system_denies(self):
		self.serve(Share("share", **PUBLIC), user="nobody", user_identity="yes")
		self.put("file", "daemon", 0o600)
		self.assertEqual(self.on("daemon").set_dacl("file", (1, (0,), raw.FULL)), raw.SUCCESS)
		self.assertEqual(self.on("bin").try_open("file", raw.READ)[0], raw.ACCESS_DENIED)
		self.assertEqual(self.on("daemon").try_open("file", WRITE)[0], raw.SUCCESS)


class SupplementaryGroups(IdentityTest):
	def member(self):
		"""A user and a group whose the user is without its being the first one."""
		import grp
		for group in grp.getgrall():
			for name in group.gr_mem:
				try:
					user = pwd.getpwnam(name)
				except KeyError:
					continue
				if user.pw_uid != 0 and user.pw_gid != group.gr_gid:
					return name, group
		self.skipTest("no user of this system has a second group")

	def test_open_what_is_a_second_groups(self):
		user, group = self.member()
		self.users = [user, "bin"]
		self.serve(Share("share", **PUBLIC), Share("mine", **PUBLIC, valid_users="@" + group.gr_name), user="nobody",
		    **{"user identity": "yes"})
		path = self.daemon.path("share", "file")
		self.put("file", "root", 0o660)
		os.chown(path, 0, group.gr_gid)
		self.assertEqual(self.on(user).try_open("file", WRITE)[0], raw.SUCCESS)
		other = self.on("bin")
		self.assertEqual(other.try_open("file")[0], raw.ACCESS_DENIED)
		self.assertEqual(other.try_tree("mine"), raw.ACCESS_DENIED)
		self.on(user, "mine")


class Refused(unittest.TestCase):
	def test_a_user_that_is_none(self):
		for keys in ({"user": "no-such-user"}, {"user": "nobody", "user identity": "yes", "guest account": "no-such-user"}):
			with self.subTest(**keys), self.assertRaisesRegex(DaemonError, "no-such-user: is no user of this system"):
				with As([Share("share")], **keys):
					pass


if __name__ == "__main__":
	if os.geteuid() != 0:
		print("skipped: needs root")
		sys.exit(SKIP)
	unittest.main()
