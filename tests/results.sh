# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The lines by which a test says what it found, for tests/run to count; and the
# patience that tests need.  For bash and busybox, on this machine and in the
# emulated host (there it is /lib/results.sh).

RESULTS_OF=     # if set, comes before each name
RESULTS_FAILED= # set once something failed

ok() {
	echo "ok - ${RESULTS_OF:+$RESULTS_OF: }$1"
}

# not_ok NAME [WHY]
not_ok() {
	# shellcheck disable=SC2034 # for who reads this file
	RESULTS_FAILED=1
	echo "not ok - ${RESULTS_OF:+$RESULTS_OF: }$1: $(printf '%s' "${2:-it is not so}" | tr '\r\n' '  ' | cut -c 1-400)"
}

skip() {
	echo "skip - ${RESULTS_OF:+$RESULTS_OF: }$1: $2"
}

# check NAME COMMAND...: ok if the command succeeds. What it prints is the reason if
# not; more than a line of it goes to standard error too, whole.
check() {
	check_name=$1
	shift
	if check_why=$("$@" 2>&1); then
		ok "$check_name"
		return
	fi
	case $check_why in
	*"
"*) printf '%s\n' "$check_why" >&2 ;;
	esac
	not_ok "$check_name" "$check_why"
}

uptime_seconds() {
	cut -d . -f 1 /proc/uptime
}

# wait_for SECONDS COMMAND...: until the command succeeds; false if it never does.
wait_for() {
	deadline=$(($(uptime_seconds) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$(uptime_seconds)" -gt "$deadline" ]; then
			return 1
		fi
		sleep 0.05
	done
}
