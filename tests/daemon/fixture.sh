# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The host of the golden files: one of each kind of VM.

# vcpu_stats TID FD ID <exit_stats
vcpu_stats() {
	cat >"$WORK/debugfs/kvm/$1-$2/vcpu$3/exit_stats"
}

make_host() {
	local kvm=$WORK/debugfs/kvm id
	boot_time 1700000000
	# KVM's sums over all VMs are files beside the VMs' directories.
	echo 12345 >"$kvm/exits"
	echo 0 >"$kvm/halt_exits"

	# QEMU under libvirt, with a count that a double cannot hold and the slot for unknown codes.
	START=4200 process 4242 /usr/bin/qemu-system-x86_64 -name guest=web1,debug-threads=on -S \
		-uuid C7A5FDBD-EDAF-9455-926A-D65C16DB1809 -smp 2
	vm 4242 9 0 1 <<-'END'
		# isa svm tsc_khz 2300000 on 1 vcpus 2 paused 4600000000 dropped 3
		# code name count kernel user blocked
		114 CPUID 20000 41234567 0 0
		120 HLT 12 81234 0 9200000123
		123 IO 9007199254740993 11 18446744073709551615 0
		164 0xa4 1 1 0 0
		4294967295 INVALID_GUEST_STATE 2 7 0 0
		-1 OTHER 5 50 0 0
	END
	vcpu_stats 4242 9 0 <<-'END'
		# isa svm tsc_khz 2300000 on 1 vcpus 1 paused 4600000000 dropped 3
		# code name count kernel user blocked
		114 CPUID 15000 31234567 0 0
		123 IO 9007199254740993 11 18446744073709551615 0
		-1 OTHER 5 50 0 0
	END
	vcpu_stats 4242 9 1 <<-'END'
		# isa svm tsc_khz 2300000 on 1 vcpus 1 paused 0 dropped 0
		# code name count kernel user blocked
		114 CPUID 5000 10000000 0 0
		120 HLT 12 81234 0 9200000123
		164 0xa4 1 1 0 0
		4294967295 INVALID_GUEST_STATE 2 7 0 0
	END
	echo 4250 >"$kvm/4242-9/vcpu0/pid"
	echo 4251 >"$kvm/4242-9/vcpu1/pid"

	# Firecracker makes its VM in a thread that is not the first of the process.
	START=5100 process 5000 /usr/bin/firecracker --id=fc-1 --api-sock /run/fc.sock
	thread 5003 5000
	vm 5003 12 0 <<-'END'
		# isa vmx tsc_khz 3000000 on 1 vcpus 1 paused 0 dropped 0
		# code name count kernel user blocked
		1 EXTERNAL_INTERRUPT 10 3000 0 0
		10 CPUID 30 9000 0 0
		12 HLT 20 6000 0 3000000000
		48 EPT_VIOLATION 30 1 0 0
	END
	vcpu_stats 5003 12 0 <"$kvm/5003-12/exit_stats"

	# Cloud Hypervisor has no name but that of its socket.
	process 6000 cloud-hypervisor --api-socket path=/run/ch/db.sock \
		--platform uuid=11111111-2222-3333-4444-555555555555
	simple_vm 6000 20

	process 7000 lkvm run --name kt -m 128
	simple_vm 7000 5

	# Two VMs of one process.
	process 8000 qemu-kvm -name pair
	simple_vm 8000 10
	simple_vm 8000 11

	# The thread that made the VM has gone; its vCPUs' threads tell the process.
	process 9000 qemu-system-x86_64 -name orphan
	thread 9005 9000
	simple_vm 9001 7
	mkdir -p "$kvm/9001-7/vcpu0" "$kvm/9001-7/vcpu1"
	echo 0 >"$kvm/9001-7/vcpu0/pid"
	echo 9005 >"$kvm/9001-7/vcpu1/pid"

	# A VMM that nobody knows; nothing but its command line can be read.
	mkdir -p "$WORK/proc/9100"
	printf '/opt/bin/myvmm\0run\0' >"$WORK/proc/9100/cmdline"
	simple_vm 9100 8

	# A process that /proc does not show at all.
	simple_vm 9200 4

	# What a later kernel may append.
	process 9300 qemu-system-x86_64 -name later
	vm 9300 6 <<-'END'
		# isa svm tsc_khz 2000000 on 0 vcpus 1 paused 0 dropped 0 colour 7
		# code name count kernel user blocked steal
		114 CPUID 100 200000000 0 0 99
	END

	# One that cannot be read costs itself and a counted error.
	process 9400 qemu-system-x86_64 -name broken
	vm 9400 3 <<<'garbage'

	# Two threads of a process that made VMs under the same number of fd.
	process 9500 qemu-system-x86_64 -name twin
	thread 9501 9500
	simple_vm 9500 9
	simple_vm 9501 9

	# A VM that has not run yet.
	process 9600 qemu-system-x86_64 -name new
	vm 9600 9 <<-'END'
		# isa svm tsc_khz 2000000 on 1 vcpus 0 paused 0 dropped 0
		# code name count kernel user blocked
	END

	# Names that are not VMs.
	mkdir -p "$kvm/12" "$kvm/12-" "$kvm/-12" "$kvm/x12-3" "$kvm/12-3x" "$kvm/0-3" "$kvm/012-3" \
		"$kvm/99999999999999999999-3"
	echo nothing >"$kvm/31-3"
	ln -s 4242-9 "$kvm/32-3"
	for id in vcpu vcpux vcpu1x vcpu99999999999; do
		mkdir -p "$kvm/4242-9/$id"
	done
}
