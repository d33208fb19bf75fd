// SPDX-License-Identifier: GPL-2.0-or-later
// One VM: what its exits are, what they cost, and what to do about them.

const detail = {
	id: null,     // as in the address: a pid, or "<pid>-<fd>"
	vcpu: null,   // null: all of them
	vm: null,     // the object of the model, the last one that there was
	gone: null,   // when it was last seen, once it has gone
	others: '',   // told when another VM has taken its place
	opened: false, // the words on the first reason
	sort: {by: 'time', down: true},
	charts: null, // [exits, phases]
};

const reasonKeys = {
	name: r => r.name,
	exits: r => (r.rate ? r.rate[EXITS] : null),
	time: r => (r.rate ? handling(r.rate) : null),
	each: r => costOf(r),
	total: r => r.total[EXITS],
};

// Seconds that handling one exit takes; of the last seconds, or since the start.
function costOf({rate, total}) {
	const values = rate && rate[EXITS] ? rate : total;
	const time = handling(values);
	return time === null || !values[EXITS] ? null : time / values[EXITS];
}

function findVm(id) {
	return model.vms.get(id) || [...model.vms.values()].find(vm => String(vm.doc.pid) === id) || null;
}

function showDetail(id, vcpu) {
	const known = findVm(id)?.id;
	// A pid alone may be of more than one VM: from now on it is this one.
	if (known && known !== id) {
		id = known;
		history.replaceState(null, '', location.hash.replace(/\d+/, id));
	}
	if (id !== detail.id)
		Object.assign(detail, {id, vm: null, gone: null, others: '', opened: false});
	detail.vcpu = vcpu;
	drawDetail();
}

// The VM that is shown: it may have ended, and another one may have its pid.
function follow() {
	const vm = findVm(detail.id);
	if (vm && detail.vm && vm !== detail.vm)
		detail.others = 'The VM that was shown here has ended. This is another one with its pid.';
	if (vm) {
		detail.vm = vm;
		detail.gone = null;
	} else if (detail.vm && !detail.gone) {
		detail.gone = detail.vm.seen || new Date();
	}
	return detail.vm;
}

function drawDetail() {
	const vm = follow();
	const note = !vm ? `There is no VM ${detail.id} on this host.`
		: detail.gone ? `This VM has ended. Its numbers are the last ones, of ${clock(detail.gone)}.`
			: vm.failed ? 'This VM’s counters cannot be read.' : detail.others;

	byId('vm-note').hidden = !note;
	setText(byId('vm-note'), note);
	// Of one that could never be read nothing is known.
	byId('vm-parts').hidden = !vm || vm.doc.total[EXITS] === null;
	setText(byId('vm-name'), vm ? nameOf(vm) : detail.id);
	document.title = `${vm ? nameOf(vm) : detail.id} – VM exits`;
	if (!vm)
		return;
	drawFacts(vm);
	setText(byId('finding'), vm.failed ? '' : finding(vm));
	drawCharts(vm);
	drawVcpus(vm);
	drawReasons(vm);
	drawStats(vm);
}

function drawFacts(vm) {
	const doc = vm.doc;
	const total = vm.rates && vm.rates.total;
	const times = doc.total[KERNEL] !== null;
	const tiles = [
		['exits a second', perSecond(total && total[EXITS])],
		['exits since its start', whole.format(doc.total[EXITS])],
	];
	if (times) {
		tiles.splice(1, 0, ['time of handling', load(total && handling(total))]);
		tiles.push(['handling since its start', duration(handling(doc.total))]);
	}
	byId('tiles').replaceChildren(...tiles.map(([name, value]) =>
		make('div', 'tile', make('b', '', value), make('span', '', name))));
	const isas = {svm: 'AMD SVM', vmx: 'Intel VMX'};
	const facts = [`pid ${doc.pid}`, doc.vmm, `${doc.vcpu_count} vCPU${doc.vcpu_count === 1 ? '' : 's'}`, isas[doc.isa] || doc.isa,
		doc.uuid && `uuid ${doc.uuid}`, doc.dropped ? `${doc.dropped} intervals dropped` : '',
		doc.on === false ? 'accounting is switched off (kvm.exit_stats)' : ''];
	setText(byId('facts'), facts.filter(Boolean).join(' · '));
	byId('json').href = '/vm/' + vm.id;
	byId('phase-bar').parentElement.hidden = !times;
	setText(byId('phase-text'), fillPhases(byId('phase-bar'), total, doc.vcpu_count));
}

