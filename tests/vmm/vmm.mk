# SPDX-License-Identifier: GPL-2.0-or-later
#
# The programs that run inside the emulated host, static, so that it needs no
# libraries for them. Part of the top Makefile; also works alone, from the top:
# make -f tests/vmm/vmm.mk vmm

VMM_CFLAGS ?= -O2 -g
VMM_FLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wvla -Werror -pthread -Iinclude/uapi -MMD -MP
VMM_OBJ := build/tests/obj
VMM_BIN := build/tests
VMM_PROGRAMS := tinyvmm asker statsioctl readbench sampler onoff readall pulse asuser holder

TINYVMM_OBJS := $(addprefix $(VMM_OBJ)/,tinyvmm.o options.o guest.o vm.o vcpu.o kvmcalls.o)
SAMPLER_OBJS := $(addprefix $(VMM_OBJ)/,sampler.o statfile.o)
ONOFF_OBJS := $(addprefix $(VMM_OBJ)/,onoff.o statfile.o)
ASKER_OBJS := $(addprefix $(VMM_OBJ)/,asker.o asker_vm.o kvmcalls.o)
READBENCH_OBJS := $(VMM_OBJ)/readbench.o
STATSIOCTL_OBJS := $(VMM_OBJ)/statsioctl.o
ASUSER_OBJS := $(VMM_OBJ)/asuser.o
HOLDER_OBJS := $(VMM_OBJ)/holder.o
PULSE_OBJS := $(VMM_OBJ)/pulse.o
READALL_OBJS := $(addprefix $(VMM_OBJ)/,readall.o statfile.o)

.PHONY: vmm
vmm: $(addprefix $(VMM_BIN)/,$(VMM_PROGRAMS))

$(VMM_BIN)/tinyvmm: $(TINYVMM_OBJS)
$(VMM_BIN)/asker: $(ASKER_OBJS)
$(VMM_BIN)/readbench: $(READBENCH_OBJS)
$(VMM_BIN)/statsioctl: $(STATSIOCTL_OBJS)
$(VMM_BIN)/sampler: $(SAMPLER_OBJS)
$(VMM_BIN)/onoff: $(ONOFF_OBJS)
$(VMM_BIN)/readall: $(READALL_OBJS)
$(VMM_BIN)/pulse: $(PULSE_OBJS)
$(VMM_BIN)/asuser: $(ASUSER_OBJS)
$(VMM_BIN)/holder: $(HOLDER_OBJS)

$(addprefix $(VMM_BIN)/,$(VMM_PROGRAMS)):
	@mkdir -p $(@D)
	$(CC) -static -pthread -o $@ $^

$(VMM_OBJ)/%.o: tests/vmm/%.c
	@mkdir -p $(@D)
	$(CC) $(VMM_CFLAGS) $(VMM_FLAGS) -c -o $@ $<

-include $(wildcard $(VMM_OBJ)/*.d)
