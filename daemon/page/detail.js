// SPDX-License-Identifier: GPL-2.0-or-later
// One VM: what its exits are, what they cost, and what to do about them.

const detail = {
	id: null,     // as in the address: a pid, or "<pid>-<fd>"
	vcpu: null,   // null: all of them
	vm: null,     // the object of the model, the last one that there was
	gone: null,   // when it had gone
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
		detail.gone = new Date();
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
	byId('vm-parts').hidden = !vm;
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
		['exits since its start', whole.format(doc.total[EXITS] ?? 0)],
	];
	if (times) {
		tiles.splice(1, 0, ['time of handling', load(total && handling(total))]);
		tiles.push(['handling since its start', duration(handling(doc.total))]);
	}
	byId('tiles').replaceChildren(...tiles.map(([name, value]) =>
		make('div', 'tile', make('b', '', value), make('span', '', name))));
	const isas = {svm: 'AMD SVM', vmx: 'Intel VMX'};
	const facts = [`pid ${doc.pid}`, doc.vmm, `${doc.vcpu_count ?? 0} vCPU${doc.vcpu_count === 1 ? '' : 's'}`, isas[doc.isa] || doc.isa,
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
	if (!byId('detail').hidden)
		drawDetail();
}

function vcpuRow(vm, counted, name, vcpu) {
	const row = make('tr', vcpu === detail.vcpu ? 'chosen' : '');
	const link = make('a', '', name);
	const phases = makeBar(), reasons = makeBar();
	const phaseText = make('small'), reasonText = make('small');
	const total = counted.rates && counted.rates.total;

	link.href = addressOf(vm) + (vcpu === null ? '' : '&vcpu=' + vcpu);
	if (vcpu === detail.vcpu)
		link.setAttribute('aria-current', 'true');
	setText(phaseText, fillPhases(phases, total, vcpu === null ? vm.doc.vcpu_count : 1));
	setText(reasonText, fillReasons(reasons, counted, false));
	row.append(make('th', '', link), make('td', 'num', perSecond(total && total[EXITS])),
		make('td', 'num', load(total && handling(total))), make('td', 'reasons', reasons, reasonText),
		make('td', 'phases', phases, phaseText));
	return row;
}

function drawVcpus(vm) {
	const body = byId('vcpus').tBodies[0];
	const hash = body.contains(document.activeElement) && document.activeElement.hash;
	const rows = [...vm.vcpus.values()].map(v => vcpuRow(vm, v, 'vCPU ' + v.id, v.id));

	byId('vcpus').parentElement.hidden = rows.length === 0;
	body.replaceChildren(vcpuRow(vm, vm, 'all', null), ...rows);
	if (hash)
		[...body.querySelectorAll('a')].find(a => a.hash === hash)?.focus({preventScroll: true});
}

function reasonsOf(counted) {
	const rates = new Map((counted.rates && counted.rates.reasons || []).map(r => [r.name, r.rate]));
	return counted.doc.reasons.map(r => ({name: r[0], total: r.slice(1),
		rate: rates.get(r[0]) || null}));
}

function reasonRow(reason, isa, all) {
	const {name, rate, total} = reason;
	const about = explain(name);
	const time = rate ? handling(rate) : handling(total);
	const parts = rate && (time || rate[BLOCKED]) ? rate : total;
	const sum = parts[KERNEL] + parts[USER] + parts[BLOCKED] || 1;
	const bar = makeBar(), split = makeBar();

	const share = all ? time / all : 0;
	fillBar(bar, share ? [{name: 'kind-' + about.kind, share, text: percent(share)}] : [], `${percent(share)} of handling`);
	const phases = [KERNEL, USER, BLOCKED].map(at => ({name: 'phase-' + PHASES[at][0], share: parts[at] / sum,
		text: `${PHASES[at][1]} ${span(parts[at])}${parts === rate ? '/s' : ''}`}));
	fillBar(split, phases, phases.map(p => p.text).join(', '));
	const source = make('small', 'source', 'Source: ' + sources(name, isa));
	const words = make('details', '', make('summary', '', about.means), make('p', '', make('b', '', 'What helps: '), about.helps), source);
	const row = make('tr', '', make('th', '', paint(make('i', 'dot'), 'kind-' + about.kind), make('b', '', name), words),
		make('td', 'num', perSecond(rate && rate[EXITS])),
		make('td', 'num', load(rate && handling(rate)), bar),
		make('td', 'split', total[KERNEL] === null ? '' : split),
		make('td', 'num each', span(costOf(reason))), make('td', 'num total', whole.format(total[EXITS])));
	row.dataset.reason = name;
	return row;
}

function drawReasons(vm) {
	const counted = detail.vcpu === null ? vm : vm.vcpus.get(detail.vcpu);
	const reasons = counted ? reasonsOf(counted) : [];
	const table = byId('reasons');
	const open = new Set([...table.querySelectorAll('details[open]')].map(d => d.closest('tr').dataset.reason));
	const focused = document.activeElement.closest?.('#reasons tr')?.dataset.reason;
	const key = reasonKeys[detail.sort.by];

	const all = reasons.reduce((sum, r) => sum + (handling(r.rate || r.total) || 0), 0);
	reasons.sort((a, b) => compareKeys(key(a), key(b), detail.sort.down) || b.total[EXITS] - a.total[EXITS]);
	markSorted(table.tHead.rows[0].cells, detail.sort);
	setText(byId('of-whom'), detail.vcpu === null ? '' : ` of vCPU ${detail.vcpu}`);
	table.parentElement.hidden = Boolean(vm.doc.stock);
	table.tBodies[0].replaceChildren(...reasons.map(r => reasonRow(r, vm.doc.isa, all)));
	// Whoever comes here for the first time sees that there are words.
	if (!detail.opened && reasons.length) {
		detail.opened = true;
		open.add(reasons[0].name);
	}
	for (const row of table.tBodies[0].rows) {
		if (open.has(row.dataset.reason))
			row.querySelector('details').open = true;
		if (focused && row.dataset.reason === focused)
			row.querySelector('summary').focus({preventScroll: true});
	}
}

// What an unpatched KVM counts, as rates.
function drawStats(vm) {
	byId('stats').parentElement.hidden = !vm.stats;
	if (!vm.stats)
		return;
	const rates = new Map((vm.stats.rates ? vm.stats.rates.reasons : []).map(r => [r.name, r.rate[0]]));
	byId('stats').tBodies[0].replaceChildren(...vm.stats.doc.reasons.filter(s => s[1]).map(([name, value]) => {
		const rate = rates.get(name) ?? null;
		const isTime = name.endsWith('_ns');
		return make('tr', '', make('th', '', name),
			make('td', 'num', isTime ? load(rate === null ? null : rate / 1e9) : perSecond(rate)),
			make('td', 'num', isTime ? duration(value / 1e9) : whole.format(value)));
	}));
}

function beginDetail() {
	for (const header of byId('reasons').tHead.rows[0].cells)
		if (header.dataset.key)
			sortButton(header, header.dataset.key, detail.sort, drawDetail);
	fillLegend(byId('vm-kinds'), kindEntries());
	fillLegend(byId('vm-phases'), phaseEntries());
	addEventListener('resize', () => detail.charts && !byId('detail').hidden && drawCharts(detail.vm));
}
