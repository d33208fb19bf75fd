#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# KVM_HC_VCPU_INFO. See tests/system/bed/hypercall; why one CPU: HACKING.md, "What the
# emulator gets wrong".
exec "$(dirname "$0")/../bed/run" --smp 1 hypercall
