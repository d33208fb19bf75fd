# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the dashboards share. A panel is an object that begins with timeseries, stat or table, and
# is refined by what follows:
#
#     timeseries("Title"; "what it shows"; "cps"; q("PROMQL"; "{{vm}}")) | link_vm
#
# Panels get their ids and places from dashboard(): from left to right, in rows of 24 columns.

def ds: {type: "prometheus", uid: "${datasource}"};

# Units. Seconds per second are what many call CPUs; exits are counts per second.
def per_second: "cps";
def seconds_per_second: "si:s/s";
def share: "percentunit";

# q(PROMQL; LEGEND): a query over the time range; now(...): only its last value.
def q($expr; $legend):
	{datasource: ds, editorMode: "code", expr: $expr, legendFormat: $legend, range: true, instant: false};
def now($expr; $legend): q($expr; $legend) | .range = false | .instant = true;
def row_of($expr): now($expr; "__auto") | .format = "table";

def panel($type; $title; $description; $unit; $targets):
	{
		type: $type, title: $title, description: $description, datasource: ds,
		gridPos: {w: 12, h: 8},
		fieldConfig: {defaults: {unit: $unit, min: 0}, overrides: []},
		options: {},
		targets: ([$targets] | flatten | to_entries
			| map(.value + {refId: ("ABCDEFGH"[.key:.key + 1])}))
	};

def timeseries($title; $description; $unit; targets):
	panel("timeseries"; $title; $description; $unit; [targets])
	| .fieldConfig.defaults += {
		color: {mode: "palette-classic"},
		custom: {drawStyle: "line", lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false}
	}
	| .options = {
		legend: {displayMode: "table", placement: "bottom", showLegend: true, calcs: ["lastNotNull", "max"]},
		tooltip: {mode: "multi", sort: "desc"}
	};
def stacked: .fieldConfig.defaults.custom += {fillOpacity: 60, stacking: {mode: "normal", group: "A"}};

# Colours: green below the first threshold, and those given from each value on.
def thresholds(steps):
	.fieldConfig.defaults += {
		color: {mode: "thresholds"},
		thresholds: {mode: "absolute", steps: ([{color: "green", value: null}] + [steps])}
	};

def stat($title; $description; $unit; targets):
	panel("stat"; $title; $description; $unit; [targets])
	| .gridPos = {w: 4, h: 4}
	| thresholds(empty)
	| .options = {
		colorMode: "value", graphMode: "area", justifyMode: "auto", orientation: "auto", textMode: "auto",
		wideLayout: true, showPercentChange: false, percentChangeColorMode: "standard",
		reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}
	};

# The queries' last values side by side, a row for each set of labels. columns is a list of
# [field, heading, unit]: labels by their names, queries as "Value #A", "Value #B", ...
def table($title; $description; $unit; targets; columns):
	panel("table"; $title; $description; $unit; [targets])
	| .gridPos = {w: 24, h: 9}
	| .fieldConfig.defaults += {custom: {align: "auto", filterable: true, cellOptions: {type: "auto"}, inspect: false}}
	| .options = {showHeader: true, cellHeight: "sm", footer: {show: false, reducer: ["sum"], countRows: false}}
	| .transformations = [
		{id: "merge", options: {}},
		{id: "filterFieldsByName", options: {include: {names: (columns | map(.[0]))}}},
		{id: "organize", options: {
			excludeByName: {},
			indexByName: (columns | to_entries | map({key: .value[0], value: .key}) | from_entries),
			renameByName: (columns | map({key: .[0], value: .[1]}) | from_entries)
		}}
	]
	| .fieldConfig.overrides = (columns | map(select(.[2])
		| {matcher: {id: "byName", options: .[1]}, properties: [{id: "unit", value: .[2]}]}))
	| .options.sortBy = (columns | map(select(.[2])) | .[:1] | map({displayName: .[1], desc: true}));

def size($w; $h): .gridPos = {w: $w, h: $h};
def row($title): {type: "row", title: $title, collapsed: false, panels: [], gridPos: {w: 24, h: 1}};

