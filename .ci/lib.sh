# SPDX-License-Identifier: BSD-2-Clause
# Shared by quickstart, runtests and .ci/run: saying, failing, Debian packages, building. Sourced by bash.

build_packages="build-essential autoconf automake pkgconf libevent-dev libssl-dev libiniparser-dev libjansson-dev libutf8proc-dev
	libcap-ng-dev libseccomp-dev libsystemd-dev uthash-dev"

say() {
	printf '== %s\n' "$*"
}

fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Those of the packages named that are not installed.
missing_packages() {
	local p
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || echo "$p"
	done
}

# need_packages PACKAGE...: installs what is missing; nothing is fetched when nothing is.
need_packages() {
	local missing root=
	if ! command -v apt-get >/dev/null 2>&1; then
		say "no apt-get here: going on as if these Debian packages were installed by other means: $*"
		return
	fi
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "${missing// /}" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		root=sudo
		command -v sudo >/dev/null 2>&1 || fail "needs as root: apt-get install $missing"
	fi
	say "installing Debian packages: $missing"
	# shellcheck disable=SC2086
	if ! $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1; then
		$root apt-get update -qq || fail "apt-get update failed; is there a network, and a Debian mirror in /etc/apt/sources.list?"
		$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
			fail "apt-get install $missing failed"
	fi
}

# want_packages PACKAGE...: as need_packages, for those this release has at all.
want_packages() {
	local p have=
	command -v apt-cache >/dev/null 2>&1 || return 0
	for p in "$@"; do
		apt-cache show "$p" >/dev/null 2>&1 && have="$have $p"
	done
	# shellcheck disable=SC2086
	[ -z "$have" ] || need_packages $have
}

# quietly LOG COMMAND...: the output goes to LOG, and to the terminal when the command fails.
quietly() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		fail "failed: $* (the whole output is in $log)"
	fi
}

# configure_in DIR OPTION...: makes configure when needed, and an out-of-tree build directory configured just so.
configure_in() {
	local dir=$1 wanted
	shift
	[ ! -e config.status ] || fail "this folder itself was configured; run 'make distclean' first, builds live in $dir/"
	if [ ! -e configure ] || [ configure.ac -nt configure ] || [ Makefile.am -nt Makefile.in ]; then
		say "making configure (autoreconf -fi)"
		mkdir -p "$dir"
		quietly "$dir/autoreconf.log" autoreconf -fi
	fi
	wanted="CC=${CC:-} CFLAGS=${CFLAGS:-} $PWD $*"
	if [ ! -e "$dir/config.status" ] ||
		[ "$(cat "$dir/configured-as" 2>/dev/null)" != "$wanted" ]; then
		say "configuring in $dir/"
		rm -rf "${dir:?}"
		mkdir -p "$dir"
		(cd "$dir" && quietly configure.log ../configure "$@") || exit 1
		printf '%s\n' "$wanted" >"$dir/configured-as"
	fi
}
