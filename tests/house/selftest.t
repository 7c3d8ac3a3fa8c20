#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each house check, shown a small tree that is right and the same tree with one fault, must tell them apart. Prints TAP."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

with open(os.path.join(ROOT, "conf/smb1d.service.in"), encoding="utf-8") as unit:
    UNIT = unit.read().replace("@sbindir@", "/usr/sbin").replace("@sysconfdir@", "/etc")

GOOD = {
    "smb1d.service": UNIT,
    "conf/smb1d.socket": "[Socket]\nListenStream=127.0.0.1:445\n",
    "src/base/low.h": "int low(int n);\n",
    "src/base/low.c": '#include "base/low.h"\n\nint\nlow(int n)\n{\n\treturn n;\n}\n',
    "src/wire/mid.c": '#include "base/low.h"\n',
    "src/config/side.h": "\n",
    "src/prog.c": '#include "wire/mid.c"\n#include "config.h"\n',
    "tests/base/test_low.c": "\n",
    "HACKING": "src/base/ src/wire/ src/config/ tests/base/ and src/base/low.c\n",
    "README": "See tests/FLOOR/test_X.c or not.\n",
    "Makefile.am": "x = src/base/low.h src/base/low.c src/wire/mid.c src/config/side.h src/prog.c tests/base/test_low\n",
    "man/smb1d.conf.5": ".Sh GLOBAL KEYS\n.It Ic size = 5\nHow\nbig.\nMore.\n.Sh SHARE KEYS\n.It Ic path\nWhat.\n"
                        ".It Ic kind = \\(dqa\\(dq\nThe\n.Li kind .\n.Sh PROFILES\n.It old Ta share Ta kind = b\n.Sh FILES\n",
    "conf/smb1d.conf": "# About.\n\n[global]\n# How\n# big.\n;size = 5\n\n;[a]\n# What.\n;path = /srv\n# The kind .\n;kind = \"a\"\n",
    "print": "#!/bin/sh\n[ $# = 0 ] || { printf 'old\\tshare\\tkind = b\\n'; exit; }\nprintf 'global\\tsize\\t5\\tHow big.\\nshare\\tpath\\t\\tWhat.\\nshare\\tkind\\t\"a\"\\tThe kind .\\n'\n",
}


def changed_in(path, old, new):
    return {path: GOOD[path].replace(old, new)}


def define(name, params, body):
    return f"int\n{name}({params})\n{{\n{body}}}\n"


NESTED = "\tif (a) {\n\t\tfor (;;) {\n\t\t\twhile (b) {\n%s\t\t\t}\n\t\t}\n\t}\n"

