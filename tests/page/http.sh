#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The live page's files as HTTP has them: policy, types, compression, caching, size; and its data.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/../daemon/lib.sh"

FILES=(/ /page.js /page.css /page.svg)
POLICY="default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# header PATH NAME [CURL-OPTION...]: the value of a header of the answer
header() {
	get "$1" -o /dev/null -D - "${@:3}" | tr -d '\r' | sed -n "s/^$2: //Ip"
}

one_file() {
	local path=$1 tag size
	same "GET $path" 200 "$(code "$path")"
	same "HEAD $path" 200 "$(code "$path" -I)"
	same "POST $path" 405 "$(code "$path" -X POST)"
	same "$path: the policy" "$POLICY" "$(header "$path" Content-Security-Policy)"
	same "$path: cannot be taken for something else" nosniff "$(header "$path" X-Content-Type-Options)"
	same "$path: asked about each time" no-cache "$(header "$path" Cache-Control)"
	get "$path" -o "$WORK/plain"
	get "$path" -H 'Accept-Encoding: gzip' -o "$WORK/packed.gz"
	size=$(stat -c %s "$WORK/plain")
	same "$path: is compressed for who takes it" gzip "$(header "$path" Content-Encoding -H 'Accept-Encoding: gzip')"
	same "$path: and not for others" '' "$(header "$path" Content-Encoding)"
	check "$path: to the same text" cmp "$WORK/plain" <(gzip -dc "$WORK/packed.gz")
	same "$path: HEAD has the same length" "$size" "$(header "$path" Content-Length -I)"
	tag=$(header "$path" ETag)
	check "$path: has a tag" grep -qE '^W/"[0-9a-f]{16}"$' <<<"$tag"
	same "$path: the same when compressed" "$tag" "$(header "$path" ETag -H 'Accept-Encoding: gzip')"
	for value in "$tag" "${tag#W/}" "\"x\", $tag" '*'; do
		same "$path: If-None-Match: $value" 304 "$(code "$path" -H "If-None-Match: $value")"
	done
	same "$path: an old tag" 200 "$(code "$path" -H 'If-None-Match: W/"0000000000000000"')"
	same "$path: 304 has no body" 0 "$(get "$path" -H "If-None-Match: $tag" -o /dev/null -w '%{size_download}')"
	same "$path: 304 has the length of a 200" "$size" "$(header "$path" Content-Length -H "If-None-Match: $tag")"
	same "$path: answers by coding" Accept-Encoding "$(header "$path" Vary)"
	same "$path: and its tag" "$tag" "$(header "$path" ETag -H "If-None-Match: $tag")"
	TOTAL=$((TOTAL + size)) PACKED=$((PACKED + $(stat -c %s "$WORK/packed.gz")))
}

no_inline() {
	! get / | grep -E '<style|style=| on[a-z]+=|<script[^>]*>[^<]|javascript:'
}

files() {
	local path
	TOTAL=0 PACKED=0
	for path in "${FILES[@]}"; do
		one_file "$path"
	done
	check "all of the page: $TOTAL bytes, $PACKED compressed: under 100 KiB" [ "$TOTAL" -lt 102400 ]
	same "type of the script" 'text/javascript; charset=utf-8' "$(header /page.js Content-Type)"
	same "type of the style" 'text/css; charset=utf-8' "$(header /page.css Content-Type)"
	same "type of the icon" image/svg+xml "$(header /page.svg Content-Type)"
	check "no script, style or handler in the page" \
		no_inline
	same "every file that it names is there" "200 200 200" \
		"$(for path in $(get / | grep -oE '(src|href)="/page[^"]*"' | sed 's/.*="//; s/"//'); do code "$path"; echo; done | xargs)"
	check "answers of 304 are counted" grep -q '^kvm_exit_exporter_http_requests_total{code="304"} [1-9]' <<<"$(get /metrics)"
	check "uPlot's licence is with it" grep -q 'Permission is hereby granted' daemon/page/vendor/LICENSE
}

# What the page is made of, beside what /vm says.
data() {
	get /vms/live >"$WORK/live"
	same "the data's type" application/json "$(header /vms/live Content-Type)"
	check "it is JSON" jq -e '.success and .source == "debugfs" and (.time | type == "number")' "$WORK/live"
	same "all VMs" "$(get /vms | jq -c 'map([.pid, .fd, .name, .exits, .vcpu_count])')" \
		"$(jq -c '.vms | map(select(.failed | not) | [.pid, .fd, .name, .total[0], .vcpu_count])' "$WORK/live")"
	same "one that cannot be read" '[{"id":"9400-3","pid":9400,"fd":3,"failed":true}]' "$(jq -c '.vms | map(select(.failed))' "$WORK/live")"
	same "no vCPUs" 0 "$(jq '.vms | map(select(.vcpus)) | length' "$WORK/live")"
	same "but of the one that is asked for" '["4242-9"]' "$(get /vms/live/4242-9 | jq -c '.vms | map(select(.vcpus) | .id)')"
	same "its vCPUs" "$(get /vm/4242 | jq -c '[.vcpus[] | [.id, .exits, (.reasons | map([.name, .exits, .seconds.kernel, .seconds.user, .seconds.blocked]) | sort)]]')" \
		"$(get /vms/live/4242 | jq -c '[.vms[] | select(.vcpus)][0].vcpus | map([.id, .total[0], (.reasons | sort)])')"
	same "reasons as /vm has them" "$(get /vm/5000 | jq -c '[.reasons[] | [.name, .exits, .seconds.kernel, .seconds.user, .seconds.blocked]] | sort')" \
		"$(jq -c '.vms[] | select(.pid == 5000).reasons | sort' "$WORK/live")"
	same "times as /vm has them" "$(get /vm/4242 | jq -c '[.seconds.kernel, .seconds.user, .seconds.blocked, .paused.seconds]')" \
		"$(jq -c '.vms[] | select(.pid == 4242).total[1:]' "$WORK/live")"
	same "twins by their directories" '["9500-9","9501-9"]' "$(jq -c '.vms | map(select(.name == "twin").id)' "$WORK/live")"
	same "compressed" gzip "$(header /vms/live Content-Encoding -H 'Accept-Encoding: gzip')"
	same "a VM that is not there" 200 "$(code /vms/live/77)"
	for path in /vms/live/ /vms/live/x /vms/live/4242- /page.js/ /page /page.html; do
		same "GET $path" 404 "$(code "$path")"
	done
}

nothing() {
	mv "$WORK/debugfs/kvm" "$WORK/away"
	same "without KVM: 200, and why" '[false,"none","no_debugfs","debugfs is not mounted"]' \
		"$(get /vms/live | jq -c '[.success, .source, .why, .explain]')"
	mv "$WORK/away" "$WORK/debugfs/kvm"
}

# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

suite() {
	# shellcheck source=tests/daemon/fixture.sh
	. tests/daemon/fixture.sh
	make_host
	start
	files
	data
	nothing
	stops
	printf 'basic_auth_users:\n  u: %s\n' "$(bcrypt 4 secret)" >"$WORK/web.yml"
	start --web.config.file="$WORK/web.yml" --web.telemetry-path='/a&b'
	for path in "${FILES[@]}" /vms/live /vms/live/4242; do
		same "$path asks for a password" 401 "$(code "$path")"
		same "$path: and takes it" 200 "$(code "$path" -u u:secret)"
	done
	check "another telemetry path" grep -qF 'href="/a&amp;b"' <<<"$(get / -u u:secret)"
	stops
}

need gzip
run_suite
