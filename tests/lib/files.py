# SPDX-License-Identifier: BSD-2-Clause
"""What a file carries, asked for and set by raw requests: the same bytes for every server."""

import struct

from raw import (CLOSE, NO_ANDX, NT_CREATE_ANDX, NT_TRANSACT, OPEN, READ_ANDX, SUCCESS, TRANSACTION2, Raw)

WRITE_ANDX = 0x2F
RENAME = 0x07

FIND_FIRST2, FIND_NEXT2, QUERY_FILE, SET_FILE = 1, 2, 7, 8
NT_CREATE, NT_IOCTL, NT_SET_SECURITY, NT_QUERY_SECURITY = 1, 2, 3, 6

READONLY, HIDDEN, SYSTEM, DIRECTORY, ARCHIVE, NORMAL, SPARSE = 1, 2, 4, 0x10, 0x20, 0x80, 0x200

MAXIMUM, SYSTEM_SECURITY, READ_CONTROL, WRITE_DAC = 0x2000000, 0x1000000, 0x20000, 0x40000
OWNER, GROUP, DACL, SACL = 1, 2, 4, 8

CREATE_DIR, CREATE_FILE = 1, 0x40

FSCTL_SET_SPARSE = 0x900C4


class Refused(Exception):
	def __init__(self, status, what):
		super().__init__("%s: %08x" % (what, status))
		self.status = status


def padded(data, to=4):
	return data + bytes(-len(data) % to)


