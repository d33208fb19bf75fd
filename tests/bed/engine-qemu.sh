# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2154 # shared with tests/bed/run
#
# The emulated host on QEMU (TCG), an AMD processor with SVM. For tests/bed/run, whose
# variables it uses.

# engine_start KERNEL INITRD CMDLINE: starts the emulator in the background. Sets $pid,
# and ${helpers[@]}: processes that end with it, the one that keeps the console first.
engine_start() {
	local cmdline=$3 args=(
		-nodefaults -no-user-config -display none -no-reboot -cpu max
		-smp "${smp:-2}" -m "${mem:-2G}" -kernel "$1" -initrd "$2"
	)
	if [ -n "$odd_cpu" ]; then
		cmdline+=" maxcpus=1"
		args+=(-smp "1,sockets=2,cores=1,threads=1,maxcpus=2"
			-device "max-x86_64-cpu,svm=off,socket-id=1,core-id=0,thread-id=0")
	fi
	if [ -n "$icount" ]; then
		args+=(-accel tcg -icount "shift=0,sleep=off" -serial "file:$log/console.log")
	else
		args+=(-accel "tcg,thread=$thread")
		# A lost interrupt would be the end of it: see tests/vmm/pulse.c.
		cmdline+=" bed.pulse"
		mkfifo "$work"/{console,pulse}.{in,out}
		args+=(-chardev "pipe,id=console,path=$work/console" -serial chardev:console)
		cat "$work/console.out" >"$log/console.log" &
		helpers+=($!)
		while sleep 0.2; do echo && echo >&3; done >"$work/console.in" 3>"$work/pulse.in" &
		helpers+=($!)
	fi
	args+=(-serial "file:$log/verdict.log" -serial "file:$work/artifacts.tar")
	if [ -p "$work/pulse.in" ]; then
		args+=(-chardev "pipe,id=pulse,path=$work/pulse" -serial chardev:pulse)
	fi
	if [ -n "$hostfwd" ]; then
		cmdline+=" bed.net"
		args+=(-nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:${hostfwd%%:*}-:${hostfwd##*:}")
	fi
	timeout --kill-after=5 "$timeout" qemu-system-x86_64 "${args[@]}" -append "$cmdline" \
		</dev/null >"$log/qemu.log" 2>&1 &
	pid=$!
}

# engine_ended STATUS: was it the emulated host that ended it?
engine_ended() {
	[ "$1" = 0 ]
}
