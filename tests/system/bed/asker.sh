# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions around asker (tests/vmm/asker.c), a guest that does single instructions
# when told. In the emulated host it is /lib/asker.sh; its files are /tmp/ID.*.

# asker_start ID ARG...: false if it does not become ready.
asker_start() {
	id=$1
	shift
	rm -f "/tmp/$id.out"
	mkfifo "/tmp/$id.in"
	asker "$@" <"/tmp/$id.in" >"/tmp/$id.out" 2>&1 &
	echo $! >"/tmp/$id.pid"
	# Holds the pipe open: when it ends, so does the VM.
	sleep 100000 >"/tmp/$id.in" &
	echo $! >"/tmp/$id.hold"
	wait_for 30 grep -q '^ready' "/tmp/$id.out"
}

asker_answered() {
	[ "$(wc -l <"/tmp/$1.out")" -gt "$2" ]
}

# ask ID COMMAND: prints the answer; false if there is none within 60 s, or asker has
# given up: then its last words.
ask() {
	if ! kill -0 "$(cat "/tmp/$1.pid")" 2>/dev/null; then
		tail -n 1 "/tmp/$1.out"
		return 1
	fi
	lines=$(wc -l <"/tmp/$1.out")
	# Opened so, it waits for no reader: asker may have died just now.
	echo "$2" 1<>"/tmp/$1.in"
	if ! wait_for 60 asker_answered "$1" "$lines"; then
		echo "no answer to '$2'"
		return 1
	fi
	tail -n 1 "/tmp/$1.out"
}

# ask_all ID FILE: a command a line, sent at once, where asking one by one takes too long.
# Prints the answers; false if one is missing.
ask_all() {
	lines=$(wc -l <"/tmp/$1.out")
	all=$((lines + $(wc -l <"$2")))
	cat "$2" >"/tmp/$1.in"
	wait_for 60 asker_answered "$1" $((all - 1))
	tail -n "+$((lines + 1))" "/tmp/$1.out"
	[ "$(wc -l <"/tmp/$1.out")" = $all ]
}

asker_dir() {
	echo "$KVM_DEBUG/$(sed -n 's/^vm \([^ ]*\) .*/\1/p' "/tmp/$1.out")"
}

# asker_tid ID N: the thread of its vCPU N.
asker_tid() {
	sed -n 's/^vm .* tids //p' "/tmp/$1.out" | cut -d , -f $(($2 + 1))
}

asker_end() {
	kill "$(cat "/tmp/$1.hold")"
	wait "$(cat "/tmp/$1.pid")"
	rm "/tmp/$1.in"
}
