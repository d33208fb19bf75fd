# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Several exporters at once in the emulated host, and what they say. There it is
# /bed/serve.sh.

# serve ID PORT [COMMAND...]: an exporter, run by COMMAND; its log in /artifacts/ID.log
serve() {
	id=$1 port=$2
	shift 2
	"$@" --web.listen-address="127.0.0.1:$port" >"/artifacts/$id.log" 2>&1 &
	echo $! >"/tmp/$id.pid"
	echo "http://127.0.0.1:$port" >"/tmp/$id.url"
	wait_for 30 wget -q -O /dev/null "http://127.0.0.1:$port/-/ready"
}

unserve() {
	kill "$(cat "/tmp/$1.pid")"
	wait "$(cat "/tmp/$1.pid")"
}

# ask ID PATH
ask() {
	wget -q -O - "$(cat "/tmp/$1.url")$2"
}

# metric ID SERIES
metric() {
	ask "$1" /metrics | awk -v s="$2" 'index($0, s " ") == 1 { print substr($0, length(s) + 2) }'
}

# is WANT GOT
is() {
	[ "$1" = "$2" ] || {
		echo "want '$1', got '$2'"
		return 1
	}
}

# from ID SOURCE WHY: where the exporter says that it reads, and why
from() {
	ask "$1" /metrics >/tmp/from
	grep -qF "kvm_exit_exporter_source_info{source=\"$2\",why=\"$3\"} 1" /tmp/from || {
		grep '^kvm_exit_exporter' /tmp/from
		return 1
	}
}

errors() {
	metric "$1" kvm_exit_exporter_read_errors_total
}

success() {
	metric "$1" kvm_exit_exporter_collector_success
}
