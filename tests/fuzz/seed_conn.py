#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes the seeds of fuzz_conn: seed_conn.py DIRECTORY. One or more for each command and each
# TRANS2 subcommand and level; what they are made of is told at the head of fuzz_conn.c.

import os
import struct
import sys

NOTHING, EXTENDED, NETBIOS, FILES = 1, 2, 4, 8
RAW, OEM, DOS, RO, IPC, NO_TREE, UID2, PID2, PIPED = 1, 2, 4, 8, 0x10, 0x18, 0x20, 0x40, 0x80

seeds = {}


def text(s, unicode=True):
    return (s + "\0").encode("utf-16-le" if unicode else "latin-1")


def name04(s):
    # The string behind the format byte lies on an even position of the message.
    return b"\x04" + text(s)


def pad(s, at):
    return (b"\0" if at % 2 else b"") + s


def block(words=b"", data=b""):
    return bytes([len(words) // 2]) + words + struct.pack("<H", len(data) & 0xFFFF) + data


def andx(words, data=b"", follow=0xFF, offset=0):
    return block(struct.pack("<BBH", follow, 0, offset) + words, data)


def record(command, body, how=0):
    return struct.pack("<HBB", len(body), command, how) + body


def seed(name, *records, begin=FILES):
    seeds[name] = bytes([begin]) + b"".join(records)


def words(fmt, *values):
    return struct.pack("<" + fmt, *values)


def named(command, s, w=b"", how=0):
    # 32 header, word count, words, byte count, format byte: even or not
    at = 32 + 1 + len(w) + 2 + 1
    return record(command, block(w, b"\x04" + pad(text(s), at)), how)


def two_names(command, s, t, w=b""):
    at = 32 + 1 + len(w) + 2 + 1
    first = b"\x04" + pad(text(s), at)
    at = 32 + 1 + len(w) + 2 + len(first) + 1
    return record(command, block(w, first + b"\x04" + pad(text(t), at)))


def nt_create(s, access=0x3019F, share=7, disposition=3, options=0, attributes=0x80, flags=0, root=0, how=0):
    w = words("BHIIIQIIIIIB", 0, len(s) * 2, flags, root, access, 0, attributes, share, disposition, options, 2, 0)
    return record(0xA2, andx(w, b"\0" + text(s)), how)


def open_andx(s, mode=0x42, function=0x11, how=0):
    return record(0x2D, andx(words("HHHHIHIII", 1, mode, 0x16, 0x20, 0, function, 0, 0, 0), b"\0" + text(s)), how)


def close(fid=1, time=0, how=0):
    return record(0x04, block(words("HI", fid, time)), how)


def read_andx(fid=1, offset=0, count=64, how=0):
    return record(0x2E, andx(words("HIHHIHI", fid, offset, count, count, 0, 0, 0)), how)


def write_andx(fid=1, offset=0, data=b"data", how=0):
    at = 32 + 1 + 28 + 2 + 1
    return record(0x2F, andx(words("HIIHHHHHI", fid, offset, 0, 0, len(data), len(data) >> 16, len(data) & 0xFFFF,
                                   at, 0), b"\0" + data), how)


def trans2(sub, params, data=b"", max_params=64, max_data=4096, how=0, first=None):
    """first: so many bytes of data come at once, the rest in a secondary."""
    head = 32 + 1 + 30 + 2
    at = (head + 3) & ~3
    piece = data if first is None else data[:first]
    data_at = (at + len(params) + 3) & ~3
    w = words("HHHHBBHIHHHHHBBH", len(params), len(data), max_params, max_data, 0, 0, 0, 0, 0,
              len(params), at, len(piece), data_at, 1, 0, sub)
    body = b"\0" * (at - head) + params + b"\0" * (data_at - at - len(params)) + piece
    out = record(0x32, block(w, body), how if first is None else how | PIPED)
    if first is not None:
        rest = data[first:]
        at = (32 + 1 + 18 + 2 + 3) & ~3
        w = words("HHHHHHHHH", len(params), len(data), 0, at, 0, len(rest), at, first, 0xFFFF)
        out += record(0x33, block(w, b"\0" * (at - 53) + rest), how)
    return out


def trans(sub, fid, data=b"", name="\\PIPE\\", params=b"", how=IPC):
    head = 32 + 1 + 32 + 2
    spelled = pad(text(name), head)
    at = (head + len(spelled) + 3) & ~3
    data_at = (at + len(params) + 3) & ~3
    w = words("HHHHBBHIHHHHHBBHH", len(params), len(data), 64, 4096, 0, 0, 0, 0, 0, len(params), at, len(data), data_at, 2, 0, sub, fid)
    body = spelled + b"\0" * (at - head - len(spelled)) + params + b"\0" * (data_at - at - len(params)) + data
    return record(0x25, block(w, body), how)


def nt_transact(function, params, data=b"", setup=(), how=0):
    head = 32 + 1 + 38 + 2 * len(setup) + 2
    at = (head + 3) & ~3
    data_at = (at + len(params) + 3) & ~3
    w = words("BHIIIIIIIIBH", 0, 0, len(params), len(data), 128, 4096, len(params), at, len(data), data_at, len(setup), function)
    body = b"\0" * (at - head) + params + b"\0" * (data_at - at - len(params)) + data
    return record(0xA0, block(w + words("%dH" % len(setup), *setup), body), how)


def nt_transact_create(s, sd=b"", eas=b"", disposition=3, options=0, flags=0):
    params = words("IIIQIIIIIIIIB", flags, 0, 0x3019F, 0, 0x80, 7, disposition, options, len(sd), len(eas), len(s) * 2, 2, 0)
    return nt_transact(1, params + b"\0" + text(s), sd + b"\0" * (-len(sd) % 4) + eas)


def ea(name, value, flags=0):
    return words("BBH", flags, len(name), len(value)) + name + b"\0" + value


def ea_list(*eas):
    return words("I", 4 + sum(map(len, eas))) + b"".join(eas)


def ea_chain(*eas):
    out = b""
    for e in eas[:-1]:
        gap = -(4 + len(e)) % 4
        out += words("I", 4 + len(e) + gap) + e + b"\0" * gap
    return out + words("I", 0) + eas[-1]


def find_first(level, pattern="\\*", attributes=0x16, count=10, flags=0, max_data=4096):
    return trans2(1, words("HHHHI", attributes, count, flags, level, 0) + text(pattern), max_data=max_data, max_params=10)


def find_next(sid=1, level=0x104, name="", count=10, flags=8, key=0):
    return trans2(2, words("HHHIH", sid, count, level, key, flags) + text(name), max_params=8)


def locking(fid=1, kind=0, locks=((1, 0, 4),), unlocks=(), timeout=0, how=0, level=0):
    large = kind & 0x10
    ranges = b"".join(words("HHIIII", p, 0, o >> 32, o & 0xFFFFFFFF, n >> 32, n & 0xFFFFFFFF) if large
                      else words("HII", p, o, n) for p, o, n in list(unlocks) + list(locks))
    return record(0x24, andx(words("HBBIHH", fid, kind, level, timeout, len(unlocks), len(locks)), ranges), how)


def echo(n=1, data=b"echo", how=0):
    return record(0x2B, block(words("H", n), data), how)


def tree_connect(s, flags=0, how=0):
    return record(0x75, andx(words("HH", flags, 1), b"\0" + text("\\\\s\\" + s) + b"?????\0"), how)


def session_setup(user="guest", nt=b"", vc=0, how=0, buffer=0xFFFF):
    w = words("HHHIHHII", buffer, 2, vc, 0, 0, len(nt), 0, 0x50)
    at = 32 + 1 + 26 + 2 + len(nt)
    return record(0x73, andx(w, nt + pad(text(user) + text("") + text("os") + text("lm"), at)), how)


def security(blob, how=0):
    at = 32 + 1 + 24 + 2 + len(blob)
    w = words("HHHIHII", 0xFFFF, 2, 0, 0, len(blob), 0, 0x80000050)
    return record(0x73, andx(w, blob + pad(text("os") + text("lm"), at)), how)


NTLM1 = b"NTLMSSP\0" + words("II8s8s", 1, 0x62088215, b"", b"")


def ntlm3():
    fixed = 64
    domain, user, host = text("D")[:-2], text("guest")[:-2], text("H")[:-2]
    response = b"\x11" * 24
    at, fields, tail = fixed, b"", b""
    for part in (response, response, domain, user, host, b""):
        fields += words("HHI", len(part), len(part), at)
        tail += part
        at += len(part)
    return b"NTLMSSP\0" + words("I", 3) + fields + words("I", 0x62088215) + tail


def der(tag, body):
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))) + body


