// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of the VMs: the counters as they came, and what has become of them since.

// Rates are of the last seconds: long enough to read, short enough to see what one does.
const WINDOW = 10;
// Nobody knows how it was in between: more than a patient request and the pauses around it take.
const GAP = 30;
// How far back the lines go, and how close their points may be.
const PAST = 300, SHORT = 0.9;

const model = {
	vms: new Map(), // by id, "<pid>-<fd>"
	time: null,     // of the snapshot, on a clock of its own
	offset: 0,      // from that to the time of day
	doc: null,
};

// One of a kind with counters: a VM, or one of its vCPUs.
function newCounted(id) {
	return {id, doc: null, samples: [], rates: null, past: [], mark: null};
}

function isLess(now, before) {
	for (let i = 0; i < now.length; i++)
		if (now[i] !== null && before[i] !== null && typeof now[i] === 'number' && now[i] < before[i])
			return true;
	return false;
}

// Take the counters of a snapshot. Those that went back are others: begin anew.
function count(counted, doc, time) {
	const samples = counted.samples;
	const last = samples[samples.length - 1];
	const reasons = new Map(doc.reasons.map(r => [r[0], r]));

	counted.doc = doc;
	if (last && last.time === time)
		return;
	if (last && (isLess(doc.total, last.total) || isOlder(reasons, last.reasons))) {
		samples.length = 0;
		counted.past.length = 0;
		counted.mark = null;
	}
	// The lines have a gap.
	if (last && time - last.time > GAP) {
		samples.length = 0;
		counted.mark = null;
		counted.past.push([time, null]);
	}
	samples.push({time, total: doc.total, reasons});
	while (samples.length > 2 && samples[1].time <= time - WINDOW)
		samples.shift();
	counted.rates = samples.length > 1 ? ratesOf(samples[0], samples[samples.length - 1]) : null;
	remember(counted, samples[samples.length - 1]);
}

function isOlder(reasons, before) {
	for (const [name, old] of before) {
		const now = reasons.get(name);
		if (!now || isLess(now, old))
			return true;
	}
	return false;
}

// A point of the lines, of one interval: [time, exits, kernel, user, blocked, paused] a second;
// of a gap: [time, null]
function remember(counted, to) {
	const {past, mark: from} = counted;
	const seconds = from ? to.time - from.time : 0;

	while (past.length && past[0][0] < to.time - PAST)
		past.shift();
	// A moment is too short to tell a rate by.
	if (from && seconds < SHORT)
		return;
	counted.mark = to;
	if (!from)
		return;
	past.push([to.time, ...to.total.map((v, i) => (v === null ? null : (v - from.total[i]) / seconds))]);
}

function isSameVm(vm, doc) {
	return vm.doc.instance === undefined || doc.instance === undefined ||
		vm.doc.instance === doc.instance;
}

// Take a document of /vms/live.
function take(doc) {
	const seen = new Map();

	// Another boot of the host: nothing that was known is of use.
	if (model.time !== null && doc.time < model.time)
		model.vms.clear();
	model.time = doc.time;
	model.offset = Date.now() / 1000 - doc.time;
	model.doc = doc;
	for (const vmDoc of doc.vms) {
		let vm = model.vms.get(vmDoc.id);
		if (!vm || (!vmDoc.failed && vm.doc && !isSameVm(vm, vmDoc)))
			vm = Object.assign(newCounted(vmDoc.id), {vcpus: new Map(), stats: null, failed: false});
		seen.set(vm.id, vm);
		vm.failed = vmDoc.failed;
		if (vm.failed) {
			for (const counted of [vm, ...vm.vcpus.values()])
				counted.rates = null;
			vm.doc = vm.doc || {...vmDoc, total: [null, null, null, null, null], reasons: []};
			continue;
		}
		vm.seen = new Date();
		count(vm, vmDoc, doc.time);
		takeDetail(vm, vmDoc, doc.time);
	}
	// Who is not there has ended; its object stays with who still shows it.
	model.vms = seen;
}

// What only the VM has that was asked for: its vCPUs, or the statistics of an unpatched KVM.
function takeDetail(vm, doc, time) {
	if (doc.vcpus) {
		const before = vm.vcpus;
		vm.vcpus = new Map();
		for (const v of doc.vcpus) {
			const vcpu = before.get(v.id) || newCounted(v.id);
			count(vcpu, v, time);
			vm.vcpus.set(v.id, vcpu);
		}
	}
	if (doc.stats) {
		// As reasons: what is counted, and how often.
		vm.stats = vm.stats || newCounted('stats');
		count(vm.stats, {total: [], reasons: doc.stats}, time);
	}
}
