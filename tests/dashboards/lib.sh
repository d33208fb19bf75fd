# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of dashboards/ share: a Prometheus that has our rules, and every expression of
# every dashboard asked of it, with the variables filled in as Grafana does.
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/lib.sh"

RESULTS_OF=dashboards
BOARDS=(dashboards/grafana/*.json)
PROMETHEUS=

new_work() {
	need jq yq curl promtool prometheus
	mkdir -p build/tests
	WORK=$(mktemp -d "$PWD/build/tests/dashboards-$TEST.XXXXXX")
}

# prometheus_at HOST=ADDRESS...: scrapes these every second, by these names.
prometheus_at() {
	local port=9099 target
	while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || [ $port = 9099 ]; do
		port=$((20000 + RANDOM % 10000))
	done
	PROMETHEUS=http://127.0.0.1:$port
	{
		printf 'global: {scrape_interval: 1s, evaluation_interval: 1s}\n'
		printf 'rule_files: ["%s/dashboards/rules/*.yml"]\n' "$PWD"
		printf 'scrape_configs:\n  - job_name: kvm-exit-exporter\n    static_configs:\n'
		for target; do
			printf '      - {targets: ["%s"], labels: {instance: "%s"}}\n' "${target#*=}" "${target%%=*}"
		done
	} >"$WORK/prometheus.yml"
	prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/data" \
		--web.listen-address="127.0.0.1:$port" >"$WORK/prometheus.log" 2>&1 &
}

# api PATH [CURL-OPTION...]: "data" of the answer; a string, if it is an error.
api() {
	curl -sS --max-time 30 -G "$PROMETHEUS/api/v1/$1" "${@:2}" |
		jq -c 'if .status == "success" then .data else "\(.errorType): \(.error)" end'
}

# ask PROMQL: the answer's samples; a string, if it is an error.
ask() {
	api query --data-urlencode "query=$1" | jq -c 'if type == "object" then .result else . end'
}

# has_data PROMQL: there are samples, all of them numbers.
has_data() {
	ask "$1" | jq -e 'type == "array" and length > 0 and all(.[].value[1]; test("NaN|Inf") | not)' >/dev/null
}

# --- variables, as Grafana fills them in ---

declare -A VARIABLE=()

filled_in() {
	local text=$1 name
	text=${text//\$__rate_interval/10s}
	text=${text//\$__range/20s}
	for name in "${!VARIABLE[@]}"; do
		text=${text//\$$name/${VARIABLE[$name]}}
	done
	printf '%s' "$text"
}

# fill_in BOARD: asks for each variable's values. One that takes all gets all, others the first. Only
# "label_values(SERIES, LABEL)" is understood, and its result must not be empty.
fill_in() {
	local name all query series label values
	VARIABLE=()
	while IFS=$'\t' read -r name all query; do
		[[ $query =~ ^label_values\((.*),\ *([a-z]+)\)$ ]] || { echo "$1: \$$name: not understood: $query"; return 1; }
		series=$(filled_in "${BASH_REMATCH[1]}") label=${BASH_REMATCH[2]}
		values=$(api "label/$label/values" --data-urlencode "match[]=$series" | jq -r --arg all "$all" \
			'if type != "array" or . == [] then "" elif $all == "one" then .[0]
			elif $all == "each" then "(\(join("|")))" else $all end')
		[ -n "$values" ] || { echo "$1: \$$name: no values for $series"; return 1; }
		VARIABLE[$name]=$values
	done < <(jq -r '.templating.list[] | select(.type == "query") | [.name, if .includeAll then .allValue // "each" else "one" end, .query.query] | @tsv' "$1")
}

# --- what must hold ---

# board_has_data BOARD [BUT]: each query returns numbers, and what its legend and its table's columns
# name is among the labels. Panels with a query that matches BUT are left out.
board_has_data() {
	local title expr legend columns answer asked=0 bad=''
	fill_in "$1" || return 1
	while IFS=$'\t' read -r title expr legend columns; do
		[ -z "${2:-}" ] || ! [[ $expr =~ $2 ]] || continue
		asked=$((asked + 1))
		expr=$(filled_in "$expr")
		answer=$(ask "$expr") || true
		jq -e 'type == "array"' <<<"$answer" >/dev/null 2>&1 || { echo "$title: $answer: $expr"; bad=1; continue; }
		jq -r --arg legend "$legend" --arg columns "$columns" '
			[.[].value[1] | select(test("NaN|Inf"))] as $odd
			| ($legend | [scan("{{ *([a-z_]+) *}}")[]]) as $labels
			| if length == 0 then "no data"
			  elif ($odd | length) > 0 then "not numbers: \($odd)"
			  else
				($labels[] as $l | select(any(.[].metric; (.[$l] // "") == "")) | "legend: no label \($l)"),
				([.[].metric | keys[]] | unique) as $have
				| ($columns | split(" ")[] | select(. as $c | $have | index([$c]) | not) | "columns: no label \(.)")
			  end' <<<"$answer" >"$WORK/complaints" || echo "jq fails" >>"$WORK/complaints"
		if [ -s "$WORK/complaints" ]; then
			echo "$title: $(paste -sd ';' "$WORK/complaints"): $expr"
			bad=1
		fi
	# A column that is a label must come with each of a table's queries, for their rows to be put
	# together; but where these are several informations, with the one that names it.
	done < <(jq -r '.panels[] | . as $p | .targets[]? | .expr as $expr
		| [$p.title, $expr, .legendFormat, (
			[$p.transformations[]? | select(.id == "filterFieldsByName").options.include.names[]
				| select(startswith("Value") | not)
				| select(any($p.targets[]; .expr | test("^max by") | not) or inside($expr))]
			| join(" "))] | @tsv' "$1")
	[ $asked -gt 10 ] || { echo "only $asked queries found"; return 1; }
	[ -z "$bad" ]
}

rules_of() {
	yq -r "[.groups[].rules[] | select(.$1)] | .[] | .$2" dashboards/rules/*.yml
}

rules_are_well() {
	local bad
	bad=$(api rules | jq -r 'if (.groups | length) == 0 then "no rules" else
		.groups[].rules[] | select(.health != "ok") | "\(.name): \(.health) \(.lastError // "")" end') || return 1
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}

recorded_have_data() {
	local name bad=''
	for name in $(rules_of record record); do
		has_data "$name" || { echo "$name: $(ask "$name")"; bad=1; }
	done
	[ -z "$bad" ]
}

# metrics_of <EXPRESSIONS: the names of metrics in PromQL, one expression a line (or a JSON string)
metrics_of() {
	jq -Rr '
		gsub("\"[^\"]*\""; "") | gsub("\\{[^}]*\\}"; "") | gsub("\\[[^]]*\\]"; "")
		| gsub("\\b(by|without|on|ignoring|group_left|group_right) *\\([^)]*\\)"; " ")
		| [scan("(?<![0-9A-Za-z_:.])[a-z_:][a-z0-9_:]*(?![a-z0-9_:]* *\\()")]
		| map(select(IN("and", "or", "unless", "bool", "offset") | not))
		| if length == 0 then "(none)" else .[] end'
}

# knows_metrics FILE: all metrics of all dashboards and rules are in FILE, a page of metrics, or
# recorded, or what Prometheus adds to each scrape.
knows_metrics() {
	local unknown
	{
		jq -r '.panels[].targets[]?.expr' "${BOARDS[@]}"
		rules_of expr expr | tr '\n' ' '
		echo
	} | metrics_of | sort -u >"$WORK/used"
	{
		sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$1"
		rules_of record record
		printf '%s\n' up scrape_duration_seconds scrape_samples_scraped
	} | sort -u >"$WORK/known"
	unknown=$(comm -23 "$WORK/used" "$WORK/known")
	[ -z "$unknown" ] || { echo "unknown: $unknown"; return 1; }
	[ "$(wc -l <"$WORK/used")" -gt 20 ] || { echo "too few metrics found: $(cat "$WORK/used")"; return 1; }
}
