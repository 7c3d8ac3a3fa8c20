#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every path HACKING and README name exists, HACKING names every folder, Makefile.am every C file."""
import os
import re
import sys

PATH = re.compile(r"(?<![\w./-])(?:\./)?((?:src|tests|conf|man|debian|\.ci)/(?:[\w./+-]*[\w/])?)(?![\w*])")
PLACEHOLDER = re.compile(r"(?:^|[/_])[A-Z]+(?:[/.]|$)")  # tests/FLOOR/test_X.c


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as f:
        return f.read()


def folders(root, top):
    for where, below, names in os.walk(os.path.join(root, top)):
        below[:] = sorted(d for d in below if not d.startswith("."))
        if "corpus" in below:
            below.remove("corpus")
        if names and where != os.path.join(root, top):
            yield os.path.relpath(where, root) + "/", names


def main(root):
    faults = []
    for document in ("HACKING", "README"):
        for number, line in enumerate(read(root, document).split("\n"), 1):
            for path in PATH.findall(line):
                if not PLACEHOLDER.search(path) and not os.path.exists(os.path.join(root, path)):
                    faults.append(f"{document}:{number}: {path}: there is no such file")
    hacking, makefile = read(root, "HACKING"), read(root, "Makefile.am").split()
    for top in ("src", "tests"):
        for folder, names in folders(root, top):
            mirrors = top == "tests" and os.path.isdir(os.path.join(root, "src", folder.split("/", 1)[1]))
            if folder not in hacking and not mirrors:
                faults.append(f"HACKING: does not say what {folder} is")
            for name in sorted(n for n in names if n.endswith((".c", ".h"))):
                # A test program's source may go without saying: automake derives it.
                if folder + name not in makefile and folder + name[:-2] not in makefile:
                    faults.append(f"Makefile.am: {folder}{name} is in no list")
    print("\n".join(faults + [f"{len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir", ".")))
