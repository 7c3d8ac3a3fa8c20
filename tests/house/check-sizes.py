#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Holds src/ and tests/ to the sizes HACKING names. With --figures: the spread of function lengths in src/.

It relies on the layout check-format holds: only a function's braces stand alone in the first column.
A flat table or a pure switch may be longer: with "NOLINT: reason" in a comment just above it.
"""
import os
import re
import sys

FUNCTION, FILE, HEADER, PARAMETERS, NESTING = 80, 800, 150, 5, 3

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|'
                   r'^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)
TOKEN = re.compile(r"\w+|[^\w\s]")
CONTROLS = {"if", "for", "while", "switch"}


def blank(match):
    """The same number of lines without the text; a literal stays one token."""
    text = match.group(0)
    return "\n" * text.count("\n") if text[0] in "/# \t" else '""'


class Nesting:
    """Depth of the blocks under if, for, while, do and switch in a function's tokens."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0
        self.deepest = 0
        self.block(0)

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def group(self, opening, closing):
        depth = 0
        while self.peek():
            depth += (self.peek() == opening) - (self.peek() == closing)
            self.at += 1
            if depth == 0:
                return

    def block(self, level):
        self.deepest = max(self.deepest, level)
        self.at += 1
        while self.peek() and self.peek() != "}":
            self.statement(level)
        self.at += 1

    def body(self, level):
        if self.peek() == "{":
            self.block(level + 1)
        else:
            self.statement(level)

    def expression(self):
        while self.peek() and self.peek() not in (";", "}"):
            if self.peek() == "(":
                self.group("(", ")")
            elif self.peek() == "{":
                self.group("{", "}")
            else:
                self.at += 1
        if self.peek() == ";":
            self.at += 1

    def statement(self, level):
        token = self.peek()
        if token == "{":
            self.block(level + 1)
        elif token == "do":
            self.at += 1
            self.body(level)
            self.expression()
        elif token == "else":
            self.at += 1
            self.body(level)
        elif token in CONTROLS or (self.peek(1) == "(" and re.search("FOREACH|ITER", token)):
            self.at += 1
            self.group("(", ")")
            self.body(level)
        elif token in ("case", "default"):
            while self.peek() and self.peek() != ":":
                self.at += 1
            self.at += 1
        elif self.peek(1) == ":" and re.match(r"[A-Za-z_]", token):
            self.at += 2
        else:
            self.expression()


def parameters(head):
    """Of a definition's head: those of the last bracketed list, attributes aside."""
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head, flags=re.S).strip()
    depth = count = 0
    for at in range(len(head) - 1, -1, -1):
        depth += (head[at] == ")") - (head[at] == "(")
        count += head[at] == "," and depth == 1
        if head[at] == "(" and depth == 0:
            inner = head[at + 1:-1].strip()
            return 0 if inner in ("", "void") else count + 1 - inner.endswith("...")
    return 0


def functions(text):
    """(name, first line, lines between the braces, parameters, nesting, excused) of each definition."""
    lines = NOISE.sub(blank, text).split("\n")
    raw = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            top = start
            while top > 0 and lines[top - 1].strip() and not lines[top - 1].startswith("}"):
                top -= 1
            head = "\n".join(lines[top:start])
            name = re.findall(r"(\w+)\s*\(", head)
            above = "\n".join(raw[max(0, top - 4):start])
            tokens = TOKEN.findall("\n".join(lines[start:number + 1]))
            yield (name[0] if name else "?", top + 1, number - start - 1, parameters(head),
                   Nesting(tokens).deepest, re.search(r"NOLINT: \w", above))
            start = None


def check_file(path, lengths):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    count = text.count("\n")
    limit = HEADER if path.endswith(".h") else FILE
    if count > limit:
        yield f"{path}: {count} lines, the limit is {limit}"
    for name, line, length, params, nesting, excused in functions(text):
        lengths.append(length)
        where = f"{path}:{line}: {name}"
        if length > FUNCTION and not excused:
            yield f"{where}: {length} lines, the limit is {FUNCTION}"
        if params > PARAMETERS:
            yield f"{where}: {params} parameters, the limit is {PARAMETERS}"
        if nesting > NESTING:
            yield f"{where}: blocks {nesting} deep, the limit is {NESTING}"


def main(root, figures):
    faults = 0
    for top in ("src",) if figures else ("src", "tests"):
        lengths = []
        for where, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(n for n in names if n.endswith((".c", ".h"))):
                for fault in check_file(os.path.join(where, name), lengths):
                    print(fault)
                    faults += 1
        lengths.sort()
        if lengths:
            print(f"{top}/: {len(lengths)} functions, median {lengths[len(lengths) // 2]} lines, "
                  f"95th percentile {lengths[len(lengths) * 95 // 100]}, longest {lengths[-1]}")
        elif top == "src":
            print("no function found: is the layout what check-format holds?")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    args = [a for a in sys.argv[1:] if a != "--figures"]
    sys.exit(main(args[0] if args else os.environ.get("srcdir", "."), "--figures" in sys.argv))