def spnego_init(token):
    oid = bytes.fromhex("060a2b06010401823702020a")
    inner = der(0xA0, der(0x30, oid)) + der(0xA2, der(0x04, token))
    return der(0x60, bytes.fromhex("06062b0601050502") + der(0xA0, der(0x30, inner)))


def spnego_resp(token):
    return der(0xA1, der(0x30, der(0xA2, der(0x04, token))))


def negotiate(dialects=("NT LM 0.12",)):
    return record(0x72, block(b"", b"".join(b"\2" + d.encode() + b"\0" for d in dialects)))


# ---- log-on, trees ----

seed("negotiate", negotiate(("PC NETWORK PROGRAM 1.0", "LANMAN1.0", "NT LM 0.12")), begin=NOTHING)
seed("negotiate_none", negotiate(("X",)), negotiate(), begin=NOTHING)
seed("negotiate_twice", negotiate(), negotiate(), begin=NOTHING)
seed("netbios", echo(), begin=NETBIOS)
seed("smb2", record(0, b"\xfeSMB" + b"\0" * 60, RAW), begin=NOTHING)
seed("before_negotiate", session_setup(), echo(), begin=NOTHING)
seed("session_setup", session_setup(), session_setup("alice", b"\x22" * 24), session_setup("", b""))
seed("ntlmssp", security(NTLM1), security(ntlm3()), begin=EXTENDED)
seed("ntlmssp_twice", security(NTLM1), security(NTLM1, UID2), security(ntlm3(), UID2), security(ntlm3()),
     begin=EXTENDED)
