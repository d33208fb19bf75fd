#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The forms of a page: text and OpenMetrics, plain and compressed, GET and HEAD; real parsers.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
. tests/daemon/fixture.sh

text='text/plain; version=0.0.4; charset=utf-8'
openmetrics='application/openmetrics-text; version=1.0.0; charset=utf-8'

# Debian's own, which has prometheus_client.
python() {
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "tests/daemon/$1" "${@:2}"
}

# header NAME <HEADERS
header() {
	tr -d '\r' | sed -n "s/^$1: //Ip"
}

# form NAME TYPE ENCODING PATH [CURL-OPTION...]: GET and HEAD have this Content-Type and
# Content-Encoding; the body, plain, is left in $WORK/body
form() {
	local name=$1 type=$2 encoding=$3 path=$4
	shift 4
	get "$path" -D "$WORK/get" -o "$WORK/body" "$@"
	get "$path" -I "$@" >"$WORK/head"
	same "$name" "$type, $encoding" "$(header content-type <"$WORK/get"), $(header content-encoding <"$WORK/get")"
	# Lengths and times differ from scrape to scrape.
	sed -i '/^Date:/d; s/^\(Content-Length: \).*/\1X/' "$WORK/get" "$WORK/head"
	check "$name: HEAD has the same headers" cmp "$WORK/get" "$WORK/head"
	check "$name: HEAD has a length" grep -q '^Content-Length: X' "$WORK/head"
	if [ "$encoding" = gzip ]; then
		mv "$WORK/body" "$WORK/body.gz"
		check "$name: is gzip" gzip -t "$WORK/body.gz"
		gzip -dc "$WORK/body.gz" >"$WORK/body"
	fi
}

# What does not change from scrape to scrape.
steady() {
	grep -v '^\(# [A-Z]* \)\?\(process_\|kvm_exit_exporter_\)' "$1"
}

# page NAME text|openmetrics FILE: real parsers take it. Its samples are left in FILE.samples.
page() {
	check "$1: prometheus_client parses it" python parse.py "$2" <"$3"
	python parse.py "$2" <"$3" | grep ^kvm_v >"$3.samples" || true
	if [ "$2" = text ]; then
		sound "$1" "$3"
	else
		same "$1: its last line" '# EOF' "$(tail -n 1 "$3")"
	fi
}

negotiation() {
	local accept file=$WORK/body
	for accept in '' '*/*' text/plain 'application/openmetrics-text;q=0' \
		'text/plain;q=0.6,application/openmetrics-text;q=0.5' 'text/html,*/*;q=0.8' 'image/png'; do
		form "Accept: $accept" "$text" '' /metrics -H "Accept: $accept"
		form "Accept: $accept, gzip" "$text" gzip /metrics -H "Accept: $accept" -H 'Accept-Encoding: gzip'
	done
	page "text" text "$file"
	cp "$file" "$WORK/text"
	cp "$file.samples" "$WORK/text.samples"
	for accept in 'application/openmetrics-text' 'application/openmetrics-text; version=1.0.0' \
		'text/plain;q=0.4,application/openmetrics-text;q=0.5' \
		'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'; do
		form "Accept: $accept" "$openmetrics" '' /metrics -H "Accept: $accept"
		form "Accept: $accept, gzip" "$openmetrics" gzip /metrics -H "Accept: $accept" -H 'Accept-Encoding: gzip'
	done
	page "OpenMetrics" openmetrics "$file"
	check "both say the same" diff "$WORK/text.samples" "$file.samples"
	form "OpenMetrics 0.0.1" "${openmetrics/1.0.0/0.0.1}" '' /metrics \
		-H 'Accept: application/openmetrics-text; version=0.0.1'
	form "two headers Accept" "$openmetrics" '' /metrics -H 'Accept: text/plain;q=0.5' \
		-H 'Accept: application/openmetrics-text'
	same "Vary of the metrics" 'Accept, Accept-Encoding' "$(get /metrics -I | header vary)"
	sed -i '$d' "$file"
	if python parse.py openmetrics <"$file" >/dev/null 2>&1; then
		not_ok "a page without its end is none" "it was taken"
	else
		ok "a page without its end is none"
	fi
}