class Files(Raw):
	"""A connection in Unicode whose calls raise Refused when the server refuses. Names are those in a folder."""

	def __init__(self, port, folder=""):
		super().__init__(port, unicode=True)
		self.folder = folder

	def path(self, name):
		return (self.folder + "\\" + name).strip("\\")

	def done(self, reply, what):
		if reply.status != SUCCESS:
			raise Refused(reply.status, what)
		return reply

	# --- transactions

	def trans2(self, code, parameters=b"", data=b""):
		"""The reply's parameters and data."""
		at = 32 + 1 + 30 + 2 + 3
		then = at + len(padded(parameters))
		words = struct.pack("<HHHHBBHIHHHHHBBH", len(parameters), len(data), 100, 0xFF00, 0, 0, 0, 0, 0, len(parameters), at,
		    len(data), then, 1, 0, code)
		reply = self.done(self.call(TRANSACTION2, words, bytes(3) + padded(parameters) + data), "TRANS2 %d" % code)
		count, start, _, data_count, data_start = struct.unpack_from("<HHHHH", reply.words, 6)
		return reply.message[start:start + count], reply.message[data_start:data_start + data_count]

	def transact(self, code, parameters=b"", data=b"", setup=b""):
		at = 32 + 1 + 38 + len(setup) + 2
		pad = -at % 4
		then = at + pad + len(padded(parameters))
		words = struct.pack("<B2xIIIIIIIIBH", 0, len(parameters), len(data), 100, 0xFF00, len(parameters), at + pad,
		    len(data), then, len(setup) // 2, code) + setup
		reply = self.done(self.call(NT_TRANSACT, words, bytes(pad) + padded(parameters) + data), "NT_TRANSACT %d" % code)
		count, start, _, data_count, data_start = struct.unpack_from("<5I", reply.words, 11)
		return reply.message[start:start + count], reply.message[data_start:data_start + data_count]

	# --- opening

	def open(self, name, access, disposition=OPEN, options=0, attributes=NORMAL):
		path = self.text(self.path(name), 0)
		words = NO_ANDX + struct.pack("<BHIIIQIIIIIB", 0, len(path) - 3, 0, 0, access, 0, attributes, 7, disposition, options, 2,
		    0)
		reply = self.done(self.call(NT_CREATE_ANDX, words, path), name)
		return struct.unpack_from("<H", reply.words, 5)[0]

	def create_with(self, name, options, attributes, descriptor=b"", eas=b""):
		"""NT_TRANSACT_CREATE of something new."""
		path = self.path(name).encode("utf-16-le")
		parameters = struct.pack("<IIIQIIIIIIIIB", 0, 0, MAXIMUM, 0, attributes, 7, 2, options, len(descriptor), len(eas),
		    len(path), 2, 0)
		parameters += bytes(len(parameters) % 2) + path
		return struct.unpack_from("<xxH", self.transact(NT_CREATE, parameters, padded(descriptor) + eas)[0])[0]

	def shut(self, fid):
		self.done(self.call(CLOSE, struct.pack("<HI", fid, 0xFFFFFFFF)), "close")

	def opened(self, name, access, **how):
		return Opened(self, self.open(name, access, **how))

	def rename(self, old, new):
		"""SMB_COM_RENAME, of what is open or not."""
		data = b"\4" + self.text(self.path(old), 1)
		data += b"\4" + self.text(self.path(new), len(data) + 1)
		self.done(self.call(RENAME, struct.pack("<H", HIDDEN | SYSTEM | DIRECTORY), data), "rename")

	# --- content

	def write(self, fid, data, at=0):
		for i in range(0, len(data), 60000):
			part = data[i:i + 60000]
			words = NO_ANDX + struct.pack("<HIIHHHHHI", fid, at + i, 0, 0, 0, 0, len(part), 64, 0)
			self.done(self.call(WRITE_ANDX, words, b"\0" + part), "write")

	def content(self, fid):
		data = b""
		while True:
			words = NO_ANDX + struct.pack("<HIHHIHI", fid, len(data), 60000, 0, 0, 0, 0)
			reply = self.done(self.call(READ_ANDX, words), "read")
			length, offset = struct.unpack_from("<HH", reply.words, 10)
			if length == 0:
				return data
			data += reply.message[offset:offset + length]

	# --- what it carries

	def query(self, fid, level):
		return self.trans2(QUERY_FILE, struct.pack("<HH", fid, level))[1]

	def set(self, fid, level, data):
		self.trans2(SET_FILE, struct.pack("<HHH", fid, level, 0), data)

	def set_basic(self, fid, created=0, accessed=0, written=0, attributes=0):
		self.set(fid, 0x101, struct.pack("<QQQQII", created, accessed, written, 0, attributes, 0))

	def set_eas(self, fid, eas):
		self.set(fid, 2, ea_list(eas))

	def eas(self, fid):
		"""SMB_INFO_QUERY_ALL_EAS as a list of pairs."""
		data, found, at = self.query(fid, 4), [], 4
		end, = struct.unpack_from("<I", data) if len(data) >= 4 else (0,)
		while at < end:
			name, value = struct.unpack_from("<xBH", data, at)
			at += 4
			found.append((data[at:at + name], data[at + name + 1:at + name + 1 + value]))
			at += name + 1 + value
		return found

	def streams(self, fid):
		"""SMB_QUERY_FILE_STREAM_INFO: sizes by name."""
		data, found, at = self.query(fid, 0x109), {}, 0
		while at < len(data):
			following, length, size = struct.unpack_from("<IIQ", data, at)
			found[data[at + 24:at + 24 + length].decode("utf-16-le")] = size
			if following == 0:
				break
			at += following
		return found

	def set_sparse(self, fid):
		self.transact(NT_IOCTL, setup=struct.pack("<IHBB", FSCTL_SET_SPARSE, fid, 1, 0))

	def descriptor(self, fid, parts):
		return self.transact(NT_QUERY_SECURITY, struct.pack("<HHI", fid, 0, parts))[1]

	def set_descriptor(self, fid, parts, descriptor):
		self.transact(NT_SET_SECURITY, struct.pack("<HHI", fid, 0, parts), descriptor)

	def listing(self):
		"""FIND_FIRST2 and NEXT2 at SMB_FIND_FILE_BOTH_DIRECTORY_INFO: what is in the folder, by name."""
		pattern = self.path("*").encode("utf-16-le") + b"\0\0"
		parameters, data = self.trans2(FIND_FIRST2, struct.pack("<HHHHI", 0x16, 500, 4, 0x104, 0) + pattern)
		sid, count, end = struct.unpack_from("<HHH", parameters)
		found = entries(data, count)
		while not end:
			parameters, data = self.trans2(FIND_NEXT2, struct.pack("<HHHIH", sid, 500, 0x104, 0, 0xE) + b"\0\0")
			count, end = struct.unpack_from("<HH", parameters)
			found += entries(data, count)
		return {e.name: e for e in found if e.name not in (".", "..")}


class Opened:
	"""An open file that is closed at the end of a with."""

	def __init__(self, client, fid):
		self.client = client
		self.fid = fid

	def __enter__(self):
		return self.fid

	def __exit__(self, kind, *_):
		if kind is None:
			self.client.shut(self.fid)


class Entry:
	def __init__(self, data, at):
		self.times = struct.unpack_from("<4Q", data, at + 8)
		self.size, self.allocated, self.attributes, length, self.eas, short = struct.unpack_from("<QQIIIB", data, at + 40)
		self.short = data[at + 70:at + 70 + short].decode("utf-16-le")
		self.name = data[at + 94:at + 94 + length].decode("utf-16-le", "surrogatepass").rstrip("\0")


def entries(data, count):
	found, at = [], 0
	for _ in range(count):
		found.append(Entry(data, at))
		at += struct.unpack_from("<I", data, at)[0]
	return found


def ea_list(eas):
	body = b"".join(struct.pack("<BBH", 0, len(name), len(value)) + name + b"\0" + value for name, value in eas)
	return struct.pack("<I", 4 + len(body)) + body


def full_ea_list(eas):
	"""FILE_FULL_EA_INFORMATION, as NT_TRANSACT_CREATE has it."""
	parts = [padded(struct.pack("<BBH", 0, len(name), len(value)) + name + b"\0" + value) for name, value in eas]
	last = parts.pop() if parts else b""
	return b"".join(struct.pack("<I", 4 + len(p)) + p for p in parts) + (bytes(4) + last if last else b"")


# --- security descriptors as text, in the order they stand

def sid_text(data, at):
	_, count, high, low = struct.unpack_from(">BBHI", data, at)
	subs = struct.unpack_from("<%dI" % count, data, at + 8)
	return "S-1-%d" % (high << 32 | low) + "".join("-%d" % s for s in subs)


def sid_bytes(text):
	parts = [int(p) for p in text.split("-")[2:]]
	return struct.pack(">BBHI", 1, len(parts) - 1, 0, parts[0]) + struct.pack("<%dI" % (len(parts) - 1), *parts[1:])


def acl_bytes(aces):
	"""Of (type, flags, mask, SID)."""
	body = b""
	for kind, flags, mask, sid in aces:
		body += struct.pack("<BBHI", kind, flags, 8 + len(sid_bytes(sid)), mask) + sid_bytes(sid)
	return struct.pack("<BBHHH", 2, 0, 8 + len(body), len(aces), 0) + body


def acl_list(data, at):
	found = []
	count, = struct.unpack_from("<H", data, at + 4)
	at += 8
	for _ in range(count):
		kind, flags, size, mask = struct.unpack_from("<BBHI", data, at)
		found.append((kind, flags, mask, sid_text(data, at + 8)))
		at += size
	return found


def sd_bytes(control=0, owner=None, group=None, sacl=None, dacl=None):
	"""Self-relative; a list that is None is left out."""
	parts, offsets, at = b"", [], 20
	for part in (owner and sid_bytes(owner), group and sid_bytes(group), sacl is not None and acl_bytes(sacl),
	    dacl is not None and acl_bytes(dacl)):
		offsets.append(at + len(parts) if part else 0)
		parts += part or b""
	control |= 0x8000 | (0x10 if sacl is not None else 0) | (4 if dacl is not None else 0)
	return struct.pack("<BBHIIII", 1, 0, control, *offsets) + parts


class Descriptor:
	def __init__(self, data):
		self.control, owner, group, sacl, dacl = struct.unpack_from("<xxHIIII", data)
		self.owner = sid_text(data, owner) if owner else None
		self.group = sid_text(data, group) if group else None
		self.sacl = acl_list(data, sacl) if sacl else None
		self.dacl = acl_list(data, dacl) if dacl else None

	def __eq__(self, other):
		return vars(self) == vars(other)

	def __repr__(self):
		lists = ["%s %s" % (name, "none" if acl is None else " ".join("%d/%#x/%#x/%s" % a for a in acl))
		    for name, acl in (("SACL", self.sacl), ("DACL", self.dacl))]
		return "control %04x owner %s group %s %s" % (self.control, self.owner, self.group, "; ".join(lists))