seed("spnego", security(spnego_init(NTLM1)), security(spnego_resp(ntlm3())), begin=EXTENDED)
seed("spnego_bare", security(spnego_init(b"")), security(spnego_resp(NTLM1)), security(spnego_resp(ntlm3())),
     begin=EXTENDED)
seed("logoff_between_legs", security(NTLM1), record(0x74, andx(b"")), security(ntlm3()), begin=EXTENDED)
seed("throttle", *[session_setup("root", b"\x33" * 24, how=PIPED) for _ in range(8)], record(0xA4, block()))
seed("logoff", record(0x74, andx(b"")), read_andx(), session_setup(), read_andx(how=UID2))
seed("tree_connect", tree_connect("rw"), tree_connect("nope"), tree_connect("IPC$"), tree_connect("rw", 1),
     tree_connect("RO", 8))
seed("tree_disconnect", record(0x71, block()), read_andx(), nt_create("x", how=RO))
seed("other_user", session_setup("bob"), read_andx(how=UID2), nt_create("a.txt", how=UID2), close(3))
seed("process_exit", nt_create("p", how=PID2), record(0x11, block(), PID2), read_andx())
seed("echo", echo(3), echo(0), echo(0xFFFF, b""))
seed("nt_cancel", record(0xA4, block()), echo())

# ---- opening and closing ----

seed("nt_create", nt_create("new.txt"), nt_create("DIR\\B"), nt_create("dir", options=1, disposition=1), close(3))
seed("nt_create_modes", *[nt_create("m%d" % d, disposition=d) for d in range(6)],
     *[nt_create("a.txt", disposition=d) for d in range(6)])
seed("nt_create_directory", nt_create("sub", options=1, disposition=2), nt_create("sub\\f", disposition=2),
     nt_create("sub", options=0x1001), close(3))
seed("nt_create_delete_on_close", nt_create("gone", options=0x1000, access=0x13019F), close(3), nt_create("gone", disposition=1))
seed("nt_create_extended", nt_create("a.txt", flags=0x16), nt_create("b", root=2, flags=0x10))
seed("nt_create_read_only", *[nt_create("a.txt", disposition=d, how=RO) for d in range(6)],
     nt_create("a.txt", access=0x80, options=0x1000, how=RO), nt_create("a.txt", access=0x2000000, how=RO))
seed("nt_create_paths", *[nt_create(p) for p in ("..\\x", "\\", "a.txt\\x", "dir/../a.txt", "a.txt:s", "a.txt::$DATA",
                                                   ".", "dir.", "\uf029.", "a*", "LONGNA~1.DAT", "\ud800\udc00")
                                      if not any(0xD800 <= ord(c) < 0xE000 for c in p)])
