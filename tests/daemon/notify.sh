#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd is told, by a socket of ours in its place: ready after the first attempt, alive as long
# as the threads answer, reloading, stopping. Socket activation; SIGTERM during a scrape. Under the
# real one: tests/systemd/service.sh.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

LISTENER=
place=

# Somebody who writes down each message as a line: MILLISECONDS MESSAGE. The path must be short.
listen() {
	place=$(mktemp -d)
	python3 - "$place/socket" >"$place/told" <<-'END' &
		import socket, sys, time
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		while True:
		    m = s.recv(65536).decode().replace("\n", " ")
		    print(int(time.monotonic() * 1000), m, flush=True)
	END
	LISTENER=$!
	wait_for 10 [ -S "$place/socket" ]
}

unlisten() {
	kill $LISTENER
	wait $LISTENER 2>/dev/null || true
	rm -rf "$place"
}

told() {
	grep -c -- "$1" "$place/told" || true
}

told_more() {
	[ "$(told "$1")" -gt "$2" ]
}

# Hangs threads of the exporter's while a file is there: in recv(), of the HTTP threads; when the
# collector counts its descriptors; or in the opening of any other directory, of who reads for it.
shim() {
	cat >"$WORK/shim.c" <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <dirent.h>
		#include <fcntl.h>
		#include <stdarg.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/socket.h>
		#include <unistd.h>
		static void hang(const char *name)
		{
			char path[512];

			strcpy(path, getenv("HANG"));
			strcat(path, name);
			while (!access(path, F_OK))
				usleep(10000);
		}
		ssize_t recv(int fd, void *buffer, size_t size, int flags)
		{
			hang("http");
			return recvfrom(fd, buffer, size, flags, NULL, NULL);
		}
		DIR *fdopendir(int fd)
		{
			DIR *(*real)(int) = (DIR *(*)(int))dlsym(RTLD_NEXT, "fdopendir");

			hang("reads");
			return real(fd);
		}
		DIR *opendir(const char *path)
		{
			DIR *(*real)(const char *) = (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");

			hang(strstr(path, "/proc/self") ? "collector" : "reads");
			return real(path);
		}
	END
	cc -O1 -shared -fPIC -o "$WORK/shim.so" "$WORK/shim.c" -ldl
}

life_told() {
	listen
	simple_vm 100 3
	simple_vm 101 3
	export NOTIFY_SOCKET=$place/socket
	start
	check "ready is told" wait_for 5 told_more 'READY=1 STATUS=reading 2 VMs by debugfs' 0
	same "no watchdog: it is left alone" 0 "$(told WATCHDOG=1)"
	kill -HUP "$DAEMON"
	check "SIGHUP: reloading is told" wait_for 5 told_more 'RELOADING=1 MONOTONIC_USEC=[0-9]' 0
	check "SIGHUP: then ready" wait_for 5 told_more READY=1 1
	same "SIGHUP: logged" 1 "$(grep -c 'msg=reloaded' "$WORK/log")"
	same "SIGHUP: still serves" 200 "$(code /metrics)"
	rm -rf "$WORK/debugfs/kvm/101-3"
	code /metrics >/dev/null
	check "another number of VMs is told" wait_for 5 told_more 'STATUS=reading 1 VM by debugfs' 0
	stops
	same "stopping is told" 1 "$(told STOPPING=1)"
	same "ready came before stopping" 'READY STOPPING' \
		"$(grep -o 'READY=1\|STOPPING=1' "$place/told" | cut -d = -f 1 | uniq | tr '\n' ' ' | sed 's/ $//')"

	: >"$place/told"
	mv "$WORK/debugfs" "$WORK/hidden"
	start
	check "without debugfs: ready, with the reason" wait_for 5 told_more \
		'READY=1 STATUS=reading no VMs: debugfs is not mounted' 0
	stops
	mv "$WORK/hidden" "$WORK/debugfs"
	unset NOTIFY_SOCKET
	start
	same "without systemd: serves" 200 "$(code /metrics)"
	# Not only when the watchdog's turn wakes the thread.
	# shellcheck disable=SC2016 # for the inner shell
	check "20 scrapes wait for nothing" timeout 4 bash -c \
		'for _ in {1..20}; do curl -fsS -o /dev/null "$1" || exit; done' - "http://127.0.0.1:$PORT/metrics"
	stops
	unlisten
}

# What is wrong with a web configuration is seen where one looks for what is wrong.
web_told() {
	listen
	export NOTIFY_SOCKET=$place/socket
	echo '# nothing' >"$WORK/web.yml"
	start --web.config.file="$WORK/web.yml"
	echo nonsense >"$WORK/web.yml"
	kill -HUP "$DAEMON"
	check "a broken web configuration: ready again, with the reason" wait_for 5 told_more \
		'READY=1 STATUS=reading 1 VM by debugfs; the web configuration is no good' 0
	echo '# nothing' >"$WORK/web.yml"
	: >"$place/told"
	sleep 1.2
	code /metrics >/dev/null
	check "mended without a signal: that is told too" wait_for 5 told_more 'STATUS=reading 1 VM by debugfs$' 0
	stops
	unset NOTIFY_SOCKET
	unlisten
}

# has_the_vm FILE: an answer of /metrics; prints what of it says why not.
has_the_vm() {
	grep -q ^kvm_vm_exits_total "$1" || {
		grep -E 'success|source_info|read_errors' "$1"
		return 1
	}
}

serves_the_vm() {
	curl -s -m 5 "http://127.0.0.1:$PORT/metrics" >"$WORK/served" && has_the_vm "$WORK/served"
}

# As many as are wanted in so long.
often() {
	local before
	before=$(told WATCHDOG=1)
	sleep 1.2
	[ "$(told WATCHDOG=1)" -ge $((before + 3)) ]
}

# Two turns of the watchdog that does not bark.
silent() {
	local before
	# What was on its way.
	sleep 0.7
	before=$(told WATCHDOG=1)
	sleep 0.8
	[ "$(told WATCHDOG=1)" = "$before" ]
}

# Not only without an answer: curl says that it could not connect.
refuses() {
	local status=0
	code /-/ready -m 2 || status=$?
	[ $status = 7 ]
}

watchdog() {
	local client
	listen
	shim
	export NOTIFY_SOCKET=$place/socket WATCHDOG_USEC=400000 HANG=$WORK/hang-
	export LD_PRELOAD=$WORK/shim.so ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	start
	unset LD_PRELOAD WATCHDOG_USEC
	# A busy machine may stop anybody for a moment, here and below.
	check "alive is told at least as often as is wanted" wait_for 5 often

	touch "$WORK/hang-http"
	curl -s -m 60 "http://127.0.0.1:$PORT/-/healthy" >"$WORK/answer" &
	client=$!
	check "a thread of HTTP that hangs: alive is told no more" wait_for 5 silent
	rm "$WORK/hang-http"
	check "it comes back: alive again" wait_for 10 told_more WATCHDOG=1 "$(told WATCHDOG=1)"
	wait $client
	check "and has answered" [ -s "$WORK/answer" ]

	touch "$WORK/hang-collector"
	curl -s -m 60 "http://127.0.0.1:$PORT/metrics" >"$WORK/answer" &
	client=$!
	check "the collector hangs: alive is told no more" wait_for 5 silent
	rm "$WORK/hang-collector"
	check "it comes back: alive again" wait_for 10 told_more WATCHDOG=1 "$(told WATCHDOG=1)"
	wait $client
	check "and has answered" grep -q ^kvm_vm_exits_total "$WORK/answer"

	# What is read may hang for good: no restart would mend that.
	touch "$WORK/hang-reads"
	curl -s -m 60 "http://127.0.0.1:$PORT/metrics" >"$WORK/answer" &
	client=$!
	check "reads hang: alive is told all the same" wait_for 10 told_more WATCHDOG=1 \
		$(($(told WATCHDOG=1) + 5))
	wait $client
	check "and the scrape says so" grep -q '^kvm_exit_exporter_collector_success 0' "$WORK/answer"
	rm "$WORK/hang-reads"
	check "they come back: so does the VM" wait_for 10 serves_the_vm

	# SIGTERM while a scrape is under way: it is answered first.
	touch "$WORK/hang-collector"
	curl -s -m 60 "http://127.0.0.1:$PORT/metrics" >"$WORK/answer" &
	client=$!
	sleep 1
	kill -TERM "$DAEMON"
	check "SIGTERM: no new connection is taken" wait_for 10 refuses
	rm "$WORK/hang-collector"
	wait $client || true
	check "SIGTERM: the scrape that was running is answered" has_the_vm "$WORK/answer"
	stops

	# Not ready before the first attempt has ended.
	: >"$place/told"
	touch "$WORK/hang-collector"
	LD_PRELOAD=$WORK/shim.so "$BIN" --web.listen-address=127.0.0.1:0 --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" 2>"$WORK/log" &
	DAEMON=$!
	wait_for 10 grep -q 'msg=listening' "$WORK/log" || true
	sleep 1
	PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
	same "not ready before the first attempt" 0 "$(told READY=1)"
	same "not ready before the first attempt: /-/ready" 503 "$(code /-/ready)"
	same "not ready before the first attempt: /-/healthy" 200 "$(code /-/healthy)"
	rm "$WORK/hang-collector"
	check "ready after it" wait_for 5 told_more READY=1 0
	same "ready after it: /-/ready" 200 "$(code /-/ready)"
	stops
	unset NOTIFY_SOCKET HANG
	export ASAN_OPTIONS=${ASAN_OPTIONS%:verify_asan_link_order=0}
	unlisten
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# listens N: on so many sockets
listens() {
	[ "$(grep -c ^Listening "$WORK/log")" = "$1" ]
}

# activate ADDRESS...: the exporter on the sockets that systemd-socket-activate opens
activate() {
	local address args=()
	for address in "$@"; do args+=(-l "$address"); done
	: >"$WORK/log"
	systemd-socket-activate "${args[@]}" "$BIN" --web.systemd-socket --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" 2>>"$WORK/log" &
	DAEMON=$!
	wait_for 10 listens $# || true
}

activation() {
	local other status=0
	PORT=$(free_port)
	other=$(free_port)
	activate "127.0.0.1:$PORT" "127.0.0.1:$other"
	sleep 0.3
	same "socket activation: nothing runs before a connection" 0 "$(grep -c msg= "$WORK/log")"
	same "the first connection starts it, and is answered" 200 "$(code /metrics)"
	same "the other socket is served too" 200 \
		"$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$other/metrics")"
	same "both are told" 2 "$(grep -c msg=listening "$WORK/log")"
	stops
	"$BIN" --web.systemd-socket >"$WORK/out" 2>&1 || status=$?
	same "no socket: exit status" 1 $status
	check "no socket: says so" grep -q 'handed over no socket' "$WORK/out"
	status=0
	LISTEN_FDS=1 bash -c 'exec 3</dev/null; LISTEN_PID=$$ exec "$1" --web.systemd-socket' - "$BIN" \
		>"$WORK/out" 2>&1 || status=$?
	same "no socket but a file: exit status" 1 $status
	check "no socket but a file: says so" grep -q 'something else' "$WORK/out"
	status=0
	"$BIN" --web.systemd-socket --web.listen-address=:1 >"$WORK/out" 2>&1 || status=$?
	same "--web.listen-address besides: exit status" 2 $status
}

suite() {
	need python3 systemd-socket-activate cc
	life_told
	web_told
	watchdog
	activation
}

run_suite_at_once