function drawCharts(vm) {
	const places = [byId('rate-chart'), byId('phase-chart')];
	const times = vm.doc.total[KERNEL] !== null;

	places[1].parentElement.hidden = !times;
	if (!detail.charts)
		detail.charts = [newRateChart(places[0]), newPhaseChart(places[1])];
	fillRateChart(detail.charts[0], vm.past);
	if (times)
		fillPhaseChart(detail.charts[1], vm.past, vm.doc.vcpu_count);
	detail.charts.forEach((chart, i) => fitChart(chart, places[i]));
}

// Colours are the theme's.
function renewCharts() {
	for (const chart of detail.charts || [])
		chart.destroy();
	detail.charts = null;
	if (detail.id)
		drawDetail();
}

function makeVcpuRow() {
	const parts = {link: make('a'), exits: make('td', 'num'), handling: make('td', 'num'),
		reasons: makeBar(), reasonText: make('small'), phases: makeBar(), phaseText: make('small')};
	const row = make('tr', '', make('th', '', parts.link), parts.exits, parts.handling,
		make('td', 'reasons', parts.reasons, parts.reasonText), make('td', 'phases', parts.phases, parts.phaseText));
	return Object.assign(row, {parts});
}

function fillVcpuRow(row, vm, counted, vcpu) {
	const {link, exits, handling: time, reasons, reasonText, phases, phaseText} = row.parts;
	const total = counted.rates && counted.rates.total;
	const chosen = vcpu === detail.vcpu;

	row.className = chosen ? 'chosen' : '';
	setText(link, vcpu === null ? 'all' : 'vCPU ' + vcpu);
	link.href = addressOf(vm) + (vcpu === null ? '' : '&vcpu=' + vcpu);
	link.setAttribute('aria-current', chosen);
	setText(phaseText, fillPhases(phases, total, vcpu === null ? vm.doc.vcpu_count : 1));
	setText(reasonText, fillReasons(reasons, counted, false));
	setText(exits, perSecond(total && total[EXITS]));
	setText(time, load(total && handling(total)));
}

function drawVcpus(vm) {
	const ids = [null, ...vm.vcpus.keys()];
	const rows = keepRows(byId('vcpus').tBodies[0], ids, makeVcpuRow);

	byId('vcpus').parentElement.hidden = ids.length === 1;
	ids.forEach((id, i) => fillVcpuRow(rows[i], vm, id === null ? vm : vm.vcpus.get(id), id));
}

function reasonsOf(counted) {
	const rates = new Map(counted.rates?.reasons.map(r => [r.name, r.rate]));
	return counted.doc.reasons.map(r => ({name: r[0], total: r.slice(1),
		rate: rates.get(r[0]) || null}));
}

function makeReasonRow(name) {
	const about = explain(name);
	const parts = {bar: makeBar(), split: makeBar(), source: make('small', 'source'), exits: make('td', 'num'),
		time: make('span'), times: make('td', 'split'), each: make('td', 'num each'), total: make('td', 'num total'),
		words: make('details', '', make('summary', '', about.means), make('p', '', make('b', '', 'What helps: '), about.helps))};
	parts.words.append(parts.source);
	parts.times.append(parts.split);
	const row = make('tr', '', make('th', '', paint(make('i', 'dot'), 'kind-' + about.kind), make('b', '', name), parts.words),
		parts.exits, make('td', 'num', parts.time, parts.bar), parts.times, parts.each, parts.total);
	row.dataset.reason = name;
	return Object.assign(row, {parts});
}

