# SPDX-License-Identifier: GPL-2.0-or-later
# Installing the daemon, its units and its manual page.  The usual variables: DESTDIR, prefix and
# the directories below.

prefix ?= /usr/local
exec_prefix ?= $(prefix)
sbindir ?= $(exec_prefix)/sbin
datarootdir ?= $(prefix)/share
mandir ?= $(datarootdir)/man
man8dir ?= $(mandir)/man8
docdir ?= $(datarootdir)/doc/kvm-exit-exporter
# Where systemd and its tools look, whatever the prefix.
sysconfdir ?= /etc
defaultdir ?= $(sysconfdir)/default
unitdir ?= $(or $(shell $(PKG_CONFIG) --variable=systemd_system_unit_dir systemd 2>/dev/null),/lib/systemd/system)
sysusersdir ?= $(or $(shell $(PKG_CONFIG) --variable=sysusers_dir systemd 2>/dev/null),/usr/lib/sysusers.d)
INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA ?= $(INSTALL) -m 644

INSTALL_FILL := sed -e 's,@sbindir@,$(sbindir),g' -e 's,@defaultdir@,$(defaultdir),g' \
	-e 's,@docdir@,$(docdir),g' -e 's,@unitdir@,$(unitdir),g'
INSTALLED_DEFAULT = $(DESTDIR)$(defaultdir)/kvm-exit-exporter
INSTALLED = $(DESTDIR)$(sbindir)/kvm-exit-exporter \
	$(DESTDIR)$(man8dir)/kvm-exit-exporter.8 \
	$(DESTDIR)$(unitdir)/kvm-exit-exporter.service \
	$(DESTDIR)$(unitdir)/kvm-exit-exporter.socket \
	$(DESTDIR)$(sysusersdir)/kvm-exit-exporter.conf \
	$(DESTDIR)$(docdir)/LICENSE.uPlot \
	$(DESTDIR)$(docdir)/ioctl.conf \
	$(DESTDIR)$(docdir)/web-config.example.yml

## make install            the daemon, its units and manual page; DESTDIR, prefix, unitdir, ...
.PHONY: install uninstall
install: build/kvm-exit-exporter
	$(INSTALL) -d '$(DESTDIR)$(sbindir)' '$(DESTDIR)$(man8dir)' '$(DESTDIR)$(unitdir)' \
		'$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(docdir)' '$(DESTDIR)$(defaultdir)'
	$(INSTALL_PROGRAM) build/kvm-exit-exporter '$(DESTDIR)$(sbindir)/kvm-exit-exporter'
	mkdir -p build/systemd
	$(INSTALL_FILL) systemd/kvm-exit-exporter.service.in > build/systemd/kvm-exit-exporter.service
	$(INSTALL_FILL) systemd/kvm-exit-exporter.8.in > build/systemd/kvm-exit-exporter.8
	$(INSTALL_DATA) build/systemd/kvm-exit-exporter.service systemd/kvm-exit-exporter.socket \
		'$(DESTDIR)$(unitdir)'
	$(INSTALL_DATA) build/systemd/kvm-exit-exporter.8 '$(DESTDIR)$(man8dir)'
	$(INSTALL_DATA) systemd/kvm-exit-exporter.sysusers \
		'$(DESTDIR)$(sysusersdir)/kvm-exit-exporter.conf'
	$(INSTALL_DATA) systemd/ioctl.conf systemd/web-config.example.yml '$(DESTDIR)$(docdir)'
	$(INSTALL_DATA) daemon/page/vendor/LICENSE '$(DESTDIR)$(docdir)/LICENSE.uPlot'
	@# What the operator has changed stays.
	[ -e '$(INSTALLED_DEFAULT)' ] || \
		$(INSTALL_DATA) systemd/kvm-exit-exporter.default '$(INSTALLED_DEFAULT)'

## make uninstall          remove that again, with the same variables
uninstall:
	rm -f $(foreach file,$(INSTALLED),'$(file)')
	[ ! -d '$(DESTDIR)$(docdir)' ] || rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(docdir)'
	@if cmp -s systemd/kvm-exit-exporter.default '$(INSTALLED_DEFAULT)'; then \
		rm -f '$(INSTALLED_DEFAULT)'; \
	elif [ -e '$(INSTALLED_DEFAULT)' ]; then \
		echo 'kept, since it was changed: $(INSTALLED_DEFAULT)'; \
	fi
