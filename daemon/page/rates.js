// SPDX-License-Identifier: GPL-2.0-or-later
// From counters to rates and shares.

// Positions in a total, and one less than in a reason.
const EXITS = 0, KERNEL = 1, USER = 2, BLOCKED = 3, PAUSED = 4;

const UNKNOWN = {names: [], kind: 'other', means: 'A reason that this page has no words for.', helps: '', see: ''};
const KINDS = {
	io: 'devices', memory: 'memory', interrupt: 'interrupts', timer: 'timers, APIC, MSRs',
	instruction: 'instructions', idle: 'waiting', call: 'calls', nested: 'nesting',
	fault: 'exceptions', other: 'others',
};
const PHASES = [
	['guest', 'guest', 'The guest runs (or what is not counted).'],
	['kernel', 'KVM', 'KVM handles exits, interrupts of the host included.'],
	['user', 'VMM', 'The VMM (QEMU or another) handles exits.'],
	['blocked', 'idle', 'The guest waits for something to do.'],
	['paused', 'paused', 'The VMM does not let the guest run: stopped, debugged, frozen.'],
];

const explained = new Map();

function matches(pattern, name) {
	const star = pattern.indexOf('*');
	return star < 0 ? pattern === name
		: name.startsWith(pattern.slice(0, star)) && name.endsWith(pattern.slice(star + 1));
}

// What reasons.json has on a reason.
function explain(name) {
	if (!explained.has(name))
		explained.set(name, REASONS.find(r => r.names.some(p => matches(p, name))) || UNKNOWN);
	return explained.get(name);
}

// Where that is from.
function sources(name, isa) {
	const manual = isa === 'vmx' ? 'Intel SDM Vol. 3, Appendix C' : 'AMD APM Vol. 2, Appendix C';
	const kernel = explain(name).see;
	return kernel ? `${manual}; Linux’ Documentation: ${kernel}` : manual;
}

function perSeconds(now, before, seconds) {
	return now.map((value, i) => (value === null || before[i] === null ? null : (value - before[i]) / seconds));
}

// The rates between two samples of the same counters, which only grow.
function ratesOf(from, to) {
	const seconds = to.time - from.time;
	const reasons = [];

	for (const [name, now] of to.reasons) {
		// A reason that was not there had no exits yet. A statistic could not be read.
		const before = from.reasons.get(name) || (to.total.length ? [name, 0, 0, 0, 0] : [name, null]);
		reasons.push({name, rate: perSeconds(now.slice(1), before.slice(1), seconds)});
	}
	return {seconds, total: perSeconds(to.total, from.total, seconds), reasons};
}

// Seconds that handling takes: what hurts. The time blocked is the guest's own wish.
function handling(values) {
	return values[KERNEL] === null || values[KERNEL] === undefined ? null : values[KERNEL] + values[USER];
}

// The reasons of a VM by what they cost, or by how many: [{name, value, share}]. Before there are
// rates, as of the counters since the VM's start.
function reasonShares(counted, byExits) {
	const of = byExits ? values => values[EXITS] : handling;
	const list = counted.rates ? counted.rates.reasons.map(r => [r.name, of(r.rate)])
		: counted.doc.reasons.map(r => [r[0], of(r.slice(1))]);
	const sum = list.reduce((total, [, value]) => total + value, 0);

	return list.filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1])
		.map(([name, value]) => ({name, value, share: value / sum}));
}

// Where the time of so many vCPUs goes: [[phase, share]]. null: not known
function phaseShares(total, vcpus) {
	if (!total || total[KERNEL] === null || !vcpus)
		return null;
	const phases = total.slice(KERNEL, PAUSED + 1);
	const sum = phases.reduce((a, b) => a + b, 0);
	// Counters are read one after the other: a bit more than all is all.
	const all = Math.max(vcpus, sum);

	return PHASES.map(([phase], i) => [phase, (i ? phases[i - 1] : all - sum) / all]);
}

// What is worth a look, in a sentence. '' while there is nothing to say.
function finding(vm) {
	const rates = vm.rates;
	const [first] = reasonShares(vm, false);
	const phases = rates && phaseShares(rates.total, vm.doc.vcpu_count);

	if (!phases || !first)
		return '';
	const share = handling(rates.total) / Math.max(vm.doc.vcpu_count, 1);
	const user = rates.reasons.find(r => r.name === first.name).rate[USER] / first.value;
	const vcpus = vm.doc.vcpu_count === 1 ? 'its vCPU’s time' : `the time of its ${vm.doc.vcpu_count} vCPUs`;
	const who = user > 0.6 ? ', most of it in the VMM' : user < 0.1 ? ', in KVM' : '';
	const verdict = share < 0.02 ? 'Exits are no burden here: ' : '';
	return `${verdict}${percent(share)} of ${vcpus} goes into handling exits. ` +
		`${first.name} takes ${percent(first.share)} of that${who}.`;
}