seed("open_andx", open_andx("a.txt"), open_andx("o", 0x22, 0x12), open_andx("a.txt", 0xFF, 1), open_andx("x", 0, 0x10))
seed("open", named(0x02, "Long name of a file.data", words("HH", 0x42, 0x16)), named(0x02, "a.txt", words("HH", 0x42, 0x16)), named(0x02, "none", words("HH", 0, 0)))
seed("create", named(0x03, "c", words("HI", 0, 0)), named(0x0F, "c", words("HI", 0, 0)), named(0x0F, "n", words("HI", 2, 9)))
seed("close", close(1, 1000000), close(1), close(2), close(0xFFFF))
seed("flush", write_andx(), record(0x05, block(words("H", 1))), record(0x05, block(words("H", 0xFFFF))))
seed("flush_other_user", session_setup("bob"), nt_create("f", how=UID2), write_andx(3, how=UID2),
     record(0x05, block(words("H", 0xFFFF))))

# ---- reading and writing ----

seed("read_andx", read_andx(), read_andx(count=0xFFFF), read_andx(offset=0xFFFFFFFF), read_andx(2), read_andx(0xFFFF))
seed("write_andx", write_andx(), write_andx(offset=0xFFFFFFF0), write_andx(data=b"x" * 300), write_andx(data=b""),
     write_andx(2))
seed("read", record(0x0A, block(words("HHIH", 1, 100, 0, 0))), record(0x0A, block(words("HHIH", 1, 0xFFFF, 5, 0))))
seed("write", record(0x0B, block(words("HHIH", 1, 3, 0, 0), b"\1\3\0abc")), record(0x0B, block(words("HHIH", 1, 0, 2, 0), b"\1\0\0")))
seed("seek", *[record(0x12, block(words("HHi", 1, m, o))) for m in range(4) for o in (5, -5)])
seed("locking", locking(), locking(locks=((2, 2, 2),)), locking(locks=(), unlocks=((1, 0, 4),)),
     locking(kind=0x10, locks=((1, 1 << 40, 5),)), read_andx(how=PID2))
seed("locking_undone", locking(locks=((2, 9, 1),), kind=1), locking(locks=((1, 1, 1), (1, 9, 1))), locking(locks=((1, 1, 1),)))
seed("locking_waits", locking(), nt_create("a.txt"), locking(3, locks=((1, 0, 4),), timeout=0xFFFFFFFF, how=PIPED), close(1), close(3))
seed("oplock", nt_create("o", flags=6), nt_create("o", flags=6, how=PIPED), locking(3, 2, (), level=1), write_andx(4),
     nt_create("o", disposition=5), close(3), close(4))
seed("oplock_closed", nt_create("o", flags=6, share=0), nt_create("o", flags=2, how=PIPED), close(3), locking(3, 2, ()), close(4))
seed("oplock_unanswered", nt_create("o", flags=2), locking(3, 2, ()), nt_create("o", how=PIPED), named(0x06, "\\o", words("H", 0)))
seed("oplock_by_name", nt_create("dir\\o", flags=6), two_names(0x07, "\\dir", "\\d", words("H", 0x10)), close(3))
seed("denied", nt_create("o", share=0), nt_create("o", how=PIPED), nt_create("o", how=PIPED), record(0xA4, block()), close(3))
seed("lock_and_read", record(0x13, block(words("HHIH", 1, 4, 0, 0))),
     record(0x14, block(words("HHIH", 1, 4, 0, 0), b"\1\4\0abcd")), record(0x14, block(words("HHIH", 1, 0, 0, 0), b"\1\0\0")))
seed("write_and_close", record(0x2C, block(words("HHII", 1, 0, 3, 0), b"\0")),
     record(0x2C, block(words("HHII", 1, 3, 0, 9), b"\0abc")))
seed("read_raw", record(0x1A, block(words("HIHHIH", 1, 0, 100, 0, 0, 0))),
     record(0x1A, block(words("HIHHIHI", 1, 0, 0xFFFF, 0, 0, 0, 0))), record(0x1A, block(words("HIHHIH", 9, 0, 100, 0, 0, 0))))


def write_raw(total, first, mode, offset=0):
    at = 32 + 1 + 28 + 2
    return record(0x1D, block(words("HHHIIHIHHI", 1, total, 0, offset, 0, mode, 0, len(first), at, 0), first))


seed("write_raw", write_raw(6, b"ab", 1), record(0, b"cdef", RAW), write_raw(6, b"ab", 0), record(0, b"cdef", RAW),
     write_raw(2, b"ab", 0), write_raw(9, b"", 1, 0xFFFFFFF0), record(0, b"", RAW),
     record(0x1E, block(words("12H", *range(12)))))
seed("lock_byte_range", record(0x0C, block(words("HII", 1, 4, 0))), record(0x0D, block(words("HII", 1, 4, 0))))

