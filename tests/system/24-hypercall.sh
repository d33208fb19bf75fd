#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# KVM_HC_VCPU_INFO, also on two CPUs, where requests race with the sleep of a halted
# vCPU. See tests/system/bed/hypercall; why not so all others: HACKING.md, "What the
# emulator gets wrong".
set -e
run=$(dirname "$0")/../bed/run
"$run" --smp 1 hypercall
"$run" --single --smp 2 --name hypercall-2 hypercall
