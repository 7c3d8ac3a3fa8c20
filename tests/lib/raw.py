# SPDX-License-Identifier: BSD-2-Clause
"""A raw SMB1 client, for what smbclient never does: 8-bit names, waiting, several users on a connection."""

import hashlib
import hmac
import socket
import struct
import subprocess

from daemon import LM_SECRET, NT_SECRET

TIMEOUT = 60

SUCCESS = 0
ACCESS_DENIED = 0xC0000022
BAD_NETWORK_NAME = 0xC00000CC
INSUFF_SERVER_RESOURCES = 0xC0000205
LOGON_FAILURE = 0xC000006D
MORE_PROCESSING_REQUIRED = 0xC0000016
OBJECT_NAME_NOT_FOUND = 0xC0000034
REQUEST_NOT_ACCEPTED = 0xC00000D0
SHARING_VIOLATION = 0xC0000043
TOO_MANY_OPENED_FILES = 0xC000011F

CREATE_DIRECTORY = 0x00
CLOSE = 0x04
DELETE = 0x06
CHECK_DIRECTORY = 0x10
LOCKING_ANDX = 0x24
ECHO = 0x2B
READ_ANDX = 0x2E
TRANSACTION2 = 0x32
TREE_DISCONNECT = 0x71
NEGOTIATE = 0x72
SESSION_SETUP_ANDX = 0x73
TREE_CONNECT_ANDX = 0x75
NT_TRANSACT = 0xA0
NT_CREATE_ANDX = 0xA2

READ, WRITE = 0x120089, 0x120116
WRITE_DAC, FULL = 0x40000, 0x1F01FF
OPEN, CREATE, OPEN_IF = 1, 2, 3

NO_ANDX = b"\xff\0\0\0"


class Closed(Exception):
	pass


class Reply:
	def __init__(self, message):
		self.command = message[4]
		self.status, = struct.unpack_from("<I", message, 5)
		self.tid, _, self.uid, self.mid = struct.unpack_from("<4H", message, 24)
		n = message[32] * 2
		self.words = message[33:33 + n]
		self.bytes = message[35 + n:]
		self.message = message


def netbios_name(name, suffix):
	padded = name.ljust(15).encode() + bytes([suffix])
	return b"\x20" + bytes(c for b in padded for c in (65 + (b >> 4), 65 + (b & 15))) + b"\0"