CASES = [
    # check, what it shows, changed files, expected in the output (None: must pass)
    ("check-floors.py", "lower floors may be included", {}, None),
    ("check-floors.py", "an include upwards", {"src/base/low.h": '#include "wire/mid.c"\n'}, "wire/ is on floor 2"),
    ("check-floors.py", "an include sideways", {"src/wire/mid.c": '#include "config/side.h"\n'}, "config/ is on floor 2"),
    ("check-floors.py", "an include without folder", {"src/wire/mid.c": '#include "mid.h"\n'}, "folder/file.h"),
    ("check-floors.py", "an include of nothing", {"src/wire/mid.c": '#include "base/no.h"\n'}, "no such file"),
    ("check-floors.py", "a folder without floor", {"src/cellar/a.c": "\n"}, "has no floor"),
    ("check-sizes.py", "80 lines and 5 parameters", {"src/a.c": define("f", "int a, int b, int c, int d, int e", "\ta;\n" * 80)}, None),
    ("check-sizes.py", "81 lines", {"src/a.c": define("f", "void", "\ta;\n" * 81)}, "f: 81 lines"),
    ("check-sizes.py", "81 lines with a reason", {"src/a.c": "/* NOLINT: flat table */\n" + define("f", "void", "\ta;\n" * 81)}, None),
    ("check-sizes.py", "6 parameters", {"src/a.c": define("f", "int a, int (*b)(int, int), int c,\n    int d, int e, int g", "")}, "f: 6 parameters"),
    ("check-sizes.py", "blocks 3 deep, braces in text and table", {"src/a.c": define("f", "void", NESTED % '\t\t\t\tputs("{{{"); /* {{ */\n\t\t\t\tint x[] = {1};\n')}, None),
    ("check-sizes.py", "blocks 4 deep", {"src/a.c": define("f", "void", NESTED % "\t\t\t\tswitch (c) {\n\t\t\t\tcase 1:\n\t\t\t\t\tg();\n\t\t\t\t}\n")}, "blocks 4 deep"),
    ("check-sizes.py", "else if is not deeper", {"src/a.c": define("f", "void", "\tif (a) {\n\t} else if (b) {\n\t} else if (c) {\n\t} else if (d) {\n\t} else if (e) {\n\t}\n")}, None),
    ("check-sizes.py", "a file of 801 lines", {"src/a.c": "\n" * 801}, "801 lines, the limit is 800"),
    ("check-sizes.py", "a header of 151 lines", {"src/a.h": "\n" * 151}, "151 lines, the limit is 150"),
    ("check-sizes.py", "a long test", {"tests/base/test_low.c": define("f", "void", "\ta;\n" * 81)}, "f: 81 lines"),
    ("check-map.py", "a true map", {}, None),
    ("check-map.py", "a path that is not there", {"README": "See src/base/gone.c.\n"}, "README:1: src/base/gone.c"),
    ("check-map.py", "a folder not on the map", {"src/net/a.h": "\n"}, "does not say what src/net/ is"),
    ("check-map.py", "a file in no list", {"src/base/new.c": "\n"}, "src/base/new.c is in no list"),
    ("check-man.py", "documents that say what the schema says", {}, None),
    ("check-man.py", "a key the man page lacks", changed_in("man/smb1d.conf.5", ".It Ic size = 5\n", ""), "[global] size: is missing"),
    ("check-man.py", "a key the sample lacks", changed_in("conf/smb1d.conf", ";kind", "#kind"), "[share] kind: is missing"),
    ("check-man.py", "a key that is not in the schema", changed_in("conf/smb1d.conf", ";size", ";old = 1\n;size"), "[global] old: there is no such key"),
    ("check-man.py", "another default", changed_in("man/smb1d.conf.5", "size = 5", "size = 6"), 'says the default is "6"'),
    ("check-man.py", "another sentence", changed_in("conf/smb1d.conf", "# What.", "# Which."), "lacks the sentence"),
    ("check-man.py", "another order", changed_in("conf/smb1d.conf", "# What.\n;path = /srv\n# The kind .\n;kind = \"a\"\n", "# The kind .\n;kind = \"a\"\n# What.\n;path =\n"), "another order"),
    ("check-man.py", "another row of a profile", changed_in("man/smb1d.conf.5", "Ta kind = b", "Ta kind = c"), "PROFILES: lacks old share kind = b"),
    ("check-unit.sh", "a unit that systemd takes", {}, None),
    ("check-unit.sh", "a place not filled in", changed_in("smb1d.service", "/usr/sbin/smb1d", "@sbindir@/smb1d"), "was not filled in"),
    ("check-unit.sh", "a word systemd does not know", changed_in("smb1d.service", "PrivateTmp", "PrivateTemp"), "PrivateTemp"),
    ("check-unit.sh", "an exposed service", changed_in("smb1d.service", "CapabilityBoundingSet", "# "), "exposure"),
    ("check-format.sh", "good layout", {}, None),
    ("check-format.sh", "bad layout", {"src/base/low.h": "int  low( int n );\n"}, "low.h"),
]


def run(check, changed):
    with tempfile.TemporaryDirectory(prefix="smb1d-house.") as top:
        for path, text in {**GOOD, **changed}.items():
            path = os.path.join(top, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        with open(os.path.join(ROOT, ".clang-format"), encoding="utf-8") as f, \
                open(os.path.join(top, ".clang-format"), "w", encoding="utf-8") as g:
            g.write(f.read())
        printer = os.path.join(top, "print")
        os.chmod(printer, 0o755)
        extra = {"check-man.py": [printer], "check-unit.sh": [os.path.join(top, "smb1d.service")]}
        args = [top, *extra.get(check, [])]
        return subprocess.run([os.path.join(HERE, check), *args], capture_output=True, text=True, check=False)


def main():
    bad = 0
    for number, (check, shown, changed, expected) in enumerate(CASES, 1):
        done = run(check, changed)
        output = done.stdout + done.stderr
        if done.returncode == 77:
            print(f"ok {number} - {check}: {shown} # SKIP not installed")
            continue
        good = done.returncode == 0 if expected is None else done.returncode == 1 and expected in output
        print(f"{'ok' if good else 'not ok'} {number} - {check}: {shown}")
        if not good:
            bad += 1
            print("".join(f"# {line}\n" for line in output.splitlines()), end="")
    print(f"1..{len(CASES)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
