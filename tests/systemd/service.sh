#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The units under a real systemd, the first process in namespaces of its own: started, ready, watched,
# reloaded, killed, activated by its socket; TLS; its log in the journal; its sandbox.
# shellcheck disable=SC2119 # arguments of tls are optional
# shellcheck disable=SC2317 # functions are called through check()
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh
RESULTS_OF=service
url=http://127.0.0.1:9283
unit=kvm-exit-exporter
fixture=(--path.debugfs=/run/fixture/debugfs --path.procfs=/run/fixture/proc)

for program in pgrep nsenter setpriv curl jq ip openssl perl; do
	command -v $program >/dev/null || { echo "no $program here; see 'make deps'" >&2; exit 1; }
done
[ -x build/kvm-exit-exporter ] || { echo "build/kvm-exit-exporter is not built" >&2; exit 1; }
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ "$(id -u)" != 0 ] || [ -z "$cgroups" ] || ! unshare -mpfCuin true 2>/dev/null; then
	skip "the units under systemd" "needs root, cgroup2 and namespaces"
	exit 0
fi

# Below a control group of our own, which is what this systemd takes for the root.
group=$cgroups/kvm-exit-exporter-test.$$
work=$(mktemp -d)
machine=
finish() {
	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null || true
	wait 2>/dev/null || true
	wait_for 10 gone || true
	rm -rf "$work"
}
gone() {
	find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null
	[ ! -e "$group" ]
}
trap finish EXIT

mkdir -p "$work/debugfs/kvm/1-3" "$group"
cat >"$work/debugfs/kvm/1-3/exit_stats" <<'END'
# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0
# code name count kernel user blocked
114 CPUID 100 200000000 0 0
END

(
	echo $BASHPID >"$group/cgroup.procs"
	exec unshare -mpfCuin --kill-child tests/systemd/boot "$work" >"$work/boot.log" 2>&1
) &
machine=$!
init=

# inside COMMAND...
inside() {
	timeout 60 nsenter -t "$init" -m -p -C -u -i -n -- "$@"
}

up() {
	init=$(pgrep -P "$machine") && inside systemctl is-active test.target
}
if ! wait_for 60 up; then
	not_ok "systemd boots" "$(tail -n 3 "$work/boot.log")"
	exit 1
fi

is() {
	[ "$1" = "$2" ] || { echo "want '$1', got '$2'"; return 1; }
}

# property NAME: of the service
property() {
	inside systemctl show -P "$1" $unit
}

# main FIELD: of the main process's status
main() {
	inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$(property MainPID)/status"
}

scrape() {
	inside curl -fsS -m 10 $url/metrics
}

# flags ARGUMENT...: from the environment file
flags() {
	# shellcheck disable=SC2016 # for the inner shell
	inside sh -c 'printf "ARGS=\"%s\"\n" "$1" >/etc/default/kvm-exit-exporter' - "$*"
}

# journal [ARGUMENT...]: entries of the service's, as JSON
journal() {
	inside journalctl --sync
	inside journalctl -o json --no-pager -u $unit "$@"
}

status_is() { is "$1" "$(property StatusText)"; }
pid_changed() { [ "$(property MainPID)" != "$1" ] && [ "$(property ActiveState)" = active ]; }
reload_told() { grep -q reloaded <(journal | jq -r .MESSAGE); }
never_active() { ! inside systemctl -q is-active "$unit"; }

started() {
	flags "${fixture[@]}"
	check "starts, and is ready" inside systemctl start $unit
	check "says what it reads" is "reading 1 VM by debugfs" "$(property StatusText)"
	check "a VM is served, from a debugfs that is root's alone" \
		grep -q '^kvm_vm_exits_total{.*pid="1",reason="CPUID"} 100$' <(scrape)
	check "a process is found" grep -q '^kvm_vm_start_time_seconds{.*pid="1"}' <(scrape)
	check "other users' processes are seen in /proc" inside nsenter -m -t "$(property MainPID)" \
		setpriv --reuid=$unit --regid=$unit --clear-groups grep -q . /proc/1/cmdline
	check "runs as its own user" is "$(inside id -u $unit)" "$(main Uid | cut -f 1)"
	check "CapEff is CAP_DAC_READ_SEARCH" is 0000000000000004 "$(main CapEff)"
	check "CapPrm too" is 0000000000000004 "$(main CapPrm)"
	check "CapBnd too" is 0000000000000004 "$(main CapBnd)"
	check "CapAmb is empty" is 0000000000000000 "$(main CapAmb)"
	check "no new privileges" is 1 "$(main NoNewPrivs)"
	check "a filter of system calls" is 2 "$(main Seccomp)"
	check "nothing to complain of" is '' "$(journal -p warning | jq -r .MESSAGE)"
}

journalled() {
	local entry
	entry=$(journal | jq -c 'select(.KVM_EXIT_EXPORTER_ADDRESS)')
	check "the journal: one entry for an event" is 1 "$(grep -c . <<<"$entry" || true)"
	check "the journal: MESSAGE" is "listening address=127.0.0.1:9283" "$(jq -r .MESSAGE <<<"$entry")"
	check "the journal: a field" is 127.0.0.1:9283 "$(jq -r .KVM_EXIT_EXPORTER_ADDRESS <<<"$entry")"
	check "the journal: PRIORITY" is 6 "$(jq -r .PRIORITY <<<"$entry")"
	check "the journal: by its own protocol" is journal "$(jq -r ._TRANSPORT <<<"$entry")"
}

