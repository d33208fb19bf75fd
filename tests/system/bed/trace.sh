# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions around the host's tracepoint kvm:kvm_vcpu_info. In the emulated host it
# is /lib/trace.sh.

# traced: prints what has been reported, a line each, as in "vcpu 0 pid 123 rax ...".
traced() {
	grep -o 'kvm_vcpu_info: .*' "$TRACING/trace" | sed 's/kvm_vcpu_info: //'
}

forget() {
	echo >"$TRACING/trace"
}

# is_traced VCPU
is_traced() {
	traced | grep -q "^vcpu $1 "
}
