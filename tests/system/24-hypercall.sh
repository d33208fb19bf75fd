#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# KVM_HC_VCPU_INFO. See tests/system/bed/hypercall.
exec "$(dirname "$0")/../bed/run" hypercall