# ---- names ----

seed("create_directory", named(0x00, "made"), named(0x00, "made"), named(0x00, "made\\deep"), named(0x01, "made"))
seed("delete_directory", named(0x01, "dir"), named(0x01, "a.txt"), named(0x01, ""))
seed("delete", named(0x06, "a.txt", words("H", 6)), named(0x06, "*", words("H", 0x16)), named(0x06, "dir\\?", words("H", 6)))
seed("rename", two_names(0x07, "Long*", "s.x", words("H", 6)), two_names(0x07, "*.*", "*.bak", words("H", 0x16)),
     two_names(0x07, "dir", "dir2", words("H", 0x16)), two_names(0x07, "dir2\\b", "b", words("H", 0x16)))
seed("check_directory", named(0x10, "dir"), named(0x10, "a.txt", how=DOS), named(0x10, "no\\way"))
seed("query_information", named(0x08, "a.txt"), named(0x08, ""), named(0x08, "dir\\..\\..\\x"))
seed("set_information", named(0x09, "a.txt", words("HI10x", 1, 100)), named(0x09, "a.txt", words("HI10x", 0, 0)),
     named(0x09, "a.txt", words("HI10x", 1, 100), RO))
seed("information2", record(0x23, block(words("H", 1))), record(0x22, block(words("HHHHHHH", 1, 1, 2, 3, 4, 5, 6))))
seed("query_information_disk", record(0x80, block()), record(0x80, block(), RO), record(0x80, block(), IPC))
seed("oem_names", record(0x10, block(b"", b"\4d\x81\xffr\0"), OEM), record(0x08, block(b"", b"\4A.TXT\0"), OEM | DOS))

def search(command, pattern, count=10, attributes=0x16, key=b"", how=0):
    name = b"\x04" + pad(text(pattern), 32 + 1 + 4 + 2 + 1)
    return record(command, block(words("HH", count, attributes), name + b"\x05" + struct.pack("<H", len(key)) + key), how)


def key(sid=1, place=3):
    return words("B", 0x16) + words("HBQ", sid, 0, place) + bytes(21 - 16) + b"abcd"


seed("search", search(0x81, "\\*.*"), search(0x81, "", key=key()), search(0x81, "\\????????.???", 0xFFFF),
     search(0x81, "", attributes=8), search(0x81, "", key=key(place=1 << 63)))
seed("find", search(0x82, "*", 1), search(0x82, "", key=key(place=1)), search(0x84, "", key=key()), search(0x82, "", key=key()))
seed("find_unique", search(0x83, "dir\\*"), search(0x83, "none"))
seed("nt_copy", record(0xA5, block(words("HHI", 0x16, 0x105, 0), b"\x04" + text("Long name of a file.data") + b"\x04" + pad(text("c"), 1))),
     record(0xA5, block(words("HHI", 0x16, 0x104, 0), b"\x04" + text("Long name of a file.data") + b"\x04" + pad(text("c2"), 1))))
seed("nt_rename", *[record(0xA5, block(words("HHI", 0x16, level, 0), b"\x04" + text("a.txt") + b"\x04" + pad(text("n%d" % i), 1)))
                    for i, level in enumerate((0x103, 0x104, 0x102, 9))])

# ---- TRANSACTION2 ----

for level in (1, 2, 3, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106):
    seed("find_%x" % level, find_first(level, count=2), find_next(1, level), find_next(1, level, "a.txt", flags=0))
seed("find_in_parts", session_setup("small", buffer=600), find_first(0x106, max_data=0xFFFF), trans2(5, words("HI", 0x107, 0) + text("a.txt")))
seed("find_small", find_first(0x104, max_data=100), find_next(1, flags=2, name="."), find_next(9))
seed("find_close", find_first(0x101, count=1), record(0x34, block(words("H", 1))), find_next(), find_first(0x101, count=1),
     record(0x34, block(words("H", 0xFFFF))))
seed("find_patterns", *[find_first(0x103, p, flags=1) for p in ("\\a.txt", "\\<.tx>", "\\*.*", "\\????????.???", "",
                                                                "\\dir\\*", "\\..\\*", "\\no\\*", "\\LONG*")])
for level in (1, 2, 0x102, 0x103, 0x104, 0x105, 1001, 1003, 1004, 1005, 1007):
    seed("fs_%x" % level, trans2(3, words("H", level)), trans2(3, words("H", level), max_data=20))
