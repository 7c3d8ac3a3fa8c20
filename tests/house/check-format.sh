#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The layout of .clang-format, where the version that layout was made for is there; skipped elsewhere.
root=${1:-${srcdir:-.}}
tool=
for t in clang-format-14 clang-format; do
	if "$t" --version 2>/dev/null | grep -q 'version 14\.'; then
		tool=$t
		break
	fi
done
if [ -z "$tool" ]; then
	echo "skipped: clang-format 14 is not installed"
	exit 77
fi
cd "$root" || exit 99
files=$(find src tests -name '*.[ch]' | sort)
if [ -z "$files" ]; then
	echo "no C file under $root"
	exit 99
fi
# shellcheck disable=SC2086
if ! "$tool" --style=file --dry-run -Werror $files; then
	echo "mend it with: $tool -i \$(find src tests -name '*.[ch]')"
	exit 1
fi