compression() {
	local path accept
	for accept in 'gzip;q=0' identity 'identity, gzip;q=0.5' 'br, deflate' '*;q=0' '*, gzip;q=0' 'gzip;q=x'; do
		form "Accept-Encoding: $accept" "$text" '' /metrics -H "Accept-Encoding: $accept"
	done
	for accept in gzip 'GZIP' '*' 'gzip;q=0.001' 'deflate, gzip;q=1.0, *;q=0.5' 'identity;q=0.5, gzip' '*;q=0, x-gzip'; do
		form "Accept-Encoding: $accept" "$text" gzip /metrics -H "Accept-Encoding: $accept"
	done
	for path in /vms /vm/4242; do
		form "$path" application/json '' $path
		cp "$WORK/body" "$WORK/plain"
		form "$path, gzip" application/json gzip $path -H 'Accept-Encoding: gzip'
		check "$path: the same, plain and compressed" cmp "$WORK/plain" "$WORK/body"
		same "$path: Vary" Accept-Encoding "$(header vary <"$WORK/get")"
	done
	form "a small answer is left as it is" application/json '' /vm/8000 -H 'Accept-Encoding: gzip'
	form "an error too" application/json '' /vm/77 -H 'Accept-Encoding: gzip'
	form "and what has no snapshot" 'text/plain; charset=utf-8' '' /-/healthy -H 'Accept-Encoding: gzip'
}

# Pages of many parts, and many clients that share them.
large() {
	local i n bad=0 good=()
	{
		echo '# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0'
		echo '# code name count kernel user blocked'
		for n in {1..400}; do
			echo "$n REASON_$n $((n * 7919)) $((n * 104729)) 3000000 $((n % 2))"
		done
	} >"$WORK/large"
	for i in {20000..20030}; do
		vm "$i" 3 <"$WORK/large"
	done
	get /metrics -o "$WORK/plain"
	get /metrics -H 'Accept-Encoding: gzip' | gzip -dc >"$WORK/body"
	same "a large page has all its series" $((31 * 400)) "$(grep -c '^kvm_vm_exits_total{vm="200' "$WORK/body")"
	check "a large page is the same, plain and compressed" cmp <(steady "$WORK/plain") <(steady "$WORK/body")
	get /vms -o "$WORK/plain"
	get /vms -H 'Accept-Encoding: gzip' | gzip -dc >"$WORK/body"
	check "a long list is the same, plain and compressed" cmp "$WORK/plain" "$WORK/body"
	for i in {1..24}; do
		case $((i % 4)) in
		0) get /metrics -o "$WORK/many.$i" ;;
		1) get /metrics -o "$WORK/many.$i" -H 'Accept-Encoding: gzip' --compressed ;;
		2) get /metrics -o "$WORK/many.$i" -H 'Accept: application/openmetrics-text' --compressed ;;
		3) get /vms -o "$WORK/many.$i" --compressed ;;
		esac &
		good+=($!)
	done
	wait "${good[@]}" || true
	for i in {1..24}; do
		case $((i % 4)) in
		0 | 1) grep -q '^process_max_fds ' "$WORK/many.$i" ;;
		2) tail -n 1 "$WORK/many.$i" | grep -qx '# EOF' ;;
		3) jq -e 'length > 40' "$WORK/many.$i" >/dev/null ;;
		esac || bad=$((bad + 1))
	done
	same "24 clients at once, in four forms: bad ones" 0 $bad
}

landing() {
	local link
	get / -D "$WORK/get" -o "$WORK/body"
	check "the page is sound HTML under a strict policy" python landing.py "$WORK/get" <"$WORK/body"
	for link in $(python landing.py "$WORK/get" <"$WORK/body"); do
		same "the page's link $link" 200 "$(code "$link")"
	done
	check "the page has the version" grep -qF "$("$BIN" --version | cut -d ' ' -f 2)" "$WORK/body"
	for link in / /metrics /vms /x /-/healthy; do
		same "$link cannot be taken for something else" nosniff "$(get "$link" -I | header x-content-type-options)"
	done
}

suite() {
	make_host
	start
	negotiation
	compression
	landing
	large
	stops
	start --collector.vcpu --web.telemetry-path='/a&b'
	form "vCPUs" "$openmetrics" gzip '/a&b' -H 'Accept: application/openmetrics-text' -H 'Accept-Encoding: gzip'
	page "vCPUs" openmetrics "$WORK/body"
	get / -D "$WORK/get" -o "$WORK/body"
	check "another telemetry path on the page" grep -qx '/a&b' <<<"$(python landing.py "$WORK/get" <"$WORK/body")"
	stops
}

need gzip /usr/bin/python3
run_suite