class Raw:
	"""A connection. Strings are 8-bit unless unicode is asked for. Use as a context manager."""

	def __init__(self, port, host="127.0.0.1", unicode=False, called=None, extended=False):
		self.socket = socket.create_connection((host, port), TIMEOUT)
		self.flags2 = 0x4001 | (0x8000 if unicode else 0) | (0x0800 if extended else 0)
		self.unicode = unicode
		self.uid = self.tid = self.mid = 0
		self.keepalives = 0
		if called is not None:
			names = netbios_name(called, 0x20) + netbios_name("CLIENT", 0)
			self.socket.sendall(b"\x81\0" + struct.pack(">H", len(names)) + names)
			self.answer = self.frame()

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.socket.close()

	def exactly(self, n):
		got = b""
		while len(got) < n:
			try:
				part = self.socket.recv(n - len(got))
			except ConnectionError:
				part = b""
			if not part:
				raise Closed
			got += part
		return got

	def frame(self):
		head = self.exactly(4)
		return head + self.exactly(int.from_bytes(head[1:], "big"))

	def receive(self):
		while True:
			frame = self.frame()
			if frame[0] != 0x85:
				return Reply(frame[4:])
			self.keepalives += 1

	def send(self, command, words=b"", data=b""):
		self.mid += 1
		header = b"\xffSMB" + bytes([command]) + bytes(4) + b"\x18" + \
		    struct.pack("<H", self.flags2) + bytes(12) + \
		    struct.pack("<4H", self.tid, 1, self.uid, self.mid)
		message = header + bytes([len(words) // 2]) + words + struct.pack("<H", len(data)) + data
		self.socket.sendall(struct.pack(">I", len(message)) + message)

	def call(self, command, words=b"", data=b""):
		try:
			self.send(command, words, data)
		except ConnectionError:
			raise Closed from None
		return self.receive()

	def closed(self):
		"""Waits until the server has closed."""
		try:
			while True:
				self.frame()
		except Closed:
			return True

	def text(self, text, before=0):
		"""A string; before: the bytes in front of it, whose first has an odd offset in the message."""
		if isinstance(text, bytes):
			return text + b"\0"
		if not self.unicode:
			return text.encode("ascii") + b"\0"
		return b"\0" * ((before + 1) % 2) + text.encode("utf-16-le") + b"\0\0"

	# --- the usual beginning

	def negotiate(self):
		reply = self.call(NEGOTIATE, b"", b"\x02NT LM 0.12\0")
		self.mode = reply.words[2]
		self.max_mux, = struct.unpack_from("<H", reply.words, 3)
		if self.flags2 & 0x0800:
			return self
		self.challenge = reply.bytes[:8]
		names = reply.bytes[8:].decode("utf-16-le").split("\0")
		self.domain, self.server = names[:2]
		return self

	def responses(self, user, password):
		"""The LMv2 and NTLMv2 responses for "secret"; for any other password wrong ones."""
		if password is None:
			return b"", b""
		key = hmac.new(bytes.fromhex(NT_SECRET), (user.upper() + "X").encode("utf-16-le"), hashlib.md5).digest()
		blob = b"\1\1" + bytes(6) + bytes(8) + b"clientch" + bytes(4) + bytes(4)
		if password != "secret":
			key = bytes(16)
		nt = hmac.new(key, self.challenge + blob, hashlib.md5).digest() + blob
		lm = hmac.new(key, self.challenge + b"clientch", hashlib.md5).digest() + b"clientch"
		return lm, nt

	def lm_response(self):
		"""For "secret"; openssl(1) has the cipher."""
		key = int.from_bytes(bytes.fromhex(LM_SECRET) + bytes(5), "big")
		response = b""
		for third in (112, 56, 0):
			seven = key >> third & (1 << 56) - 1
			des = bytes((seven >> shift & 0x7F) << 1 for shift in range(49, -1, -7))
			response += subprocess.run(["openssl", "enc", "-des-ecb", "-nopad", "-K", des.hex(), "-provider", "legacy",
			    "-provider", "default"], input=self.challenge, stdout=subprocess.PIPE, check=True).stdout
		return response

	def try_logon(self, user="", password=None, vc=1, responses=None):
		lm, nt = responses or self.responses(user, password)
		words = NO_ANDX + struct.pack("<HHHIHHII", 0xFFFF, 2, vc, 0, len(lm), len(nt), 0, 0xD0)
		data = lm + nt
		for text in (user, "X", "raw", "raw"):
			data += self.text(text, len(data))
		reply = self.call(SESSION_SETUP_ANDX, words, data)
		if reply.status == SUCCESS:
			self.uid = reply.uid
		return reply

	def session_token(self, token):
		words = NO_ANDX + struct.pack("<HHHIHII", 0xFFFF, 2, 1, 0, len(token), 0, 0x80000050)
		reply = self.call(SESSION_SETUP_ANDX, words, token + self.text("raw", len(token)) + self.text("raw"))
		self.uid = reply.uid
		return reply

	def try_ntlmssp(self, user, spelled):
		"""Raw NTLMSSP with "secret" and 8-bit names: the user's name and how it is sent."""
		flags = struct.pack("<I", 0x206)
		reply = self.session_token(b"NTLMSSP\0" + struct.pack("<I", 1) + flags + bytes(16))
		if reply.status != MORE_PROCESSING_REQUIRED:
			return reply.status
		self.challenge = reply.bytes[24:32]
		parts, at, head = b"", 64, b"NTLMSSP\0" + struct.pack("<I", 3)
		for part in (*self.responses(user, "secret"), b"X", spelled, b"RAW", b""):
			head += struct.pack("<HHI", len(part), len(part), at)
			parts += part
			at += len(part)
		return self.session_token(head + flags + parts).status

	def try_tree(self, share, service="?????"):
		words = NO_ANDX + struct.pack("<HH", 0, 1)
		data = b"\0" + self.text(share, 1) + service.encode() + b"\0"
		reply = self.call(TREE_CONNECT_ANDX, words, data)
		if reply.status == SUCCESS:
			self.tid = reply.tid
		return reply.status

	def on(self, share="share", user="torture", password="secret", **how):
		"""Negotiated, logged on and connected to a share."""
		self.negotiate()
		status = self.try_logon(user, password, **how).status
		assert status == SUCCESS, "log-on: %08x" % status
		status = self.try_tree(share)
		assert status == SUCCESS, "%s: %08x" % (share, status)
		return self

	# --- requests

	def ask_open(self, name, access=READ, disposition=OPEN, options=0, flags=0, share=7):
		path = self.text(name, 0)
		length = len(path) - (3 if self.unicode else 1)
		words = NO_ANDX + struct.pack("<BHIIIQIIIIIB", 0, length, flags, 0, access, 0, 0x80, share, disposition, options, 2, 0)
		return self.call(NT_CREATE_ANDX, words, path)

	def try_open(self, name, access=READ, disposition=OPEN, options=0):
		"""The status and the FID."""
		reply = self.ask_open(name, access, disposition, options)
		return reply.status, struct.unpack_from("<H", reply.words, 5)[0] if reply.status == SUCCESS else 0

	def read(self, fid, n=1000):
		"""The status and what was read."""
		reply = self.call(READ_ANDX, NO_ANDX + struct.pack("<HIHHIH", fid, 0, n, n, 0, 0))
		if reply.status != SUCCESS:
			return reply.status, b""
		length, offset = struct.unpack_from("<HH", reply.words, 10)
		return reply.status, reply.message[offset:offset + length]

	def close(self, fid):
		return self.call(CLOSE, struct.pack("<HI", fid, 0)).status

	def set_delete(self, fid, on=True):
		"""SMB_SET_FILE_DISPOSITION_INFO."""
		words = struct.pack("<HHHHBBHIHHHHHBBH", 6, 1, 10, 100, 0, 0, 0, 0, 0, 6, 68, 1, 76, 1, 0, 8)
		data = bytes(3) + struct.pack("<HHH2xB", fid, 0x102, 0, on)
		return self.call(TRANSACTION2, words, data).status

	def named(self, command, name, words=b""):
		return self.call(command, words, b"\4" + self.text(name, 1)).status

	def set_dacl(self, name, *entries):
		"""NT_TRANSACT_SET_SECURITY_DESC of entries (authority, parts of the SID, rights allowed). The status."""
		status, fid = self.try_open(name, WRITE_DAC)
		if status != SUCCESS:
			return status
		acl = b""
		for authority, parts, rights in entries:
			sid = struct.pack(">BBHI", 1, len(parts), 0, authority) + struct.pack("<%dI" % len(parts), *parts)
			acl += struct.pack("<BBHI", 0, 0, 8 + len(sid), rights) + sid
		data = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20)
		data += struct.pack("<BBHHH", 2, 0, 8 + len(acl), len(entries), 0) + acl
		words = struct.pack("<B2xIIIIIIIIBH", 0, 8, len(data), 0, 0, 8, 76, len(data), 84, 0, 3)
		status = self.call(NT_TRANSACT, words, bytes(3) + struct.pack("<HHI", fid, 0, 4) + data).status
		self.close(fid)
		return status

	def nt_transact(self, function, parameters=b"", data=b"", setup=b"", room=65536):
		"""The reply, with the parameters and data it brought."""
		start = 32 + 1 + 38 + len(setup) + 2
		at = -(start) % 4
		words = struct.pack("<B2xIIIIIIIIBH", 0, len(parameters), len(data), 64, room, len(parameters), start + at, len(data),
		    start + at + len(parameters), len(setup) // 2, function) + setup
		reply = self.call(NT_TRANSACT, words, bytes(at) + parameters + data)
		if reply.words:
			(n, where), (m, there) = (struct.unpack_from("<II", reply.words, i) for i in (11, 23))
			reply.parameters, reply.data = reply.message[where:where + n], reply.message[there:there + m]
		return reply

	def fsctl(self, code, fid, data=b""):
		"""NT_TRANSACT_IOCTL."""
		return self.nt_transact(2, b"", data, struct.pack("<IHBB", code, fid, 1, 0))

	def attributes(self, name):
		"""QUERY_PATH_INFORMATION, level 0x101."""
		parameters = struct.pack("<HI", 0x101, 0) + self.text(name, 1)
		words = struct.pack("<HHHHBBHIHHHHHBBH", len(parameters), 0, 10, 100, 0, 0, 0, 0, 0, len(parameters), 68, 0, 0, 1, 0, 5)
		reply = self.call(TRANSACTION2, words, bytes(3) + parameters)
		assert reply.status == SUCCESS, "%s: %08x" % (name, reply.status)
		where, = struct.unpack_from("<H", reply.words, 14)
		return struct.unpack_from("<I", reply.message, where + 32)[0]

	def lock(self, fid, offset, timeout=0, wait=True, unlock=False):
		words = NO_ANDX + struct.pack("<HBBIHH", fid, 0, 0, timeout, int(unlock), int(not unlock))
		self.send(LOCKING_ANDX, words, struct.pack("<HII", 1, offset, 1))
		return self.receive().status if wait else None

	def echo(self):
		return self.call(ECHO, struct.pack("<H", 1), b"x").status

	def names(self, pattern=b"\\*"):
		"""The names a search finds (FIND_FIRST2, level 0x101)."""
		parameters = struct.pack("<HHHHI", 0x16, 1000, 2, 0x101, 0) + self.text(pattern, 1)
		offset = 32 + 1 + 30 + 2 + 3
		words = struct.pack("<HHHHBBHIHHHHHBBH", len(parameters), 0, 10, 16384, 0, 0, 0, 0, 0, len(parameters), offset,
		    0, 0, 1, 0, 1)
		reply = self.call(TRANSACTION2, words, b"\0\0\0" + parameters)
		if reply.status != SUCCESS:
			return []
		count, start = struct.unpack_from("<HH", reply.words, 12)
		data, names, at = reply.message[start:start + count], [], 0
		while True:
			following, = struct.unpack_from("<I", data, at)
			length, = struct.unpack_from("<I", data, at + 60)
			names.append(data[at + 64:at + 64 + length].rstrip(b"\0"))
			if following == 0:
				return names
			at += following
