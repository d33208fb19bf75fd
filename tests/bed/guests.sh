# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions for tests inside the emulated host that start virtual machines, and
# the exporter. There it is /lib/guests.sh. Each VM has a short ID, chosen by the
# test; its files are /tmp/ID.*.

# --- the tiny VMM: ready (VM created, not yet run), go, done, end

# tiny_start ID ARG...: false if it does not become ready.
tiny_start() {
	id=$1
	shift
	mkfifo "/tmp/$id.in"
	tinyvmm --gate "$@" <"/tmp/$id.in" >"/tmp/$id.out" 2>&1 &
	echo $! >"/tmp/$id.pid"
	# Holds the pipe open: when it ends, so does the VM.
	sleep 100000 >"/tmp/$id.in" &
	echo $! >"/tmp/$id.hold"
	wait_for 30 grep -q '^ready' "/tmp/$id.out"
}

tiny_go() {
	echo >"/tmp/$1.in"
}

# tiny_done ID [SECONDS]: waits until all its guests have ended.
tiny_done() {
	wait_for "${2:-60}" grep -q '^done' "/tmp/$1.out"
}

tiny_end() {
	kill "$(cat "/tmp/$1.hold")"
	wait "$(cat "/tmp/$1.pid")"
	rm "/tmp/$1.in"
}

tiny_kill() {
	kill -9 "$(cat "/tmp/$1.pid")"
	wait "$(cat "/tmp/$1.pid")" 2>/dev/null
	kill "$(cat "/tmp/$1.hold")"
	rm "/tmp/$1.in"
}

# tiny_dir ID [N]: its N-th VM's directory in debugfs.
tiny_dir() {
	echo "$KVM_DEBUG/$(sed -n 's/^vm \([^ ]*\) .*/\1/p' "/tmp/$1.out" | sed -n "${2:-1}p")"
}

# tiny_tids ID [N]: the threads of its N-th VM's vCPUs, in order.
tiny_tids() {
	sed -n 's/^vm .* tids //p' "/tmp/$1.out" | sed -n "${2:-1}p"
}

# --- QEMU with a Linux guest

# qemu_start ID VCPUS WORK [ARG...]: WORK is what tests/bed/guest-init knows.
qemu_start() {
	id=$1 vcpus=$2 work=$3
	shift 3
	mkfifo "/tmp/$id.qmp.in" "/tmp/$id.qmp.out"
	qemu-system-x86_64 -accel kvm -cpu host -name "guest=$id,debug-threads=on" \
		-smp "$vcpus" -m 256 -nodefaults -no-user-config -display none -no-shutdown \
		-kernel /guest/vmlinuz -initrd /guest/initrd \
		-append "console=ttyS0 quiet panic=-1 guest.work=$work" \
		-serial "file:/tmp/$id.console" -pidfile "/tmp/$id.pid" \
		-chardev "pipe,id=qmp,path=/tmp/$id.qmp" -mon chardev=qmp,mode=control \
		"$@" >"/tmp/$id.log" 2>&1 &
	cat "/tmp/$id.qmp.out" >"/tmp/$id.qmp.log" &
	qmp "$id" qmp_capabilities
	wait_for 30 [ -s "/tmp/$id.pid" ]
}

# qmp ID COMMAND: its answer comes to /tmp/ID.qmp.log.
qmp() {
	echo "{\"execute\": \"$2\"}" >"/tmp/$1.qmp.in"
}

# qemu_event ID EVENT [SECONDS]: waits until it has been reported.
qemu_event() {
	wait_for "${3:-60}" grep -q "\"event\": \"$2\"" "/tmp/$1.qmp.log"
}

# qemu_says ID TEXT [SECONDS]: waits until the guest has said it.
qemu_says() {
	wait_for "${3:-60}" grep -q "$2" "/tmp/$1.console"
}

qemu_dir() {
	echo "$KVM_DEBUG/$(cat "/tmp/$1.pid")"-*
}

qemu_tids() {
	qmp "$1" query-cpus-fast
	wait_for 10 grep -q thread-id "/tmp/$1.qmp.log" || return 1
	grep thread-id "/tmp/$1.qmp.log" | tail -n 1 |
		jq -r '[.return | sort_by(."cpu-index")[] | ."thread-id" | tostring] | join(",")'
}

qemu_end() {
	pid=$(cat "/tmp/$1.pid")
	qmp "$1" quit
	wait_for 20 [ ! -d "/proc/$pid" ]
	rm -f "/tmp/$1.qmp.in" "/tmp/$1.qmp.out"
}

# --- the tracepoints' own count of exits, per thread and reason

hist_start() {
	echo 'hist:keys=common_pid,exit_reason:size=16384' >"$TRACING/events/kvm/kvm_exit/trigger"
}

hist_read() {
	cat "$TRACING/events/kvm/kvm_exit/hist"
}

hist_stop() {
	echo '!hist:keys=common_pid,exit_reason' >"$TRACING/events/kvm/kvm_exit/trigger"
}

# --- the exporter

EXPORTER=http://127.0.0.1:9283

exporter_start() {
	kvm-exit-exporter >/artifacts/exporter.log 2>&1 &
	EXPORTER_PID=$!
	if ! wait_for 30 wget -q -O /dev/null "$EXPORTER/-/ready"; then
		cat /artifacts/exporter.log >&2
		return 1
	fi
}

exporter_stop() {
	kill "$EXPORTER_PID"
	wait "$EXPORTER_PID"
}

# fetch PATH: prints the exporter's answer.
fetch() {
	wget -q -O - "$EXPORTER$1"
}