function fillReasonRow(row, reason, isa, all) {
	const {name, rate, total} = reason;
	const parts = row.parts;
	const time = rate ? handling(rate) : handling(total);
	const share = all ? time / all : 0;
	const of = rate && (time || rate[BLOCKED]) ? rate : total;
	const sum = of[KERNEL] + of[USER] + of[BLOCKED] || 1;
	const phases = [KERNEL, USER, BLOCKED].map(at => ({name: 'phase-' + PHASES[at][0], share: of[at] / sum,
		text: `${PHASES[at][1]} ${span(of[at])}${of === rate ? '/s' : ''}`}));

	fillBar(parts.bar, share ? [{name: 'kind-' + explain(name).kind, share, text: percent(share)}] : [], `${percent(share)} of handling`);
	fillBar(parts.split, phases, phases.map(p => p.text).join(', '));
	parts.split.hidden = total[KERNEL] === null;
	setText(parts.source, 'Source: ' + sources(name, isa));
	setText(parts.exits, perSecond(rate && rate[EXITS]));
	setText(parts.time, load(rate && handling(rate)));
	setText(parts.each, span(costOf(reason)));
	setText(parts.total, whole.format(total[EXITS]));
}

function drawReasons(vm) {
	const counted = detail.vcpu === null ? vm : vm.vcpus.get(detail.vcpu);
	const reasons = counted ? reasonsOf(counted) : [];
	const table = byId('reasons');
	const key = reasonKeys[detail.sort.by];

	const all = reasons.reduce((sum, r) => sum + (handling(r.rate || r.total) || 0), 0);
	reasons.sort((a, b) => compareKeys(key(a), key(b), detail.sort.down) || b.total[EXITS] - a.total[EXITS]);
	markSorted(table.tHead.rows[0].cells, detail.sort);
	setText(byId('of-whom'), detail.vcpu === null ? '' : ` of vCPU ${detail.vcpu}`);
	table.parentElement.hidden = Boolean(vm.doc.stock);
	const rows = keepRows(table.tBodies[0], reasons.map(r => r.name), makeReasonRow);
	reasons.forEach((r, i) => fillReasonRow(rows[i], r, vm.doc.isa, all));
	// Whoever comes here for the first time sees that there are words.
	if (!detail.opened && reasons.length) {
		detail.opened = true;
		rows[0].parts.words.open = true;
	}
}

// What an unpatched KVM counts, as rates.
function drawStats(vm) {
	byId('stats').parentElement.hidden = !vm.stats;
	if (!vm.stats)
		return;
	const rates = new Map(vm.stats.rates?.reasons.map(r => [r.name, r.rate[0]]));
	const stats = vm.stats.doc.reasons.filter(s => s[1]);
	const rows = keepRows(byId('stats').tBodies[0], stats.map(s => s[0]), name =>
		make('tr', '', make('th', '', name), make('td', 'num'), make('td', 'num')));
	stats.forEach(([name, value], i) => {
		const rate = rates.get(name) ?? null;
		const isTime = name.endsWith('_ns');
		setText(rows[i].cells[1], isTime ? load(rate === null ? null : rate / 1e9) : perSecond(rate));
		setText(rows[i].cells[2], isTime ? duration(value / 1e9) : whole.format(value));
	});
}

function beginDetail() {
	for (const header of byId('reasons').tHead.rows[0].cells)
		if (header.dataset.key)
			sortButton(header, header.dataset.key, detail.sort, drawDetail);
	fillLegend(byId('vm-kinds'), kindEntries());
	fillLegend(byId('vm-phases'), phaseEntries());
	addEventListener('resize', () => detail.id && detail.vm && drawCharts(detail.vm));
}