for level in (1, 2, 3, 4, 6, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x10B, 1004, 1005, 1006, 1007,
              1008, 1009, 1014, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1028, 1034, 1035):
    seed("query_%x" % level, trans2(5, words("HI", level, 0) + text("a.txt")), trans2(7, words("HH", 1, level)),
         trans2(7, words("HH", 2, level)), trans2(7, words("HH", 1, level), max_data=60))
SETS = {
    1: bytes(22), 2: words("I", 4), 0x101: bytes(36) + words("I", 1), 0x102: b"\1", 0x103: words("Q", 5000),
    0x104: words("Q", 3), 1004: words("QQQQII", 1 << 56, 0, 1 << 57, 0, 2, 0), 1010: words("BxxxII", 1, 0, 6) + text("new")[:-2],
    1011: words("BxxxII", 0, 0, 6) + text("lnk")[:-2], 1013: b"\1", 1014: words("Q", 9), 1016: words("I", 0),
    1019: words("Q", 0), 1020: words("Q", 1 << 40),
}
for level, data in SETS.items():
    seed("set_%x" % level, trans2(6, words("HI", level, 0) + text("a.txt"), data), trans2(8, words("HHH", 1, level, 0), data),
         trans2(6, words("HI", level, 0) + text("a.txt"), data, how=RO), close(1), trans2(8, words("HHH", 2, level, 0), data))
EAS = (ea(b".ICON", b"picture"), ea(b"SECOND", b"2", 0x80))
seed("eas", trans2(6, words("HI", 2, 0) + text("a.txt"), ea_list(*EAS)), *[trans2(7, words("HH", 1, level)) for level in (2, 4, 1007, 1015)],
     trans2(5, words("HI", 3, 0) + text("a.txt"), words("I", 4 + 7 + 6) + b"\5.ICON\0\4NONE\0"),
     trans2(8, words("HHH", 1, 1015, 0), ea_chain(*EAS)), trans2(8, words("HHH", 1, 2, 0), ea_list(ea(b".icon", b""))),
     nt_create("a.txt", options=0x200, disposition=1))
seed("eas_found", trans2(6, words("HI", 2, 0) + text("a.txt"), ea_list(*EAS)), find_first(2), find_first(0x104),
     trans2(1, words("HHHHI", 0x16, 10, 0, 3, 0) + text("\\*"), words("I", 4 + 7) + b"\5.ICON\0", max_params=10))
seed("eas_created", trans2(0, words("HHHHIHI10x", 8, 0x42, 0x16, 0, 0, 0x12, 0) + text("o2"), ea_list(*EAS)),
     trans2(13, words("I", 0) + text("newdir"), ea_list(*EAS)), trans2(13, words("I", 0) + text("bad"), ea_list(ea(b"a:b", b"v"))),
     nt_transact_create("n1", eas=ea_chain(*EAS)), nt_transact_create("n2", eas=ea_chain(ea(b"a:b", b"v")), disposition=2),
     nt_transact_create("n3", eas=ea_chain(*EAS), options=1, disposition=2, flags=0x10))
seed("nt_notify", nt_create("dir", access=0x100001, options=1, disposition=1),
     nt_transact(4, b"", setup=(0xFFF, 0, 3, 1)), named(0x00, "dir\\n"), nt_create("dir\\n\\f"), close(4),
     nt_transact(4, b"", setup=(3, 0, 3, 0)), two_names(0x07, "dir\\n\\f", "dir\\g", words("H", 0x16)),
     nt_transact(4, b"", setup=(3, 0, 3, 0)), nt_transact(4, b"", setup=(3, 0, 1, 0)), nt_transact(4, b"", setup=(3, 0)),
     named(0x06, "dir\\g", words("H", 0x16)), record(0xA4, block()), named(0x01, "dir\\n"), close(3))
seed("nt_notify_deleted", nt_create("d", access=0x110001, options=1), nt_transact(4, b"", setup=(0x7, 0, 3, 1)),
     nt_create("d\\sub", options=1, disposition=2), close(4), trans2(8, words("HHH", 3, 0x102, 0), b"\1"),
     nt_transact(4, b"", setup=(0x7, 0, 3, 1)), record(0x71, block()))
seed("trans2_open", trans2(0, words("HHHHIHI10x", 0, 0x42, 0x16, 0, 0, 0x11, 0) + text("o2")),
     trans2(0, words("HHHHIHI10x", 0, 0x42, 0x16, 0, 0, 0x12, 0) + text("a.txt"), how=RO))
