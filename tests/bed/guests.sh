# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions for tests inside the emulated host that start virtual machines, and
# the exporter. There it is /lib/guests.sh. Each VM has a short ID, chosen by the
# test; its files are /tmp/ID.*.

# --- what an exit is called, for what the tiny VMM does, and what else the machine below
# makes happen. VMX tells some apart that are one reason on SVM.

# shellcheck disable=SC2034 # used by the scripts that read this one
if is_vmx; then
	IO=IO_INSTRUCTION MSR="MSR_READ MSR_WRITE" HYPERCALL=VMCALL MMIO=EPT_MISCONFIG
	LAST=TRIPLE_FAULT
	BELOW="EXTERNAL_INTERRUPT INTERRUPT_WINDOW PREEMPTION_TIMER EPT_VIOLATION"
else
	IO=IO MSR=MSR HYPERCALL=HYPERCALL MMIO=NPF LAST=SHUTDOWN
	BELOW="INTERRUPT VINTR NPF"
fi

# --- the tiny VMM: ready (VM created, not yet run), go, done, end

# tiny_start ID ARG...: false if it does not become ready. $TINY_AS, words, is what
# runs it.
TINY_AS=
tiny_start() {
	id=$1
	shift
	# Another script's, before: see several.
	rm -f "/tmp/$id.out"
	mkfifo "/tmp/$id.in"
	# shellcheck disable=SC2086 # words
	$TINY_AS tinyvmm --gate "$@" <"/tmp/$id.in" >"/tmp/$id.out" 2>&1 &
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
	wait_for "${2:-$PATIENCE}" grep -q '^done' "/tmp/$1.out"
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

# tiny_many N: N VMs that have done their work and stay, half of them in processes of
# their own, the others ten to a process; N is a multiple of 20. VM I of the first kind
# did 100 + I times cpuid. False if they do not get there. $MANY_PID ends them all.
tiny_many() {
	mkfifo /tmp/many.in
	sleep 100000 >/tmp/many.in &
	# shellcheck disable=SC2034 # used by those who read this file
	MANY_PID=$!
	i=1
	while [ $i -le $(($1 / 2)) ]; do
		tinyvmm cpuid:$((100 + i)) out:$i hlt:3 rdmsr:2 </tmp/many.in >/tmp/many.$i.out 2>&1 &
		i=$((i + 1))
	done
	i=1
	while [ $i -le $(($1 / 20)) ]; do
		tinyvmm --vms 10 cpuid:50 out:$i mmio:4 </tmp/many.in >/tmp/many.ten.$i.out 2>&1 &
		i=$((i + 1))
	done
	wait_for "$PATIENCE" tiny_many_done "$1"
}

tiny_many_done() {
	[ "$(cat /tmp/many.*.out | grep -c '^done')" = "$1" ]
}

# tiny_dir ID [N]: its N-th VM's directory in debugfs.
tiny_dir() {
	echo "$KVM_DEBUG/$(sed -n 's/^vm \([^ ]*\) .*/\1/p' "/tmp/$1.out" | sed -n "${2:-1}p")"
}

# tiny_tids ID [N]: the threads of its N-th VM's vCPUs, in order.
tiny_tids() {
	sed -n 's/^vm .* tids //p' "/tmp/$1.out" | sed -n "${2:-1}p"
}

# tiny_faults ID N: the "LEAST MOST" page faults of its vCPUs, if each touches N times
# what is no memory. A page may fault once more than it is touched. Where KVM cannot map
# memory beforehand, so does each vCPU's first touch of code, data and interrupt vectors.
tiny_faults() {
	more=1
	if grep -q '^vm .* mapped 0 ' "/tmp/$1.out"; then
		more=4
	fi
	n=$(tiny_tids "$1" | tr , '\n' | wc -l)
	echo "$(($2 * n)) $((($2 + more) * n))"
}

# --- QEMU with a Linux guest

# qemu_start ID VCPUS WORK [ARG...]: WORK is what tests/bed/guest-init knows.
qemu_start() {
	id=$1 vcpus=$2 work=$3
	shift 3
	rm -f "/tmp/$id.pid" "/tmp/$id.console" "/tmp/$id.qmp.log"
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

# qemu_shell_start ID VCPUS [ARG...]: a Linux guest that does what qemu_tell says.
# False if it does not come up.
qemu_shell_start() {
	id=$1 vcpus=$2
	shift 2
	mkfifo "/tmp/$id.tell.in" "/tmp/$id.tell.out"
	qemu_start "$id" "$vcpus" shell -chardev "pipe,id=tell,path=/tmp/$id.tell" \
		-serial chardev:tell "$@" && qemu_says "$id" "guest: listening" 100
}

qemu_did() {
	tail -c "+$(($2 + 1))" "/tmp/$1.console" | grep -q "^guest: did that"
}

# qemu_tell ID COMMAND: the guest's shell runs it; prints what that printed. False
# if it does not end within 100 s.
qemu_tell() {
	said=$(wc -c <"/tmp/$1.console")
	echo "$2" >"/tmp/$1.tell.in"
	if ! wait_for 100 qemu_did "$1" "$said"; then
		echo "the guest did not: $2"
		return 1
	fi
	tail -c "+$((said + 1))" "/tmp/$1.console" | tr -d '\r' | sed '/^guest: did that/,$d; /^$/d'
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
	rm -f "/tmp/$1.qmp.in" "/tmp/$1.qmp.out" "/tmp/$1.tell.in" "/tmp/$1.tell.out"
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
