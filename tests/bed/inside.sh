# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck disable=SC2034 # used by the scripts that read this one
#
# Functions for what runs inside the emulated host: PID 1 and the tests there.
# There it is /lib/bed.sh.

# shellcheck source=tests/results.sh
. /lib/results.sh

TRACING=/sys/kernel/tracing
KVM_DEBUG=/sys/kernel/debug/kvm
PARAMETER=/sys/module/kvm/parameters/exit_stats
# Only the kernel of kernel/build-debug has it.
KMEMLEAK=/sys/kernel/debug/kmemleak
# How many seconds guests have to finish. That kernel is ten times slower.
PATIENCE=60
if [ -e $KMEMLEAK ]; then
	PATIENCE=400
fi

# Is WORD, or WORD=..., on the kernel command line?
has_parameter() {
	case " $(cat /proc/cmdline) " in
	*" $1 "* | *" $1="*) return 0 ;;
	esac
	return 1
}

# Inserts modules in the order given. One that the kernel has built in has no
# file and is passed over; one of the kind under test wins over Debian's.
load_modules() {
	kind=stock
	if has_parameter bed.modules=patched; then
		kind=patched
	fi
	for m; do
		file=/modules/$kind/$m.ko
		if [ ! -e "$file" ]; then
			file=/modules/stock/$m.ko
		fi
		if [ ! -e "$file" ] || grep -q "^$(echo "$m" | tr - _) " /proc/modules; then
			continue
		fi
		if [ "$m" = kvm ]; then
			# shellcheck disable=SC2046 # one word a parameter
			insmod "$file" $(tr ' ' '\n' </proc/cmdline | sed -n 's/^kvm\.//p') || return 1
		else
			insmod "$file" || return 1
		fi
	done
}

# The vendor module that fits the (emulated) processor.
vendor_module() {
	if grep -q '^flags.* svm' /proc/cpuinfo; then
		echo kvm-amd
	else
		echo kvm-intel
	fi
}

is_vmx() {
	[ "$(vendor_module)" = kvm-intel ]
}

load_kvm() {
	# kvm-amd wants the first two.
	is_vmx || load_modules rng-core ccp || return 1
	load_modules irqbypass kvm "$(vendor_module)"
}

unload_kvm() {
	rmmod "$(vendor_module)" && rmmod kvm
}

# Prints what the kernel finds leaked; false if there is any. It lists what no pointer
# leads to in two scans, and is older than 5 s.
no_leaks() {
	sleep 6
	echo scan >$KMEMLEAK
	sleep 1
	echo scan >$KMEMLEAK
	cat $KMEMLEAK >/artifacts/kmemleak.txt
	cat /artifacts/kmemleak.txt
	[ ! -s /artifacts/kmemleak.txt ]
}

# Prints the first complaint in a kernel log; false if there is none.
kernel_complaints() {
	grep -m 1 -E 'WARNING:|BUG:|Oops|Call Trace|general protection|Kernel panic|UBSAN|KASAN' "$1"
}