seed("trans2_mkdir", trans2(0x0D, words("I", 0) + text("m")), trans2(0x0D, words("I", 0) + text("m"), words("I", 4)))
seed("trans2_dfs", trans2(0x10, words("H", 3) + text("\\s\\rw"), how=IPC))
seed("trans2_pieces", trans2(6, words("HI", 0x101, 0) + text("a.txt"), SETS[0x101], first=10),
     trans2(8, words("HHH", 1, 1010, 0), SETS[1010], first=3))
seed("trans2_unknown", trans2(0x0E, b""), trans2(0xFFFF, b""), record(0x33, block(bytes(18))))

# ---- chains ----

OPEN_WORDS = words("HHHHIHIII", 1, 0x42, 0x16, 0x20, 0, 0x11, 0, 0, 0)
at = 32 + 1 + 30 + 2 + 6
seed("chain_open_read", record(0x2D, block(words("BBH", 0x2E, 0, at) + OPEN_WORDS, b"a.txt\0")
                               + andx(words("HIHHIH", 0, 0, 64, 0, 0, 0), b"", 0x04, at + 24) + block(words("HI", 0, 0)), OEM))
seed("chain_to_itself", record(0x2E, andx(words("HIHHIHI", 1, 0, 4, 4, 0, 0, 0), b"", 0x2E, 32)))
seed("chain_reads", record(0x2E, b"".join(andx(words("HIHHIHI", 1, 0, 4, 4, 0, 0, 0), b"", 0x2E, 32 + 27 * (i + 1))
                                          for i in range(40))))
seed("chain_log_on", record(0x73, block(words("BBH", 0x75, 0, 32 + 29 + 9) + words("HHHIHHII", 0xFFFF, 2, 0, 0, 0, 0, 0, 0x50),
                                        b"guest\0\0\0\0") + andx(words("HH", 0, 1), b"\0rw\0?????\0", 0x10, 32 + 29 + 9 + 20)
                            + block(b"", b"\4dir\0"), OEM))
seed("chain_logoff", record(0x74, andx(b"", b"", 0x2E, 39) + andx(words("HIHHIHI", 1, 0, 4, 4, 0, 0, 0))))
seed("read_only", named(0x06, "*", words("H", 0x16), RO), named(0x00, "d", how=RO), named(0x01, "dir", how=RO),
     named(0x03, "c", words("HI", 0, 0), RO), open_andx("a.txt", 2, 0x12, RO), open_andx("a.txt", 0xFF, 1, RO), write_andx(3, how=RO),
     record(0x0B, block(words("HHIH", 3, 0, 2, 0), b"\1\0\0"), RO))

PIPE = nt_create("\\srvsvc", disposition=1, how=IPC)  # FID 3
BIND = bytes.fromhex("05000b03100000004800000001000000b810b8100000000001000000000001"
                     "00c84f324b7016d30112785a47bf6ee18803000000045d888aeb1cc9119fe808002b10486002000000")
READ_PIPE = record(0x2E, andx(words("HIHHIH", 3, 0, 500, 1, 0xFFFFFFFF, 0)), IPC)
seed("pipe_transact", PIPE, trans(0x26, 3, BIND), trans(0x26, 3, BIND), close(3, how=IPC))
seed("pipe_write_read", PIPE, trans(0x37, 3, BIND), READ_PIPE, trans(0x31, 3, BIND), trans(0x11, 3), trans(0x36, 3))
seed("pipe_waits", PIPE, READ_PIPE, trans(0x36, 3), trans(0x37, 3, BIND), trans(0x37, 3, BIND))
seed("pipe_waits_forever", PIPE, READ_PIPE, trans(0x36, 3), record(0x71, block(), IPC))
seed("pipe_state", PIPE, trans(0x01, 3, params=b"\0\x80"), trans(0x21, 3), trans(0x22, 3, params=b"\1\0"), trans(0x23, 3), trans(0x26, 3))
seed("pipe_by_name", trans(0x53, 0, name="\\PIPE\\srvsvc"), trans(0x54, 0, BIND, name="\\PIPE\\wkssvc"), trans(0x54, 0, b"x", name="\\PIPE\\lsass"))
seed("pipe_fsctl", PIPE, nt_transact(2, b"", BIND, (0xC017, 0x11, 3, 1), IPC), nt_transact(2, b"", b"", (0x400C, 0x11, 3, 1), IPC),
     nt_transact(2, b"", words("QIH", 0, 12, 0) + "srvsvc".encode("utf-16-le"), (0x18, 0x11, 3, 1), IPC))
