# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets: tests/fuzz/NAME.c becomes build/fuzz/NAME, with libFuzzer, ASan and UBSan. From the top:
# make -f tests/fuzz/fuzz.mk fuzz-targets

# What the daemon is made of and linked with.
include daemon/daemon.mk

FUZZ_CC ?= clang
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/*.c))
FUZZ_TARGETS := $(FUZZ_SOURCES:tests/fuzz/%.c=build/fuzz/%)
# The fuzzer's own main instead of the daemon's.
FUZZ_OBJECTS := $(DAEMON_LIB:daemon/%.c=build/fuzz/daemon/%.o) \
	$(patsubst tests/fuzz/lib/%.c,build/fuzz/lib/%.o,$(sort $(wildcard tests/fuzz/lib/*.c)))
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -Idaemon -Itests/fuzz -Itests/fuzz/lib -Iinclude/uapi \
	-Wall -Wextra -Werror -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -MMD -MP \
	-DVERSION='"fuzz"'
FUZZ_Q := $(if $(V),,@)

.PHONY: fuzz-targets
.SECONDARY: $(FUZZ_OBJECTS)
fuzz-targets: $(FUZZ_TARGETS)

build/fuzz/daemon/%.o: daemon/%.c
	@mkdir -p $(@D)
	$(FUZZ_Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

build/fuzz/lib/%.o: tests/fuzz/lib/%.c
	@mkdir -p $(@D)
	$(FUZZ_Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=address,undefined -c -o $@ $<

build/fuzz/%: tests/fuzz/%.c $(FUZZ_OBJECTS)
	@echo "  CC (fuzz) $@"
	$(FUZZ_Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $(filter %.c %.o,$^) $(DAEMON_LIBS)

-include $(FUZZ_OBJECTS:.o=.d) $(FUZZ_TARGETS:%=%.d)

# For tests/fuzz/fuzz.sh.
.PHONY: fuzz-libs
fuzz-libs:
	@echo $(DAEMON_LIBS)
