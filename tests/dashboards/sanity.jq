# SPDX-License-Identifier: GPL-2.0-or-later
# What is wrong with the dashboards: jq -rs -f sanity.jq *.json prints a line for each complaint.

# Units that Grafana has, or that follow its rule for units of one's own (si:...).
def units: ["none", "short", "s", "bytes", "cps", "percentunit", "bool_yes_no", "si:s/s"];

def complain($where; $what): "\($where): \($what)";
def queries: [.panels[] | select(.type != "row") | .targets[]?];
def twice: group_by(.) | map(select(length > 1) | .[0]);
def overlap($a; $b):
	$a.x < $b.x + $b.w and $b.x < $a.x + $a.w and $a.y < $b.y + $b.h and $b.y < $a.y + $a.h;

# "$name" and "${name...}" in a text, but for Grafana's own
def variables_used: [scan("\\$\\{?([A-Za-z_]+)")[] | select(startswith("__") | not)];

def urls: [.links[]?.url, (.panels[]? | .. | objects | select(has("targetBlank")) | .url)];

# A table shows each of its queries, and what it says of columns is of columns that it has.
def of_table($t):
	[.transformations[] | select(.id == "filterFieldsByName").options.include.names[]] as $columns
	| [.transformations[] | select(.id == "organize").options.renameByName[]] as $headings
	| [$columns[] | select(startswith("Value #")) | ltrimstr("Value #")] as $shown
	| [.targets[].refId] as $asked
	| ([.targets[].expr] | join(" ")) as $exprs
	| (select($exprs | startswith("max by"))
		| $columns[] | select(inside($exprs) | not) | complain($t; "no query has \(.)")),
	  ($shown - $asked | .[] | complain($t; "column of query \(.), which is not there")),
	  (select(($shown | length) > 0) | $asked - $shown | .[] | complain($t; "query \(.) is not shown")),
	  (.fieldConfig.overrides[].matcher.options | select(IN($headings[]) | not) | complain($t; "no column \(.)"));

def of_board:
	. as $d | "\(.title)" as $t | [.templating.list[].name] as $variables
	| (select(.id != null or has("__inputs") or has("__requires")) | complain($t; "is an export, it cannot be provisioned")),
	  (select(.schemaVersion < 39) | complain($t; "schemaVersion \(.schemaVersion)")),
	  (select((.uid // "") | test("^[a-z0-9-]{1,40}$") | not) | complain($t; "uid \(.uid)")),
	  (select((.description // "") == "") | complain($t; "no description")),
	  (("datasource", "job", "host", (if .uid == "kvm-exits-fleet" then empty else "vm" end)) | select(IN($variables[]) | not) | complain($t; "no variable \(.)")),
	  (.templating.list[0] | select(.type != "datasource" or .query != "prometheus") | complain($t; "the first variable is no data source")),
	  (.templating.list[] | select(.type == "query" and .datasource.uid != "${datasource}") | complain($t; "variable \(.name) has a data source of its own")),
	  ([.panels[].id] | twice[] | complain($t; "id \(.) twice")),
	  ([.panels[] | select(.type != "row").title] | twice[] | complain($t; "title \(.) twice")),
	  ([.panels[]] as $p | range(0; $p | length) as $i | range($i + 1; $p | length) as $j
		| select(overlap($p[$i].gridPos; $p[$j].gridPos)) | complain($t; "\($p[$i].title) and \($p[$j].title) overlap")),
	  ((queries[].expr, .templating.list[].query.query?, urls[]) | strings | variables_used[]
		| select(IN($variables[]) | not) | complain($t; "no variable \(.)")),
	  (.panels[] | select(.type != "row") | . as $p | "\($t), \(.title)" as $t
		| (select((.description // "") | length < 10) | complain($t; "no description")),
		  (select((.fieldConfig.defaults.unit // "") | IN(units[]) | not) | complain($t; "unit \(.fieldConfig.defaults.unit)")),
		  (.fieldConfig.overrides[].properties[] | select(.id == "unit" and (.value | IN(units[]) | not)) | complain($t; "unit \(.value)")),
		  (select(.datasource.uid != "${datasource}" or any(.targets[]; .datasource.uid != "${datasource}"))
			| complain($t; "a data source of its own")),
		  (select((.targets | length) == 0) | complain($t; "no query")),
		  ([.targets[].refId] | twice[] | complain($t; "query \(.) twice")),
		  (.targets[] | select((.expr // "") == "" or (.legendFormat // "") == "") | complain($t; "query \(.refId) lacks its expression or legend")),
		  (.gridPos | select(.x < 0 or .x + .w > 24 or .w < 1 or .h < 1) | complain($t; "outside the grid")),
		  (select(.type == "table") | of_table($t)));

# Links lead to dashboards that are here, and set only variables that these have.
def of_links($boards):
	. as $d | urls[] | . as $url
	| (capture("^/d/(?<uid>[a-z0-9-]+)\\?(?<query>.*)$") // {uid: null}) as $to
	| ([$boards[] | select(.uid == $to.uid)][0]) as $target
	| if $target == null then complain($d.title; "link to nowhere: \($url)")
	  else [$target.templating.list[].name] as $there
		| $to.query | split("&")[]
		| (capture("^var-(?<name>[a-z]+)=.") // capture("^\\$\\{(?<name>[a-z]+):queryparam\\}$") // {name: null}).name as $name
		| select(. != "${__url_time_range}" and ($name | IN($there[]) | not))
		| complain($d.title; "link to \($to.uid): \(.)")
	  end;

# One must be able to click from one dashboard on to the other, with these variables.
def leads_on($from; $to; $names):
	[.[] | select(.uid == $from) | .panels[] | .. | objects | select(has("targetBlank")) | .url] as $urls
	| select(any($urls[]; . as $u | startswith("/d/\($to)?")
		and all(("${datasource:queryparam}", "${job:queryparam}", "${__url_time_range}", ($names[] | "var-\(.)=")); . as $p | $u | contains($p))) | not)
	| complain($from; "no panel leads on to \($to)");

. as $boards
| ($boards[] | of_board, of_links($boards)),
  ([$boards[].uid] | twice[] | complain(.; "uid twice")),
  leads_on("kvm-exits-fleet"; "kvm-exits-host"; ["host"]),
  leads_on("kvm-exits-fleet"; "kvm-exits-vm"; ["host", "vm"]),
  leads_on("kvm-exits-host"; "kvm-exits-vm"; ["host", "vm"]),
  ([$boards[].panels[] | select(.type != "row" and (.targets | length) > 0)] | length
	| select(. < 20) | complain("all"; "only \(.) panels with queries"))
