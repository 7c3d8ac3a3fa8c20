#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A folder of src/ includes itself and lower floors only; HACKING draws the floors."""
import os
import re
import sys

FLOORS = {
    "base": 1,
    "wire": 2, "config": 2,
    "net": 3, "auth": 3, "disk": 3,
    "file": 4,
    "server": 5,
    "rap": 6, "rpc": 6,
    "smb": 7,
}
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')


def complaint(src, folder, included):
    """Why a file of folder ("" for the programs) may not include this, or None."""
    if included == "config.h":
        return None
    if not folder and os.path.exists(os.path.join(src, included)):
        return None
    if "/" not in included:
        return 'write it as "folder/file.h"'
    other = included.split("/")[0]
    if other not in FLOORS:
        return f"src/{other}/ has no floor"
    if not os.path.exists(os.path.join(src, included)):
        return "no such file"
    if folder and other != folder and FLOORS[other] >= FLOORS[folder]:
        return f"{other}/ is on floor {FLOORS[other]}, {folder}/ on {FLOORS[folder]}"
    return None


def main(root):
    src = os.path.join(root, "src")
    faults = seen = 0
    for where, _, names in os.walk(src):
        folder = os.path.relpath(where, src).split("/")[0]
        folder = "" if folder == "." else folder
        for name in sorted(n for n in names if n.endswith((".c", ".h"))):
            path = os.path.join(where, name)
            seen += 1
            if folder and folder not in FLOORS:
                print(f"{path}: src/{folder}/ has no floor: add it to {sys.argv[0]} and HACKING")
                faults += 1
                continue
            with open(path, encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    m = INCLUDE.match(line)
                    why = m and complaint(src, folder, m.group(1))
                    if why:
                        print(f'{path}:{number}: includes "{m.group(1)}": {why}')
                        faults += 1
    print(f"{seen} files, {faults} includes that go sideways, up or nowhere")
    return 1 if faults or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir", ".")))
