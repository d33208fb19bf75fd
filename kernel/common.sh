# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts in this folder share: where things are, and how to say it.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # used by those who read this file
build=$(realpath -m "${BUILD:-$top/build}")
# Debian keeps depmod where only root looks.
PATH=$PATH:/usr/sbin:/sbin
# What our own make was told is not for the kernel's.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL ARCH CROSS_COMPILE LOCALVERSION KCFLAGS LLVM V VERSION

die() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

say() {
	echo "  $*" >&2
}

# default_release: the newest 6.12 for amd64 that Debian offers.
default_release() {
	apt-cache pkgnames linux-image-6.12. |
		sed -n 's/^linux-image-\(6\.12\.[0-9]*+deb[0-9]*-amd64\)$/\1/p' | sort -V | tail -1
}

# release: the kernel release to work on: $KVER, or the default.
release() {
	local kver=${KVER:-$(default_release)}

	[ -n "$kver" ] || die "Debian offers no 6.12 kernel here: run 'apt-get update', or set KVER=<release>"
	[[ $kver =~ ^[0-9]+\.[0-9]+[A-Za-z0-9.+~-]*$ ]] || die "KVER='$kver' is not a kernel release"
	echo "$kver"
}

# series RELEASE: 6.12.117+deb12-amd64 -> 6.12
series() {
	echo "$1" | cut -d. -f1,2 | sed 's/[^0-9.].*//'
}

# progress TOTAL WHAT: reads the output of make, and shows how far it is: on one
# line of a terminal, else a line now and then.
progress() {
	local line n=0 start='' end='\n' every=20

	if [ -t 2 ]; then
		start='\r' end='' every=1
	fi
	while read -r line; do
		[[ $line =~ ^(CC|AS|LD|AR|HOSTCC|HOSTLD|BTF|MODPOST|GEN|UPD)\  ]] || continue
		n=$((n + 1))
		# shellcheck disable=SC2059 # the format is ours
		[ $((n % every)) != 0 ] || printf "$start  %s: %d of about %d files$end" "$2" "$n" "$1" >&2
	done
	# shellcheck disable=SC2059
	printf "$start  %s: %d files%24s\n" "$2" "$n" '' >&2
}

# check_config CONFIG DEBIANS [EXPECTED]: dies if a configuration differs from the
# one that Debian built the kernel with, by anything but EXPECTED and what names
# tools, signatures and the release.  Without pahole, for one, options vanish
# that change struct module, and the modules would not load.
check_config() {
	local names='CC_VERSION_TEXT|GCC_VERSION|AS_VERSION|LD_VERSION|PAHOLE_VERSION|RUSTC_[A-Z_]*'
	local changed

	names+='|LOCALVERSION|BUILD_SALT|MODULE_SIG_ALL|MODULE_SIG_KEY|SYSTEM_TRUSTED_KEYS'
	changed=$(diff <(grep '^CONFIG' "$2" | sort) <(grep '^CONFIG' "$1" | sort) |
		grep '^[<>]' | grep -vE "^[<>] CONFIG_($names)=" || true)
	[ "$changed" = "${3:-}" ] ||
		die "the configuration differs from Debian's: $(echo "$changed" | head -5 | tr '\n' ';')"
}

# once LOCK: wait until no other of these scripts works in the same place.
once() {
	exec 9>"$1"
	flock -n 9 || {
		say "waiting for another build to end"
		flock 9
	}
}
