#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A directory that smbd serves today and smb1d tomorrow, or the other way round: all that its files carry must be the
same through both. Both are asked by the same bytes; what comes back is compared field by field."""

import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from daemon import SKIP, Daemon, Share, need, smbd_program  # noqa: E402
from files import (ARCHIVE, CREATE_DIR, CREATE_FILE, DACL, DIRECTORY, GROUP, HIDDEN, MAXIMUM, NORMAL, OWNER,  # noqa: E402
    READ_CONTROL, READONLY, SACL, SPARSE, SYSTEM, SYSTEM_SECURITY, WRITE_DAC, Descriptor, Files, full_ea_list, sd_bytes)
from raw import CREATE, READ  # noqa: E402

SEED = int(os.environ.get("SEED", "4"))
ENTRIES = 200

SMBD = {"vfs objects": "streams_xattr acl_xattr", "ea support": "yes", "store dos attributes": "yes",
	"raw ntlmv2 auth": "yes", "mangled names": "yes"}
SMB1D = {"security acl name": "security.NTACL"}

OVERWRITE_IF, DELETE_ON_CLOSE, DELETE = 5, 0x1000, 0x10000
FULL, CHANGE, READING = 0x1F01FF, 0x1301BF, 0x1200A9
OI, CI, NP, IO, INHERITED = 1, 2, 4, 8, 0x10
ALLOW, DENY, AUDIT = 0, 1, 2
AUTO_INHERITED, ASK_INHERITED, PROTECTED = 0x400, 0x100, 0x1000

CHANGING = READ_CONTROL | WRITE_DAC | 0x198
READ_ALL = READ_CONTROL | SYSTEM_SECURITY | 0x89
ALL_PARTS = OWNER | GROUP | DACL | SACL

EVERYONE, CREATOR_OWNER, CREATOR_GROUP, USERS = "S-1-1-0", "S-1-3-0", "S-1-3-1", "S-1-5-32-545"
SIDS = (EVERYONE, "S-1-5-11", USERS, "S-1-5-32-544", CREATOR_OWNER, CREATOR_GROUP, "S-1-22-1-0", "S-1-22-2-0",
	"S-1-22-1-1234", "S-1-22-2-1234", "S-1-5-21-1-2-3-1105", "S-1-5-21-1-2-3-513")
MASKS = (FULL, CHANGE, READING, 0x120089, 0x100116, 0x2, 0x40, 0x10000, 0x1)

STEMS = ("plain", "MiXeD Case", "Größe", "日本語", "Ωμέγα ёж", "\U0001F600 pair \U0001D518", "a+b,c;d=e[f]", "many.dots.in.it",
	".dot", "l" * 180, "UPPER", "'quoted' %n %s", "ﬃ ligature \u0301", "~tilde~1", "con-sole", "  leading")


def root_is(sid):
	"""The machine account that smbd shows for root is the user of that number to smb1d."""
	sid = re.sub(r"^S-1-5-21-(?!1-2-3-)\d+-\d+-\d+-501$", "S-1-22-1-0", sid or "")
	return re.sub(r"^S-1-5-21-(?!1-2-3-)\d+-\d+-\d+-513$", "S-1-22-2-0", sid)


class Entry:
	"""What is made, and what must be found."""

	def __init__(self, path, directory):
		self.path = path
		self.directory = directory
		self.attributes = 0
		self.times = (0, 0, 0)
		self.content = b""
		self.sparse = False
		self.eas = []
		self.streams = {}
		self.descriptor = None  # (parts, bytes)
		self.at_once = False  # made by one request with its EAs and descriptor


def random_acl(rng, inheritable):
	aces = []
	for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 12))):
		flags = 0
		if inheritable and rng.random() < 0.7:
			flags = rng.choice((OI, CI, OI | CI, OI | CI | IO, OI | IO, CI | NP, OI | CI | NP))
		if rng.random() < 0.3:
			flags |= INHERITED
		kind, sid = rng.choice((ALLOW, ALLOW, DENY)), rng.choice(SIDS)
		if sid == EVERYONE:
			kind = ALLOW  # smbd 4.17 may search for ever whom else a denial to everyone is for
		aces.append((kind, flags, rng.choice(MASKS), sid))
	return aces


def random_descriptor(rng, directory):
	"""Which parts are set, and to what."""
	parts, control, owner, group, sacl = DACL, 4, None, None, None
	dacl = None if rng.random() < 0.1 else random_acl(rng, directory)
	if rng.random() < 0.3:
		control |= PROTECTED
	if rng.random() < 0.4:
		control |= ASK_INHERITED | AUTO_INHERITED
	if rng.random() < 0.3:
		parts |= OWNER
		owner = rng.choice(("S-1-22-1-0", "S-1-22-1-1234", "S-1-5-21-1-2-3-1105"))
	if rng.random() < 0.3:
		parts |= GROUP
		group = rng.choice(("S-1-22-2-0", "S-1-22-2-1234", "S-1-5-21-1-2-3-513"))
	if rng.random() < 0.2:
		parts |= SACL
		sacl = [(AUDIT, rng.choice((0x40, 0x80, 0xC0)), rng.choice(MASKS), rng.choice(SIDS)) for _ in range(rng.randrange(1, 3))]
	return parts, sd_bytes(control, owner, group, sacl, dacl)


def random_eas(rng):
	names = rng.sample((b"USER", b"lower case", b".LONGNAME", b"MiXed", b"x!y#z$", b"N" * 60), rng.randrange(4))
	return [(name, rng.randbytes(rng.choice((1, 7, 80, 300)))) for name in names]


def random_streams(rng):
	names = rng.sample(("one", "Zweiter Strom", "日本", "\U0001F600", "Zone.Identifier", "x\x05?*y", "S" * 80), rng.randrange(4))
	return {name: rng.randbytes(rng.choice((0, 0, 1, 100, 700))) for name in names}


def make_tree(rng):
	"""Entries whose parents come before them."""
	entries, parents = [], [""]
	for i in range(ENTRIES):
		directory = i % 6 == 0
		name = "%s %d%s" % (STEMS[i % len(STEMS)], i, rng.choice(("", ".txt", ".Extension")))
		e = Entry((rng.choice(parents) + "\\" + name).lstrip("\\"), directory)
		if directory:
			if e.path.count("\\") < 3 and len(e.path) < 100:
				parents.append(e.path)
		else:
			e.content = rng.randbytes(rng.choice((0, 1, 500, 5000, 70000 if i % 20 == 1 else 9)))
			e.sparse = rng.random() < 0.15
		e.attributes = i * 7 % 16 & 7 | (ARCHIVE if i * 7 % 16 & 8 else 0)
		e.times = tuple(rng.randrange(0x1A8E79FE1D58000, 0x1DA00000000000F) for _ in range(3))
		e.eas, e.streams = random_eas(rng), random_streams(rng)
		if rng.random() < 0.6:
			e.descriptor = random_descriptor(rng, directory)
		e.at_once = rng.random() < 0.2
		entries.append(e)
	return entries


def make_entry(client, e):
	kind = CREATE_DIR if e.directory else CREATE_FILE
	parts, descriptor = e.descriptor or (0, b"")
	if e.at_once and parts & SACL == 0:
		client.shut(client.create_with(e.path, kind, NORMAL, descriptor=descriptor, eas=full_ea_list(e.eas)))
		parts = 0
	else:
		client.shut(client.open(e.path, MAXIMUM, disposition=CREATE, options=kind))
	for name, content in e.streams.items():
		with client.opened(e.path + ":" + name, MAXIMUM, disposition=CREATE) as fid:
			client.write(fid, content)
	with client.opened(e.path, MAXIMUM | SYSTEM_SECURITY) as fid:
		client.write(fid, e.content)
		if e.eas:
			client.set_eas(fid, e.eas)
		if parts:
			client.set_descriptor(fid, parts, descriptor)


def finish_entry(client, e):
	with client.opened(e.path, MAXIMUM) as fid:
		shown = e.attributes | (DIRECTORY if e.directory else 0)
		client.set_basic(fid, *e.times, attributes=shown or NORMAL)
		if e.sparse:  # smbd forgets it when attributes are set
			client.set_sparse(fid)


def in_outline(sd):
	"""Of a descriptor that none stored: who may read, who may write. There are many ways to say that."""
	may = {}
	for _, flags, mask, sid in sd.dacl or ():
		if flags & IO == 0 and mask & 3:
			may[sid] = may.get(sid, 0) | mask & 3
	return sd.owner, sd.group, may


def posix_acl(entries):
	"""Of (tag, permissions, id)."""
	return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries)


def stored_attributes(created):
	"""HIDDEN and SYSTEM in every form that Samba ever wrote, and whether the form holds the creation time."""
	flags, both = 0x11, HIDDEN | SYSTEM
	yield b"0x6", False
	for version, body in ((1, struct.pack("<IIQQQQ", both, 0, 0, 0, created, 0)),
	    (3, struct.pack("<IIIQQQQ", flags, both, 0, 0, 0, created, 0)),
	    (4, struct.pack("<IIQQ", flags, both, 0, created)), (5, struct.pack("<IIQ", flags, both, created))):
		yield b"0x6\0" + struct.pack("<HH", version, version) + body, True
		yield b"\0\0" + struct.pack("<HH2x", version, version) + body, True


def look_at(client, path, stored=True):
	"""What one entry carries but its content."""
	look = {}
	with client.opened(path, READ_ALL) as fid:
		basic = client.query(fid, 0x101)
		look["created"], look["accessed"], look["written"] = (
		    int.from_bytes(basic[i:i + 8], "little") for i in (0, 8, 16))
		look["attributes"] = int.from_bytes(basic[32:36], "little")
		standard = client.query(fid, 0x102)
		look["size"] = int.from_bytes(standard[8:16], "little")
		look["links"] = int.from_bytes(standard[16:20], "little")
		look["EAs' size"] = int.from_bytes(client.query(fid, 0x103)[:4], "little")
		look["EAs"] = sorted(client.eas(fid))
		look["streams"] = client.streams(fid)
		sd = look["descriptor"] = Descriptor(client.descriptor(fid, ALL_PARTS))
	sd.owner, sd.group = root_is(sd.owner), root_is(sd.group)
	for acl in (sd.sacl, sd.dacl):
		if acl:
			acl[:] = [(*a[:3], root_is(a[3])) for a in acl]
	if not stored:
		look["descriptor"] = in_outline(sd)
	if look["attributes"] & DIRECTORY:
		del look["accessed"]  # to be looked into is an access
	return look


def shown_attributes(e):
	hidden = HIDDEN if e.path.rpartition("\\")[2].startswith(".") else 0
	return e.attributes | hidden | (DIRECTORY if e.directory else 0) | (SPARSE if e.sparse else 0) or NORMAL


def model_of(e):
	"""What must be found whoever serves it: else the two could agree on nothing."""
	streams = {":%s:$DATA" % name: len(content) for name, content in e.streams.items()}
	if not e.directory:
		streams["::$DATA"] = len(e.content)
	return {
		"attributes": shown_attributes(e),
		"created": e.times[0], "written": e.times[2], "size": len(e.content), "EAs": sorted(e.eas), "streams": streams,
	}


def contents_of(e):
	return {**({} if e.directory else {"": e.content}), **e.streams}


def content_at(client, path):
	with client.opened(path, READ) as fid:
		return client.content(fid)


def contents_at(client, e):
	return {stream: content_at(client, e.path + (":" + stream if stream else "")) for stream in contents_of(e)}


def differences(path, expected, found):
	return ["%s, %s:\n\t%r\nis\t%r" % (path, field, value, found[field]) for field, value in expected.items()
	    if found[field] != value]


class Interchange(unittest.TestCase):
	"""Both servers on one directory; each test has a folder in it."""

	@classmethod
	def setUpClass(cls):
		cls.dir = tempfile.mkdtemp(prefix="smb1d-interchange.")
		cls.addClassCleanup(shutil.rmtree, cls.dir, True)
		os.chmod(cls.dir, 0o755)
		cls.servers = {
			"smbd": Daemon([Share("share", path=cls.dir, read_only="no")], kind="smbd", **SMBD),
			"smb1d": Daemon([Share("share", path=cls.dir, read_only="no", admin_users="torture")], **SMB1D),
		}
		for server in cls.servers.values():
			cls.enterClassContext(server)
		smbd = cls.servers["smbd"]
		subprocess.run(["net", "-s", os.path.join(smbd.dir, "smb.conf"), "sam", "rights", "grant", smbd.users[0],
		    "SeSecurityPrivilege"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

	def setUp(self):
		self.rng = random.Random(SEED)
		self.folder = self.id().rpartition(".")[2]
		os.mkdir(os.path.join(self.dir, self.folder))

	def client(self, kind):
		"""On a server as root, who is above its descriptors; in the test's folder."""
		server = self.servers[kind]
		client = self.enterContext(Files(server.port, self.folder))
		client.on(user=server.users[0])
		return client

	def path(self, name):
		return os.path.join(self.dir, self.folder, *name.split("\\"))

	def look(self, client, name):
		return look_at(client, name, "security.NTACL" in os.listxattr(self.path(name)))

	def same(self, found):
		if found:
			self.fail("\n".join(["seed %d: %d differences" % (SEED, len(found)), *found[:30]]))

	# --- the whole tree

	def carry(self, writer, reader):
		tree = make_tree(self.rng)
		one, other = self.client(writer), self.client(reader)
		for e in tree:
			make_entry(one, e)
		for e in reversed(tree):
			finish_entry(one, e)
		before = {e.path: self.look(one, e.path) for e in tree}
		found = []
		for e in tree:
			found += differences(e.path, model_of(e), before[e.path])
			found += differences(e.path, before[e.path], self.look(other, e.path))
		for e in tree:
			found += differences(e.path, contents_of(e), contents_at(other, e))
		self.same(found)

	def test_what_smbd_wrote_reads_the_same_here(self):
		self.carry("smbd", "smb1d")

	def test_what_was_written_here_reads_the_same_through_smbd(self):
		self.carry("smb1d", "smbd")

	# --- one changes what the other made

	def check_change(self, one, other, name, change, **expected):
		"""What the second server changes is seen through both, and all else is as it was."""
		before = self.look(one, name)
		with other.opened(name, CHANGING) as fid:
			change(fid)
		found = []
		for client in (one, other):
			found += differences(name, {**before, **expected}, self.look(client, name))
		self.same(found)

	def change_each(self, first, second):
		one, other = self.client(first), self.client(second)
		tree = make_tree(self.rng)[:12]
		for e in tree:
			e.sparse = e.sparse and second == "smb1d"  # what smbd sets makes it forget that
			make_entry(one, e)
		for e in reversed(tree):
			finish_entry(one, e)
		for e in tree:
			before = self.look(one, e.path)
			kind = DIRECTORY if e.directory else 0
			if e.attributes & READONLY:
				self.check_change(one, other, e.path, lambda fid, kind=kind: other.set_basic(fid, attributes=HIDDEN | kind),
				    attributes=HIDDEN | kind | (before["attributes"] & SPARSE))
			self.check_change(one, other, e.path, lambda fid: other.set_basic(fid, created=0x1C0000000000001),
			    created=0x1C0000000000001)
			eas = [p for p in before["EAs"] if p[0] != b"USER"] + [(b"USER", b"changed")]
			named = [(b"user" if b"USER" in dict(before["EAs"]) else b"USER", b"changed")]
			size = 4 + sum(5 + len(name) + len(value) for name, value in eas)
			self.check_change(one, other, e.path, lambda fid, named=named: other.set_eas(fid, named),
			    **{"EAs": sorted(eas), "EAs' size": size})
			descriptor = Descriptor(sd_bytes(dacl=[(DENY, 0, 2, USERS), (ALLOW, 0, FULL, EVERYONE)]))
			before = self.look(one, e.path)["descriptor"]
			if isinstance(before, Descriptor):
				# What the control says of the list that was is for the list that is no more.
				descriptor.control = before.control & ~0x1400
				descriptor.owner, descriptor.group, descriptor.sacl = before.owner, before.group, before.sacl
				self.check_change(one, other, e.path, lambda fid, d=descriptor: other.set_descriptor(fid, DACL,
				    sd_bytes(dacl=d.dacl)), descriptor=descriptor)

	def test_what_is_changed_here_is_so_for_smbd(self):
		self.change_each("smbd", "smb1d")

	def test_what_smbd_changes_is_so_here(self):
		self.change_each("smb1d", "smbd")

	def test_streams_are_replaced_added_removed_and_follow_the_file(self):
		for first, second in (("smbd", "smb1d"), ("smb1d", "smbd")):
			one, other = self.client(first), self.client(second)
			for directory in (False, True):
				e = Entry("s %s %d" % (first, directory), directory)
				e.streams = {"Kept": b"kept", "Replaced": b"long enough to shrink", "Gone": b""}
				make_entry(one, e)
				with other.opened(e.path + ":REPLACED", MAXIMUM, disposition=OVERWRITE_IF) as fid:
					other.write(fid, b"new")
				with other.opened(e.path + ":added", MAXIMUM, disposition=CREATE) as fid:
					other.write(fid, bytes(range(256)))
				with other.opened(e.path + ":gone", DELETE, options=DELETE_ON_CLOSE):
					pass
				other.rename(e.path, e.path + " moved")
				e.path += " moved"
				e.streams = {"Kept": b"kept", "Replaced": b"new", "added": bytes(range(256))}
				self.same(differences(e.path, contents_of(e), contents_at(one, e)))
				self.assertEqual(self.look(one, e.path), self.look(other, e.path))

	# --- what one makes in a directory of the other's

	def test_what_is_made_in_a_directory_inherits_the_same(self):
		one, other = self.client("smbd"), self.client("smb1d")
		found = []
		for i in range(40):
			parent = "p%d" % i
			one.shut(one.open(parent, MAXIMUM, disposition=CREATE, options=CREATE_DIR))
			control = self.rng.choice((0, PROTECTED, ASK_INHERITED | AUTO_INHERITED))
			with one.opened(parent, MAXIMUM) as fid:
				one.set_descriptor(fid, DACL, sd_bytes(control, dacl=random_acl(self.rng, True)))
			for name, kind in (("f", CREATE_FILE), ("d", CREATE_DIR)):
				for server, client in (("smbd", one), ("smb1d", other)):
					client.shut(client.open("%s\\%s %s" % (parent, name, server), MAXIMUM, disposition=CREATE, options=kind))
				looks = [self.look(one, "%s\\%s %s" % (parent, name, server))["descriptor"] for server in ("smbd", "smb1d")]
				for look in looks:
					if isinstance(look, Descriptor):
						look.dacl = list(dict.fromkeys(look.dacl))  # smbd says nothing twice
				if looks[0] != looks[1]:
					found.append("%r\n%s by smbd:\t%r\nhere:\t%r" % (self.look(one, parent)["descriptor"], name, *looks))
		self.same(found)

	# --- what nobody stored, and what counts no more

	def in_both(self, one, other, name):
		looks = [look_at(client, name, stored=False)["descriptor"] for client in (one, other)]
		self.assertEqual(*looks, name)
		return looks[0]

	def make_local(self, name, mode, directory=False, access=None, default=None, owner=(0, 0)):
		path = self.path(name)
		if directory:
			os.mkdir(path)
		else:
			with open(path, "xb"):
				pass
		os.chown(path, *owner)
		os.chmod(path, mode)
		for list_name, entries in (("access", access), ("default", default)):
			if entries:
				os.setxattr(path, "system.posix_acl_" + list_name, posix_acl(entries))
		return name

	def test_modes_and_posix_lists_are_shown_alike(self):
		one, other = self.client("smbd"), self.client("smb1d")
		for mode in (0o644, 0o600, 0o755, 0o444, 0o777, 0o000, 0o2664, 0o640, 0o604):
			for owner in ((0, 0), (1234, 1234)):
				for directory in (False, True):
					name = self.make_local("%o %d %d" % (mode, owner[0], directory), mode, directory, owner=owner)
					shown = self.in_both(one, other, name)
					self.assertEqual(shown[:2], ("S-1-22-1-%d" % owner[0], "S-1-22-2-%d" % owner[1]))
		lists = [[(1, 6, 0), (2, 4, 1234), (2, 7, 5678), (4, 4, 0), (8, 6, 4321), (0x10, 6, 0), (0x20, 0, 0)],
		    [(1, 7, 0), (2, 0, 1234), (4, 5, 0), (0x10, 7, 0), (0x20, 5, 0)]]
		for i, entries in enumerate(lists):
			shown = self.in_both(one, other, self.make_local("list %d" % i, 0o660, access=entries))
			self.assertEqual(shown[2].get("S-1-22-1-1234"), (1, None)[i])
			self.in_both(one, other, self.make_local("default %d" % i, 0o770, True, entries, entries))

	def test_mode_changed_meanwhile_counts_for_both(self):
		one, other = self.client("smbd"), self.client("smb1d")
		for writer in (one, other):
			for directory in (False, True):
				e = Entry("m%d%d" % (writer is one, directory), directory)
				e.descriptor = (DACL, sd_bytes(dacl=[(ALLOW, 0, FULL, USERS), (ALLOW, 0, READING, EVERYONE)]))
				make_entry(writer, e)
				mode = os.stat(self.path(e.path)).st_mode & 0o777
				stored = look_at(one, e.path)["descriptor"]
				self.assertEqual(stored.dacl[0][3], USERS)
				for special in (0o2000, 0o1000, 0):
					os.chmod(self.path(e.path), mode | special)
					self.assertEqual(look_at(other, e.path)["descriptor"], stored, oct(special))
					# Where smb1d stored it, nothing tells smbd that only special bits differ.
					if writer is one or special == 0:
						self.assertEqual(look_at(one, e.path)["descriptor"], stored, oct(special))
				os.chmod(self.path(e.path), 0o750)
				self.assertNotIn(USERS, self.in_both(one, other, e.path)[2])

	# --- what others left on the disk

	def test_every_form_of_stored_attributes_is_read_alike(self):
		one, other = self.client("smbd"), self.client("smb1d")
		created = 0x1C0123456789ABC
		for i, (value, has_time) in enumerate(stored_attributes(created)):
			for directory in (False, True):
				name = self.make_local("a%d%d" % (i, directory), 0o755, directory)
				os.setxattr(self.path(name), "user.DOSATTRIB", value)
				looks = [look_at(client, name, stored=False) for client in (one, other)]
				for look in looks:
					self.assertEqual(look["attributes"], HIDDEN | SYSTEM | (DIRECTORY if directory else 0), value)
					if has_time:
						self.assertEqual(look["created"], created, value)

	def test_names_no_client_can_say_lead_to_the_same_files(self):
		one, other = self.client("smbd"), self.client("smb1d")
		names = ["trailing.", "space ", "a:b", "q?", "st*r", '"quoted"', "<less>", "pi|pe", "back\\slash", "tab\t", "con", "aux.txt"]
		for name in names:
			with open(os.path.join(self.dir, self.folder, name), "w", encoding="ascii") as f:
				f.write(name)
		for client in (one, other):
			found = client.listing()
			with self.subTest(shown=sorted(found)):
				self.assertEqual(sorted(content_at(client, shown) for shown in found), sorted(n.encode() for n in names))

	def test_listings_agree_and_short_names_lead_to_their_files(self):
		tree = [e for e in make_tree(self.rng) if "\\" not in e.path]
		one, other = self.client("smbd"), self.client("smb1d")
		for e in tree:
			make_entry(one, e)
		for e in tree:
			finish_entry(one, e)
		os.link(self.path(tree[1].path), self.path("second name"))
		lists = [client.listing() for client in (one, other)]
		self.assertEqual(set(lists[0]), set(lists[1]))
		for name, entry in lists[0].items():
			mine = lists[1][name]
			for field in ("attributes", "size"):
				self.assertEqual(getattr(entry, field), getattr(mine, field), name)
			self.assertEqual((entry.times[0], entry.times[2]), (mine.times[0], mine.times[2]), name)
			self.assertEqual(self.look(one, name), self.look(other, name))
		for client, shown in zip((one, other), lists, strict=True):
			shorter = [(name, e.short) for name, e in shown.items() if e.short]
			self.assertGreater(len(shorter), 10)
			for name, short in shorter:
				self.assertEqual(look_at(client, short, False), look_at(client, name, False))

	def test_streams_too_large_for_smbd_are_not_there_for_it(self):
		one, other = self.client("smb1d"), self.client("smbd")
		e = Entry("large", False)
		e.streams = {"big": self.rng.randbytes(100000), "small": b"small"}
		make_entry(one, e)
		self.assertEqual(self.look(one, "large")["streams"], {"::$DATA": 0, ":big:$DATA": 100000, ":small:$DATA": 5})
		self.assertEqual(self.look(other, "large")["streams"], {"::$DATA": 0, ":small:$DATA": 5})
		with other.opened("large", MAXIMUM) as fid:
			other.set_basic(fid, attributes=HIDDEN)
		self.assertEqual(contents_at(one, e), contents_of(e))


def may_store_descriptors():
	with tempfile.NamedTemporaryFile(prefix="smb1d-interchange.") as f:
		try:
			os.setxattr(f.name, "security.NTACL", b"x")
		except OSError:
			return False
	return True


if __name__ == "__main__":
	need("net")
	if smbd_program() is None or not may_store_descriptors():
		print("skipped: smbd is not installed, or security.NTACL cannot be set here")
		sys.exit(SKIP)
	unittest.main(verbosity=2)
