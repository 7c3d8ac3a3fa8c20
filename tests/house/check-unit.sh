#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# systemd takes the units, and rates the service's exposure below 2.0.
root=${1:-${srcdir:-.}}
built=${2:-conf/smb1d.service}
if ! command -v systemd-analyze >/dev/null; then
	echo "skipped: systemd-analyze is not installed"
	exit 77
fi
dir=$(mktemp -d /tmp/smb1d-unit.XXXXXX) || exit 99
trap 'rm -rf "$dir"' EXIT
faults=0

if grep -n '@[a-z]*@' "$built"; then
	echo "$built: a place was not filled in"
	faults=1
fi
# The program need not be installed, nor its manual.
sed -e 's,^ExecStart=/[^ ]*,ExecStart=/bin/true,' -e '/^Documentation=/d' "$built" >"$dir/smb1d.service"
sed '/^Documentation=/d' "$root/conf/smb1d.socket" >"$dir/smb1d.socket"
said=$(systemd-analyze verify "$dir/smb1d.service" "$dir/smb1d.socket" 2>&1 | grep -F smb1d)
if [ -n "$said" ]; then
	echo "$said"
	faults=1
fi
rating=$(systemd-analyze security --offline=true "$dir/smb1d.service" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
echo "exposure ${rating:-unknown}"
case $rating in
0.[0-9] | 1.[0-9]) ;;
"") faults=1 ;;
*)
	systemd-analyze security --offline=true "$dir/smb1d.service" | grep -v '✓'
	faults=1
	;;
esac
exit $faults
