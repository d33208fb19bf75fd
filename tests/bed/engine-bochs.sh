# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2154 # shared with tests/bed/run
#
# The emulated host on Bochs, one Intel processor with VMX (EPT, VPID, unrestricted
# guests). For tests/bed/run, whose variables it uses. It boots from a CD image.

# engine_start KERNEL INITRD CMDLINE: starts the emulator in the background; sets $pid.
engine_start() {
	local tool cd=$work/cd
	for tool in bochs xorriso lz4; do
		command -v "$tool" >/dev/null || bed_die "$tool is missing: run 'make deps'"
	done
	mkdir "$cd"
	cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$cd"
	cp "$1" "$cd/vmlinuz"
	# zstd would be smaller, but slower to unpack than this is to read. -l: the format
	# that the kernel knows.
	lz4 -l -q "$2" "$cd/initrd"
	# idle: by HLT, which Bochs is known to emulate well. reboot: after a panic, by a
	# triple fault, which ends Bochs. pti: walking a second set of page tables at boot
	# takes seconds. clearcpuid: the model has more threads by one leaf of CPUID than
	# by another, and the kernel would warn of it.
	cat >"$cd/isolinux.cfg" <<END
default bed
prompt 0
label bed
kernel vmlinuz
append initrd=initrd $3 idle=nomwait reboot=triple pti=off clearcpuid=ht bed.bochs
END
	xorriso -as mkisofs -quiet -o "$work/cd.iso" -b isolinux.bin -c boot.cat \
		-no-emul-boot -boot-load-size 4 -boot-info-table "$cd" >"$log/xorriso.log" 2>&1
	# Later models tell a frequency that is not the one of their clock (CPUID leaf
	# 0x15): then time crawls.
	cat >"$work/bochsrc" <<END
cpu: model=corei7_haswell_4770, count=1, ips=50000000, reset_on_triple_fault=0
megs: $(($(numfmt --from=iec "${mem:-1G}") >> 20))
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$log/console.log
com2: enabled=1, mode=file, dev=$log/verdict.log
com3: enabled=1, mode=file, dev=$work/artifacts.tar
display_library: term
sound: waveoutdrv=dummy
speaker: enabled=0
clock: sync=none
panic: action=fatal
error: action=ignore
info: action=ignore
log: $log/bochs.log
END
	# Debian's waits at its debugger's prompt: "c" lets it go on.
	echo c >"$work/debugger"
	# It wants a terminal, and one that does not end, of a kind that each Debian knows.
	mkfifo "$work/keyboard"
	sleep 100000 >"$work/keyboard" &
	helpers+=($!)
	timeout --kill-after=5 "$timeout" script -qec \
		"TERM=vt100 exec bochs -q -f '$work/bochsrc' -rc '$work/debugger'" /dev/null \
		<"$work/keyboard" >"$log/terminal.log" 2>&1 &
	pid=$!
	bochs_watch_screen &
	helpers+=($!)
}

# Bochs draws the guest's screen, with a cursor that blinks in this machine's time, on a terminal
# that it makes for that; when nobody reads it, it is full after some minutes, and Bochs waits for
# ever.
bochs_watch_screen() {
	local screen=
	until screen=$(grep -aosm 1 '/dev/pts/[0-9]*' "$log/terminal.log"); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.2
	done
	exec cat "$screen" >/dev/null 2>&1
}

# engine_ended STATUS: was it the emulated host that ended it? Bochs has no other way
# than an error, and says which.
engine_ended() {
	grep -aqs 'Shutdown port: shutdown requested' "$log/bochs.log"
}
