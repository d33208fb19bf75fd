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

# default_release SERIES: the newest kernel of a series, 6.1 or 6.12, for amd64 that
# Debian offers: 6.12.117+deb12-amd64, 6.1.0-56-amd64; not cloud, rt or unsigned.
default_release() {
	local series=$1

	apt-cache pkgnames "linux-image-$series." |
		sed -n "s/^linux-image-\(${series/./\\.}\.[0-9]*[+-][a-z]*[0-9]*-amd64\)\$/\1/p" | sort -V | tail -1
}

# release: the kernel release to work on: $KVER, or the default.
release() {
	local kver=${KVER:-$(default_release 6.12)}

	[ -n "$kver" ] || die "Debian offers no 6.12 kernel here: run 'apt-get update', or set KVER=<release>"
	[[ $kver =~ ^[0-9]+\.[0-9]+[A-Za-z0-9.+~-]*$ ]] || die "KVER='$kver' is not a kernel release"
	echo "$kver"
}

# series RELEASE: 6.12.117+deb12-amd64 -> 6.12
series() {
	echo "$1" | cut -d. -f1,2 | sed 's/[^0-9.].*//'
}

# hooks SERIES: the patches that hook us into Linux SERIES, in their order: one, or
# for a series of patches one for each part, hooks/SERIES/NN-PART.patch.
hooks() {
	local found=("$top/kernel/hooks/$1.patch")

	[ -e "${found[0]}" ] || found=("$top/kernel/hooks/$1"/*.patch)
	[ -e "${found[0]}" ] || die "no hooks for kernel $1: there are $(cd "$top/kernel/hooks" && echo *)"
	printf '%s\n' "${found[@]}"
}

# sources: our files that go into a kernel tree, a line "FILE PART TARGET" for each;
# PART is the one of the series that brings the file.
sources() {
	local file part

	for file in "$top"/kernel/exit_stats*.[ch]; do
		part=${file##*/exit_stats} part=${part#_} part=${part%.[ch]}
		case $part in
		'') part=accounting ;;
		trace) part=hypercall ;;
		test)
			echo "$file selftest tools/testing/selftests/kvm/x86_64/exit_stats_test.c"
			continue
			;;
		esac
		echo "$file $part arch/x86/kvm/${file##*/}"
	done
	echo "$top/include/uapi/linux/kvm_exit_stats.h ioctl include/uapi/linux/kvm_exit_stats.h"
}

# put_sources TREE [PART]...: our files into a kernel tree, all of them, or what
# these parts have.  The lines between "// part NAME" and "// end" in a file are
# of another part than the file; these two lines are nobody's.
put_sources() {
	local tree=$1 file part target
	shift

	while read -r file part target; do
		[ $# = 0 ] || [[ " $* " == *" $part "* ]] || continue
		mkdir -p "$tree/${target%/*}"
		awk -v parts=" $* " '
			/^\/\/ part / { skip = parts != "  " && !index(parts, " " $3 " "); next }
			/^\/\/ end$/ { skip = 0; next }
			!skip' "$file" >"$tree/$target"
	done < <(sources)
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
