#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make install and uninstall; what systemd's own tools and man say of what is installed.
# shellcheck disable=SC2317 # functions are called through check()
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=install

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# files ROOT: those in it, as lines "MODE PATH", without the units' directories' own names
files() {
	(cd "$1" && find . ! -type d -printf '%m %P\n' | LC_ALL=C sort -k 2)
}

is() {
	[ "$1" = "$2" ] || { echo "want '$1', got '$2'"; return 1; }
}

silent() {
	local out
	out=$("$@" 2>&1) || { echo "status $?: $out"; return 1; }
	is '' "$out"
}

# The variables that packages set.
destdir() {
	local root=$work/root want
	local at=(DESTDIR="$root" prefix=/usr unitdir=/lib/units sysusersdir=/usr/lib/users mandir=/man)
	want='644 etc/default/kvm-exit-exporter
644 lib/units/kvm-exit-exporter.service
644 lib/units/kvm-exit-exporter.socket
644 man/man8/kvm-exit-exporter.8
644 usr/lib/users/kvm-exit-exporter.conf
755 usr/sbin/kvm-exit-exporter
644 usr/share/doc/kvm-exit-exporter/LICENSE.uPlot
644 usr/share/doc/kvm-exit-exporter/ioctl.conf
644 usr/share/doc/kvm-exit-exporter/web-config.example.yml'
	check "make install" make -s install "${at[@]}"
	check "what is installed, and where" is "$want" "$(files "$root")"
	check "no name is left to be filled in" is '' "$(grep -rlE '@[a-z0-9]+@' "$root"/{etc,lib,man,usr/lib,usr/share} || true)"
	check "nothing says where it was built" is '' "$(grep -rl "$root" "$root" || true)"
	check "the unit starts what is installed" grep -q '^ExecStart=/usr/sbin/kvm-exit-exporter ' \
		"$root/lib/units/kvm-exit-exporter.service"
	check "the binary runs" "$root/usr/sbin/kvm-exit-exporter" --version
	check "make uninstall" make -s uninstall "${at[@]}"
	check "make uninstall leaves no file" is '' "$(files "$root")"
	check "make uninstall leaves no directory of its own" [ ! -e "$root/usr/share/doc/kvm-exit-exporter" ]
	check "make uninstall a second time" make -s uninstall "${at[@]}"

	make -s install "${at[@]}"
	echo 'ARGS="--collector.vcpu"' >"$root/etc/default/kvm-exit-exporter"
	make -s install "${at[@]}"
	check "flags of the operator's survive make install" is 'ARGS="--collector.vcpu"' \
		"$(cat "$root/etc/default/kvm-exit-exporter")"
	make -s uninstall "${at[@]}" >/dev/null
	check "and make uninstall" is '644 etc/default/kvm-exit-exporter' "$(files "$root")"
}

manual() {
	local page=$1/kvm-exit-exporter.8 option
	check "the manual page: mandoc -Tlint" eval \
		"mandoc -Tlint -W style '$page' | { ! grep -v 'outdated mandoc.db'; }"
	check "the manual page: man --warnings" eval \
		"man --warnings -l -E UTF-8 '$page' 2>&1 >/dev/null | { ! grep .; }"
	for option in $({ build/kvm-exit-exporter --help; build/kvm-exit-exporter dump --help; build/kvm-exit-exporter report --help; } |
		sed -n 's/^  --\([a-z.-]*\).*/\1/p' | sort -u); do
		check "the manual page has --$option" grep -qE "Fl -$option( |$)" "$page"
	done
}

# exposure UNIT LIMIT: the score, in tenths
exposure() {
	systemd-analyze security --offline=true --threshold="$2" "$1" >"$work/security" ||
		{ tail -n 1 "$work/security"; return 1; }
}

# Each thing that it finds missing has an explanation in the unit.
explained() {
	local name missing=''
	while read -r name; do
		name=${name%%=*}=
		grep -qE "^# .*($name|${name%=} )" "$1" || missing+=" $name"
	done < <(sed -n 's/^✗ \([^ ]*\).*/\1/p' "$work/security" | grep -vE '^RestrictAddress|^CapabilityB')
	for name in 'AF_INET and AF_INET6' 'AF_UNIX' 'may override UNIX file/IPC'; do
		grep -q "^# .*$name" "$1" || missing+=" $name"
	done
	is '' "$missing"
}

# Below /usr/local and /run, where systemd finds it, in a namespace of our own.
installed_tree() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m bash -euo pipefail -c '
		mount -t tmpfs tmpfs /usr/local && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs "$1"
		make -s install unitdir=/run/systemd/system sysusersdir=/usr/local/lib/sysusers.d defaultdir="$1"
		systemd-analyze --man=yes verify /run/systemd/system/kvm-exit-exporter.{service,socket} 2>&1
		cat /usr/local/lib/sysusers.d/*.conf >"$1/all"
		systemd-sysusers --dry-run "$1/all" >"$1/users" 2>&1
		grep -q "Creating user .kvm-exit-exporter." "$1/users" || echo "no user"
	' - "$1"
}

[ -x build/kvm-exit-exporter ] || { echo "build/kvm-exit-exporter is not built" >&2; exit 1; }
destdir
make -s install DESTDIR="$work/tree"
manual build/systemd
unit=build/systemd/kvm-exit-exporter.service
check "systemd-analyze security: at most 1.7" exposure "$unit" 17
check "systemd-analyze security: each exception is explained in the unit" explained "$unit"
mkdir "$work/default"
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	check "systemd-analyze verify is silent" silent installed_tree "$work/default"
else
	skip "systemd-analyze verify is silent" "needs root and a mount namespace"
fi
exit ${RESULTS_FAILED:-0}
