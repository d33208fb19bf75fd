# SPDX-License-Identifier: GPL-2.0-or-later
# The front door.  "make help" lists what there is.

BUILD := build
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
CC ?= cc

# KVER=<release> chooses the kernel to build modules for, and to boot in the
# emulator; without it, the newest 6.12 that Debian offers.

# What is installed by "make deps".  Kernel packages and Prometheus are only
# downloaded and unpacked under build/, nothing of them is installed.
DEPS_BUILD := gcc make pkg-config libc6-dev libmicrohttpd-dev libcjson-dev libisal-dev libyaml-dev \
	libgnutls28-dev libcrypt-dev libsystemd-dev libseccomp-dev libcap-ng-dev esbuild
DEPS_KERNEL := gcc make libc6-dev bc bison flex libelf-dev libssl-dev dwarves patch xz-utils kmod rsync python3 perl git
DEPS_BOCHS := bochs bochs-term bochsbios vgabios isolinux syslinux-common xorriso lz4
DEPS_BENCH := linux-perf bpftrace
DEPS_BED := qemu-system-x86 busybox-static cpio jq curl openssl cpuid python3-prometheus-client zlib1g-dev $(DEPS_BOCHS)
DEPS_TEST := valgrind libclang-rt-14-dev chromium fonts-dejavu-core
# systemd itself is only run in namespaces of its own.
DEPS_SYSTEMD := systemd man-db mandoc manpages manpages-dev iproute2 procps libfaketime
DEPS_DASHBOARDS := jq yq curl
DEPS_LINT := clang clang-format clang-tidy cppcheck shellcheck
DEPS := $(DEPS_BUILD) $(DEPS_KERNEL) $(DEPS_BED) $(DEPS_BENCH) $(DEPS_TEST) $(DEPS_SYSTEMD) $(DEPS_DASHBOARDS) $(DEPS_LINT)

.PHONY: all
all: $(BUILD)/kvm-exit-exporter

include daemon/daemon.mk
include tests/vmm/vmm.mk
include systemd/install.mk

.PHONY: help
help:
	@sed -n 's/^## //p' Makefile systemd/install.mk

## make                    the exporter, to build/kvm-exit-exporter
## make deps               install what building and testing need (Debian packages)
.PHONY: deps
deps:
	@tests/deps $(DEPS)

## make modules KVER=...   patched KVM modules for a Debian kernel, to build/modules/
.PHONY: modules modules-install
modules:
	@tests/deps $(DEPS_KERNEL)
	@kernel/build patched $(KVER)

## make modules-install KVER=...   put them under /lib/modules/KVER/updates
modules-install:
	@kernel/install $(KVER)

## make guest-module KVER=...   what asks from within a guest, to build/guest/
.PHONY: guest-module
guest-module:
	@tests/deps $(DEPS_KERNEL)
	@kernel/guest/build $(KVER)

## make kernel-patch KERNEL=6.12   a series for git am, to build/patches/6.12/
.PHONY: kernel-patch
KERNEL ?= 6.12
kernel-patch:
	@tests/deps $(DEPS_KERNEL)
	@kernel/series $(KERNEL)

## make demo               a KVM host in an emulator, with VMs at work and the exporter
.PHONY: demo
demo:
	@tests/deps $(DEPS_BUILD) $(DEPS_KERNEL) $(DEPS_BED)
	@$(MAKE) --no-print-directory bed
	@tests/demo/run

## make boot-report        the exits of a Linux guest's boot, reboot and six minutes after; ENGINE=bochs: on VMX
.PHONY: boot-report
boot-report:
	@tests/deps $(DEPS_BUILD) $(DEPS_KERNEL) $(DEPS_BED)
	@$(MAKE) --no-print-directory bed
	@tests/boot-report

# Everything that a boot of the emulated host needs.
.PHONY: bed
bed: $(BUILD)/kvm-exit-exporter vmm
	@kernel/build patched $(KVER)
	@kernel/guest/build $(KVER)
	@tests/bed/rootfs

## make check              every test; ends with "N passed, N failed"
.PHONY: check
check: deps
	@$(MAKE) --no-print-directory bed daemon-tests
	@kernel/build unpatched $(KVER)
	@tests/fetch-prometheus
	@tests/run

## make check-full         and those that take long: each patch compiles, a debug kernel, ...
.PHONY: check-full
check-full: check
	@tests/run --only-full

## make lint               clang-format, clang-tidy, cppcheck, shellcheck, checkpatch
.PHONY: lint
lint: deps
	@tests/lint/lint.sh

## make bench              instructions per exit: ours, other tools'; of reading; many VMs; recording natively
.PHONY: bench
bench: deps
	@$(MAKE) --no-print-directory bed
	@kernel/build unpatched $(KVER)
	@tests/bench/instructions.sh
	@tests/bench/peers.sh
	@tests/bench/reading.sh
	@tests/bench/scale.sh
	@tests/bench/many.sh
	@mkdir -p build/bench && $(CC) -O2 -Wall -Wextra -Werror -pthread -o build/bench/native tests/bench/native.c
	@build/bench/native

## make fuzz               10 minutes of fuzzing of what parses foreign bytes; FUZZ_SECONDS=... changes it
.PHONY: fuzz
fuzz: deps
	@$(MAKE) --no-print-directory -f tests/fuzz/fuzz.mk fuzz-targets
	@tests/fuzz/run

## make dashboards         the Grafana dashboards, from dashboards/grafana/src
.PHONY: dashboards
dashboards:
	@dashboards/grafana/build.sh

## make clean              remove what was built; distclean: also what was downloaded
.PHONY: clean distclean
clean:
	@find $(BUILD) -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} + 2>/dev/null || true

distclean:
	rm -rf $(BUILD)