seed("pipe_levels", PIPE, *[trans2(7, words("HH", 3, level), how=IPC) for level in (1, 2, 4, 0x101, 0x102, 0x107, 1023, 1024, 1025)],
     trans2(8, words("HHH", 3, 1023, 0), words("II", 0, 1), how=IPC))
seed("pipe_junk", PIPE, READ_PIPE, trans(0x37, 3, b"\5\0\x63\3" + b"\x10" * 40), trans(0x37, 3, BIND))


# Clients of each older dialect: dialects[] of fuzz_conn.c. They write in their code page.
def old_name(command, s, w=b""):
    return record(command, block(w, b"\4" + text(s, False)))


def old_names(command, s, t, w=b""):
    return record(command, block(w, b"\4" + text(s, False) + b"\4" + text(t, False)))


for dialect in range(1, 6):
    begin = FILES | dialect << 4
    seed("old_files_%d" % dialect, old_name(0x03, "\\NEW", words("HI", 0x20, 0)), record(0x0B, block(words("HHIH", 3, 3, 0, 0), b"\1\3\0new")),
         record(0x0A, block(words("HHIH", 1, 5, 0, 0))), record(0x0C, block(words("HII", 1, 4, 0))), record(0x12, block(words("HHI", 1, 2, 0))),
         record(0x22, block(words("HHHHHHH", 3, 1, 1, 1, 1, 1, 1))), record(0x04, block(words("HI", 3, 0))), old_name(0x08, "\\NEW"),
         old_names(0x07, "\\*.*", "\\*.OLD", words("H", 0x16)), old_names(0x29, "\\A.*", "\\DIR", words("HHH", 0xFFFF, 0x12, 0)),
         old_names(0x2A, "\\DIR\\*", "\\M*", words("HHH", 0xFFFF, 0x10, 0)), old_name(0x06, "\\????????.???", words("H", 6)), begin=begin)
    seed("old_search_%d" % dialect, record(0x81, block(words("HH", 1, 0x10), b"\4????????.???\0\5\0\0")),
         record(0x82, block(words("HH", 9, 0x16), b"\4*.*\0\5\0\0")), record(0x80, block()), record(0x11, block()), begin=begin)
    seed("old_chain_%d" % dialect, record(0x2D, block(words("BBHHHHHIHIII", 0x2E, 0, 68 + 6, 0, 0x42, 0x16, 0, 0, 1, 0, 0, 0), b"\\A.TXT\0")
                                          + andx(words("HIHHIH", 0, 0, 5, 5, 0, 0))), record(0x31, block(words("HI", 1, 0))), begin=begin)
seed("old_shares", record(0x72, block(b"", b"\2PC NETWORK PROGRAM 1.0\0")), record(0x70, block(b"", b"\4\\\\S\\RO\0\4secret\0\4?????\0")),
     record(0x70, block(b"", b"\4RW\0\4\0\4LPT1:\0")), record(0x71, block()), begin=NOTHING)
seed("messages", record(0xD5, block(b"", b"\4ME\0\4YOU\0")), record(0xD7, block(words("H", 1), b"\1\5\0hello")), record(0xD6, block(words("H", 1))),
     record(0xD0, block(b"", b"\4ME\0\4YOU\0\1\5\0hello")), record(0xD4, block(b"", b"\4YOU\0")), begin=NOTHING)
POSIX = trans2(4, words("HH", 0, 0x200), words("HHQ", 1, 0, 0xFF))
seed("unix_links", POSIX, trans2(6, words("HI", 0x201, 0) + text("link"), text("/etc/passwd")), trans2(5, words("HI", 0x201, 0) + text("link")),
     trans2(6, words("HI", 0x201, 0) + text("dir/up"), text("..")), trans2(5, words("HI", 0x20B, 0) + text("dir/up/a.txt")),
     trans2(5, words("HI", 0x107, 0) + text("link")))
seed("unix_open", POSIX, trans2(6, words("HI", 0x209, 0) + text("p"), words("IIQIHH", 0, 0x12, 0o644, 0, 0, 0x200)),
     trans2(8, words("HHH", 3, 0x208, 0), words("HHIQQ", 1, 0, 7, 0, 10)), trans2(7, words("HH", 3, 0x208), words("HHIQQ", 1, 0, 8, 0, 10)),
     trans2(6, words("HI", 0x20A, 0) + text("p"), words("H", 0)))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


main()