# --- links ---

def to($uid; $vars): "/d/\($uid)?" + ((["datasource", "job"] | map("${\(.):queryparam}"))
	+ ($vars | to_entries | map("var-\(.key)=\(.value)")) + ["${__url_time_range}"] | join("&"));

def with_link($title; $url): .fieldConfig.defaults.links = [{title: $title, url: $url, targetBlank: false}];
def of_series($name): "${__field.labels.\($name):percentencode}";
def link_host: with_link("This host"; to("kvm-exits-host"; {host: of_series("instance")}));
def link_vm: with_link("This VM"; to("kvm-exits-vm"; {host: of_series("instance"), vm: of_series("vm")}));

# In a table only the named column is a link.
def column_link($column; $title; $url):
	.fieldConfig.overrides += [{matcher: {id: "byName", options: $column},
		properties: [{id: "links", value: [{title: $title, url: $url, targetBlank: false}]}]}];
def column_link_host: column_link("Host"; "This host"; to("kvm-exits-host"; {host: "${__data.fields.Host:percentencode}"}));
def column_link_vm:
	column_link("VM"; "This VM"; to("kvm-exits-vm"; {host: "${__data.fields.Host:percentencode}", vm: "${__data.fields.VM:percentencode}"}));

# The links at the top of a dashboard. keepTime adds the time range.
def link_to($uid; $title; vars):
	{
		type: "link", title: $title, icon: "dashboard", tooltip: "", tags: [], asDropdown: false,
		targetBlank: false, includeVars: false, keepTime: true,
		url: ("/d/\($uid)?" + ([vars] | map("${\(.):queryparam}") | join("&")))
	};

# --- variables ---

def var_datasource:
	{
		name: "datasource", label: "Data source", type: "datasource", query: "prometheus", regex: "",
		hide: 0, refresh: 1, multi: false, includeAll: false, skipUrlSync: false, options: []
	};
def var_query($name; $caption; $query):
	{
		name: $name, label: $caption, type: "query", datasource: ds, definition: $query,
		query: {qryType: 1, query: $query, refId: "PrometheusVariableQueryEditor-VariableQuery"},
		regex: "", hide: 0, refresh: 2, sort: 1, multi: false, includeAll: false, skipUrlSync: false,
		options: []
	};
# Several values, or all: then Grafana would write all names into the query. allValue keeps that
# short with thousands of hosts; a job must be named, since up is of every job.
def all: . + {multi: true, includeAll: true, current: {selected: true, text: ["All"], value: ["$__all"]}};
def any: all | .allValue = ".+";
def var_job: var_query("job"; "Job"; "label_values(kvm_exit_exporter_build_info, job)") | all;
def var_host: var_query("host"; "Host"; "label_values(kvm_exit_exporter_build_info{job=~\"$job\"}, instance)");
def var_vm: var_query("vm"; "VM"; "label_values(kvm_vm_vcpus{job=~\"$job\", instance=\"$host\"}, vm)");

# --- the whole ---

# Panels in rows of 24 columns; each row is as high as its highest panel.
def placed:
	reduce .[] as $p ({x: 0, y: 0, h: 0, panels: []};
		if .x + $p.gridPos.w > 24 then .x = 0 | .y += .h | .h = 0 else . end
		| .panels += [$p + {id: (.panels | length + 1), gridPos: ($p.gridPos + {x: .x, y: .y})}]
		| .x += $p.gridPos.w
		| .h = ([.h, $p.gridPos.h] | max))
	| .panels;

def dashboard($uid; $title; $description; variables; links; panels):
	{
		id: null, uid: $uid, title: $title, description: $description, tags: ["kvm", "kvm-exit-exporter"],
		schemaVersion: 39, version: 1, editable: true, graphTooltip: 1, timezone: "browser", weekStart: "",
		fiscalYearStartMonth: 0, liveNow: false, refresh: "30s", time: {from: "now-1h", to: "now"},
		timepicker: {}, annotations: {list: []}, links: [links], templating: {list: [variables]},
		panels: ([panels] | placed)
	};
