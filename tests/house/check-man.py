#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The man page and the sample file name the keys of the schema, in its order, with its defaults and its sentences."""
import os
import re
import subprocess
import sys

ESCAPES = {r"\(dq": '"', r"\e": "\\", r"\&": "", r"\-": "-", r"\(aq": "'"}


def words(text):
    return " ".join(text.split())


def plain(line):
    """A line of mdoc as a reader sees it, roughly: macros go, their arguments stay."""
    if line.startswith('.\\"'):
        return ""
    if line.startswith("."):
        line = re.sub(r"(^| )\.?[A-Z][a-z](?= |$)", " ", line)
    for escape, character in ESCAPES.items():
        line = line.replace(escape, character)
    return words(line)


def man_keys(text):
    """(section, key, default, text) of each item under GLOBAL KEYS and SHARE KEYS."""
    section, item = None, None
    for line in text.split("\n"):
        if line.startswith(".Sh "):
            heading = re.fullmatch(r"\.Sh (GLOBAL|SHARE) KEYS", line)
            if item:
                yield item
            section, item = heading and heading.group(1).lower(), None
        elif section and line.startswith(".It Ic "):
            if item:
                yield item
            key, equals, default = plain(line[len(".It Ic "):]).partition("=")
            item = (section, key.strip(), words(default) if equals else None, "")
        elif item:
            item = item[:3] + (item[3] + " " + plain(line),)


def sample_keys(text):
    """The same of a sample file: comment lines, then ";key = default" or "key = value"; the first [share] is the example."""
    section, comment = None, ""
    for line in text.split("\n"):
        head = re.fullmatch(r";?\[(.*)\]", line)
        if head:
            section, comment = "global" if head.group(1) == "global" else "share", ""
        elif line.startswith("#"):
            comment += " " + line[1:]
        elif "=" in line:
            key, value = line.lstrip(";").split("=", 1)
            yield section, words(key), words(value) if line.startswith(";") else None, words(comment)
            comment = ""
        elif not line:
            comment = ""


def faults(where, schema, found):
    """What the document gets wrong. A default of None was not given; that of a required key cannot be."""
    documented = {(section, key): (default, text) for section, key, default, text in found}
    for section, key, default, text in schema:
        if (section, key) not in documented:
            yield f"{where}: [{section}] {key}: is missing"
            continue
        said, about = documented.pop((section, key))
        if default and said is not None and said != words(default):
            yield f'{where}: [{section}] {key}: says the default is "{said}", the schema says "{default}"'
        if words(text) not in words(about):
            yield f'{where}: [{section}] {key}: lacks the sentence of the schema: "{text}"'
    for section, key in documented:
        yield f"{where}: [{section}] {key}: there is no such key"
    order = [row[:2] for row in schema]
    if not documented and [row[:2] for row in found] != order and {row[:2] for row in found} == set(order):
        yield f"{where}: the keys stand in another order than in the schema"


def man_profiles(text):
    """(profile, section, "key = value") of each row of the table under PROFILES."""
    section = text.partition("\n.Sh PROFILES\n")[2].partition("\n.Sh ")[0]
    return [tuple(re.split(r" Ta ", line[len(".It "):])) for line in section.split("\n") if " Ta " in line]


def profile_faults(where, rows, found):
    """Where the table is not the profiles' rows, each once and in their order."""
    for row in rows:
        if row not in found:
            yield f"{where}: PROFILES: lacks " + " ".join(row)
    for row in found:
        if row not in rows:
            yield f"{where}: PROFILES: there is no " + " ".join(row)
    if sorted(rows) == sorted(found) and rows != found:
        yield f"{where}: PROFILES: the rows stand in another order than in the source"


def printed(*command):
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [tuple(line.split("\t")) for line in output.splitlines()]


def main(root, printer):
    schema, profiles = printed(printer), printed(printer, "profiles")
    bad = []
    for path, keys in (("man/smb1d.conf.5", man_keys), ("conf/smb1d.conf", sample_keys)):
        with open(os.path.join(root, path), encoding="utf-8") as f:
            bad += faults(path, schema, list(keys(f.read())))
    with open(os.path.join(root, "man/smb1d.conf.5"), encoding="utf-8") as f:
        bad += profile_faults("man/smb1d.conf.5", profiles, man_profiles(f.read()))
    print("\n".join(bad + [f"{len(schema)} keys, {len(profiles)} rows of profiles, {len(bad)} faults"]))
    return 1 if bad or not schema or not profiles else 0


if __name__ == "__main__":
    ROOT = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir", ".")
    sys.exit(main(ROOT, sys.argv[2] if len(sys.argv) > 2 else "tests/house/print_keys"))
