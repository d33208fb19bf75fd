# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon: build/kvm-exit-exporter, the same under ASan and UBSan, and its unit tests.
# Included by the top Makefile; also works alone: make -f daemon/daemon.mk build/kvm-exit-exporter

CFLAGS ?= -O2 -g
VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo unknown)
DAEMON_Q := $(if $(V),,@)
DAEMON_SAY = $(if $(V),@:,@echo "  $(1)")
PKG_CONFIG ?= pkg-config

DAEMON_SOURCES := $(sort $(wildcard daemon/*.c))
# Everything but main, for the unit tests.
DAEMON_LIB := $(filter-out daemon/main.c,$(DAEMON_SOURCES))
DAEMON_UNITS := $(patsubst tests/daemon/unit/%.c,%,$(sort $(wildcard tests/daemon/unit/*.c)))

DAEMON_WARNINGS := -std=c11 -Wall -Wextra -Werror -Wformat=2 -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual -Wpointer-arith \
	-Wundef -Wvla -Wconversion -Wno-sign-conversion -Wdouble-promotion -Wnull-dereference
DAEMON_CPPFLAGS = -D_GNU_SOURCE -Idaemon -Iinclude/uapi -MMD -MP -MF $@.d -MT $@
DAEMON_HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE \
	-fstack-clash-protection -fcf-protection
DAEMON_SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fPIE
DAEMON_TSAN := -O1 -g -fno-omit-frame-pointer -fsanitize=thread -fPIE
DAEMON_LDFLAGS := -pie -Wl,-z,relro,-z,now
DAEMON_LIBS = $(shell $(PKG_CONFIG) --libs libmicrohttpd libcjson libisal yaml-0.1 gnutls libcrypt \
	libsystemd libseccomp libcap-ng) -pthread

# report's standard deviation
DAEMON_LIBS += -lm

DAEMON_OBJECTS := $(DAEMON_SOURCES:daemon/%.c=build/daemon/%.o)
DAEMON_TSAN_OBJECTS := $(DAEMON_SOURCES:daemon/%.c=build/tsan/daemon/%.o)
DAEMON_ASAN_OBJECTS := $(DAEMON_SOURCES:daemon/%.c=build/asan/daemon/%.o)

# What is in it of the live page.
include daemon/page/page.mk

build/kvm-exit-exporter: $(DAEMON_OBJECTS)
	$(call DAEMON_SAY,LD $@)
	$(DAEMON_Q)$(CC) $(CFLAGS) $(DAEMON_HARDENING) $(LDFLAGS) $(DAEMON_LDFLAGS) -o $@ $^ \
		$(DAEMON_LIBS)

# The version is compiled into main only, again when it changes.
build/daemon/version: DAEMON_FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@

build/daemon/main.o build/asan/daemon/main.o build/tsan/daemon/main.o: build/daemon/version
build/daemon/main.o build/asan/daemon/main.o build/tsan/daemon/main.o: DAEMON_CPPFLAGS += -DVERSION='"$(VERSION)"'

build/daemon/%.o: daemon/%.c
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC $<)
	$(DAEMON_Q)$(CC) $(DAEMON_CPPFLAGS) $(CPPFLAGS) $(DAEMON_WARNINGS) $(CFLAGS) \
		$(DAEMON_HARDENING) -c -o $@ $<

build/asan/daemon/%.o: daemon/%.c
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC (asan) $<)
	$(DAEMON_Q)$(CC) $(DAEMON_CPPFLAGS) $(CPPFLAGS) $(DAEMON_WARNINGS) $(CFLAGS) \
		$(DAEMON_SANITIZE) -c -o $@ $<

build/asan/kvm-exit-exporter: $(DAEMON_ASAN_OBJECTS)
	$(call DAEMON_SAY,LD $@)
	$(DAEMON_Q)$(CC) $(CFLAGS) $(DAEMON_SANITIZE) $(LDFLAGS) $(DAEMON_LDFLAGS) -o $@ $^ \
		$(DAEMON_LIBS)

build/tsan/daemon/%.o: daemon/%.c
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC (tsan) $<)
	$(DAEMON_Q)$(CC) $(DAEMON_CPPFLAGS) $(CPPFLAGS) $(DAEMON_WARNINGS) $(CFLAGS) \
		$(DAEMON_TSAN) -c -o $@ $<

build/tsan/kvm-exit-exporter: $(DAEMON_TSAN_OBJECTS)
	$(call DAEMON_SAY,LD $@)
	$(DAEMON_Q)$(CC) $(CFLAGS) $(DAEMON_TSAN) $(LDFLAGS) $(DAEMON_LDFLAGS) -o $@ $^ \
		$(DAEMON_LIBS)

# Unit tests: one program for each file, plain and under the sanitizers.
build/unit/%: tests/daemon/unit/%.c $(DAEMON_LIB:daemon/%.c=build/daemon/%.o)
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC $@)
	$(DAEMON_Q)$(CC) $(DAEMON_CPPFLAGS) $(CPPFLAGS) $(DAEMON_WARNINGS) $(CFLAGS) \
		$(DAEMON_HARDENING) $(LDFLAGS) $(DAEMON_LDFLAGS) -o $@ $(filter %.c %.o,$^) \
		$(DAEMON_LIBS) -lz

build/asan/unit/%: tests/daemon/unit/%.c $(DAEMON_LIB:daemon/%.c=build/asan/daemon/%.o)
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC (asan) $@)
	$(DAEMON_Q)$(CC) $(DAEMON_CPPFLAGS) $(CPPFLAGS) $(DAEMON_WARNINGS) $(CFLAGS) \
		$(DAEMON_SANITIZE) $(LDFLAGS) $(DAEMON_LDFLAGS) -o $@ $(filter %.c %.o,$^) \
		$(DAEMON_LIBS) -lz

DAEMON_UNIT_PROGRAMS := $(DAEMON_UNITS:%=build/unit/%) $(DAEMON_UNITS:%=build/asan/unit/%)

# What hangs in a file, for tests/daemon/hang.sh.
build/tests/hang.so: tests/daemon/hang.c
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC $@)
	$(DAEMON_Q)$(CC) -D_GNU_SOURCE $(DAEMON_WARNINGS) -O2 -g -fPIC -shared -o $@ $< -ldl

build/tests/hangfs: tests/daemon/hangfs.c
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CC $@)
	$(DAEMON_Q)$(CC) -D_GNU_SOURCE $(DAEMON_WARNINGS) -O2 -g -o $@ $<

.PHONY: DAEMON_FORCE daemon-tests
# Everything that tests/daemon needs.
daemon-tests: build/kvm-exit-exporter build/asan/kvm-exit-exporter $(DAEMON_UNIT_PROGRAMS) \
	build/tests/hang.so build/tests/hangfs build/tsan/kvm-exit-exporter

-include $(DAEMON_OBJECTS:%=%.d) $(DAEMON_ASAN_OBJECTS:%=%.d) $(DAEMON_TSAN_OBJECTS:%=%.d) $(DAEMON_UNIT_PROGRAMS:%=%.d)