# From another address than loopback's, as a Prometheus elsewhere has it.
remote() {
	local address
	inside ip address add 192.0.2.1/32 dev lo
	for address in :9283 192.0.2.1:9283 localhost:9283; do
		flags "${fixture[@]}" "--web.listen-address=$address"
		inside systemctl restart $unit
		case $address in
		localhost*) check "$address: serves" grep -q ^kvm_vm_exits_total <(scrape) ;;
		*) check "$address: is served from outside" grep -q ^kvm_vm_exits_total \
			<(inside curl -fsS -m 10 http://192.0.2.1:9283/metrics) ;;
		esac
	done
	flags "${fixture[@]}"
	inside systemctl restart $unit
	check "by default it is not served from outside" eval \
		'! inside curl -fsS -m 10 http://192.0.2.1:9283/metrics 2>/dev/null'
}

reloaded() {
	local pid
	pid=$(property MainPID)
	check "reload" inside systemctl reload $unit
	check "reload is told" wait_for 10 reload_told
	check "reload: the same process, active" is "$pid active" \
		"$(property MainPID) $(property ActiveState)"
	inside systemctl restart $unit
	flags "${fixture[@]}" --log.format=json
	inside systemctl restart $unit
	check "--log.format wins over the journal's fields" is stdout \
		"$(journal | jq -r 'select(.MESSAGE | startswith("{\"ts\"")) | ._TRANSPORT' | sort -u)"
	flags "${fixture[@]}"
}

# The certificate's and the key's folder is root's alone.
secured() {
	local dir=$work/etc/kvm-exit-exporter secure
	PKI=$work/pki
	secure=(inside curl -sS -m 10 --cacert "$PKI/server-ca.pem" "https://127.0.0.1:9283/metrics")
	mkdir -m 700 "$PKI" "$dir"
	ca server-ca
	certificate server server-ca serverAuth 30 DNS:localhost,IP:127.0.0.1
	cp "$PKI"/server.{pem,key} "$dir"
	{
		tls
		printf 'basic_auth_users:\n  prometheus: %s\n' "$(bcrypt 8 geheim)"
	} >"$dir/web.yml"
	flags "${fixture[@]}" --web.config.file=/etc/kvm-exit-exporter/web.yml
	check "TLS and a password: starts" inside systemctl restart $unit
	check "TLS and a password: serves" grep -q ^kvm_vm_exits_total <("${secure[@]}" -u prometheus:geheim)
	check "TLS, no password: refused" is 401 "$("${secure[@]}" -o /dev/null -w '%{http_code}')"
	check "no TLS: refused" eval '! scrape 2>/dev/null'
	flags "${fixture[@]}"
	inside systemctl restart $unit
}

watched() {
	local pid
	inside systemctl restart $unit
	pid=$(property MainPID)
	# Two periods: it does report.
	sleep 7
	check "is left alone as long as it is alive" is "$pid" "$(property MainPID)"
	inside kill -STOP "$pid"
	check "one that hangs is started again" wait_for 20 pid_changed "$pid"
	check "the watchdog did it" grep -q watchdog <(inside journalctl --no-pager -o cat -u $unit)
	pid=$(property MainPID)
	inside kill -KILL "$pid"
	check "kill -9: is started again" wait_for 20 pid_changed "$pid"
	check "kill -9: serves again" grep -q ^kvm_vm_exits_total <(scrape)
}

explained() {
	inside rm -rf /run/fixture/debugfs
	check "a new state becomes the status, after a scrape" eval \
		'scrape >/dev/null; wait_for 20 status_is "reading no VMs: debugfs is not mounted"'
	inside systemctl restart $unit
	check "without debugfs: ready all the same, and says why" \
		status_is "reading no VMs: debugfs is not mounted"
	if inside mountpoint -q /sys/kernel/debug; then
		flags
		inside systemctl restart $unit
		check "the real debugfs: may be entered" \
			grep -qE 'source_info.*why="(no_kvm|available|unpatched_kernel)"' <(scrape)
	else
		skip "the real debugfs: may be entered" "this kernel has none"
	fi
	inside systemctl stop $unit
	check "stops cleanly" is success "$(property Result)"
	flags --no-such-flag
	inside systemctl start $unit 2>/dev/null || true
	sleep 1
	check "a wrong flag: failed, and not tried again" is "failed 0" \
		"$(property ActiveState) $(property NRestarts)"
	inside systemctl reset-failed $unit
}

activated() {
	flags --web.systemd-socket
	inside systemctl start $unit.socket
	check "socket: the service waits for a connection" never_active
	check "socket: the first scrape starts it" grep -q ^kvm_exit_exporter_build_info <(scrape)
	inside systemctl restart $unit
	check "socket: a scrape after a restart" grep -q ^kvm_exit_exporter_build_info <(scrape)
	inside systemctl stop $unit.socket $unit
	inside systemctl start $unit 2>/dev/null || true
	check "no socket: says so" grep -q 'start kvm-exit-exporter.socket' <(journal | jq -r .MESSAGE)
	inside systemctl stop $unit
}

drop_in() {
	flags --path.debugfs=/nowhere
	inside cp /usr/local/share/doc/kvm-exit-exporter/ioctl.conf /run/units/$unit.service.d/
	inside systemctl daemon-reload
	inside systemctl start $unit
	check "ioctl.conf: the capabilities" is 0000004000080004 "$(main CapEff)"
	check "ioctl.conf: nothing else" is 0000004000080004 "$(main CapBnd)"
	inside systemctl stop $unit
	flags --path.debugfs=/nowhere --collector.source=debugfs
	inside systemctl start $unit
	check "ioctl.conf: what a source does not need is dropped" is "0000000000000004" "$(main CapEff)"
	inside systemctl stop $unit
}

started
journalled
remote
reloaded
secured
watched
explained
activated
drop_in
exit ${RESULTS_FAILED:-0}
