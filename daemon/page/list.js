// SPDX-License-Identifier: GPL-2.0-or-later
// The list of VMs. Only the rows that can be seen are elements: a host may have thousands of VMs.

const list = {
	sort: {by: 'handling', down: true},
	filter: '',
	order: [], // VMs as they are shown
	rows: [],  // elements, one for each that can be seen, from the first such on
	first: 0,
	lost: null, // the id of the VM that had the focus when it was scrolled away
	scroll: 0,  // where the list was before a VM was shown
};

const sortKeys = {
	name: vm => nameOf(vm),
	pid: vm => vm.doc.pid,
	vcpus: vm => vm.doc.vcpu_count ?? null,
	exits: vm => (vm.rates ? vm.rates.total[EXITS] : null),
	handling: vm => (vm.rates ? handling(vm.rates.total) : null),
};

function nameOf(vm) {
	return vm.doc.name || `pid ${vm.doc.pid}`;
}

function addressOf(vm) {
	return '#vm=' + vm.id;
}

function fits(vm) {
	const {name, vmm, uuid, pid} = vm.doc;
	return [name, vmm, uuid, String(pid)].some(text => text && text.toLowerCase().includes(list.filter));
}

// Rows do not move under the pointer, nor while the keyboard is in the list: the focus is there too
// after a click has led back from a VM, and stays.
function isHeld() {
	const body = byId('vms').tBodies[0];
	return body.matches(':hover') || body.querySelector(':focus-visible');
}

function putInOrder(anew) {
	const key = sortKeys[list.sort.by];
	const shown = [...model.vms.values()].filter(fits);
	const held = !anew && isHeld();

	if (held) {
		const place = new Map(list.order.map((vm, i) => [vm.id, i]));
		const end = list.order.length;
		shown.sort((a, b) => (place.get(a.id) ?? end) - (place.get(b.id) ?? end));
	} else {
		// Before there are rates, by the counters.
		const sorted = shown.map(vm => [key(vm), vm]);
		sorted.sort((a, b) => compareKeys(a[0], b[0], list.sort.down) ||
			b[1].doc.total[EXITS] - a[1].doc.total[EXITS] || a[1].doc.pid - b[1].doc.pid);
		shown.splice(0, shown.length, ...sorted.map(s => s[1]));
	}
	list.order = shown;
	byId('held').hidden = !held || shown.length < 2;
}

function makeRow() {
	const row = attributes(make('tr', 'vm'), {role: 'row'});
	const link = make('a');
	const parts = {
		row, link, about: make('small'), pid: make('td', 'num pid'), vcpus: make('td', 'num vcpus'),
		exits: make('td', 'num exits'), handling: make('td', 'num handling'),
		reasons: makeBar(), reasonText: make('small'), phases: makeBar(), phaseText: make('small'),
		line: makeLine(),
	};
	row.append(make('th', 'name', link, parts.about), parts.pid, parts.vcpus, parts.exits, parts.handling,
		make('td', 'reasons', parts.reasons, parts.reasonText),
		make('td', 'phases', parts.phases, parts.phaseText), make('td', 'past', parts.line));
	for (const cell of row.children)
		cell.setAttribute('role', 'cell');
	attributes(row.firstChild, {role: 'rowheader', scope: 'row'});
	row.addEventListener('click', event => {
		// Who selects a row's text wants no more than that.
		const selection = getSelection();
		const selected = !selection.isCollapsed && selection.containsNode(row, true);
		if (event.target !== link && !event.ctrlKey && !event.metaKey && !selected)
			location.hash = link.hash;
	});
	return parts;
}

function fillRow(parts, vm, index) {
	const byExits = list.sort.by === 'exits';
	const doc = vm.doc;
	const hash = addressOf(vm);

	if (parts.link.hash !== hash)
		parts.link.href = hash;
	parts.vm = vm;
	parts.row.setAttribute('aria-rowindex', index + 2);
	setText(parts.link, nameOf(vm));
	setTitle(parts.link, nameOf(vm));
	setText(parts.about, vm.failed ? 'cannot be read' :
		(doc.vmm || '') + (doc.stock ? ' · totals only' : doc.on ? '' : ' · accounting is off'));
	setText(parts.pid, String(doc.pid));
	setText(parts.vcpus, String(doc.vcpu_count ?? '–'));
	setText(parts.exits, perSecond(vm.rates ? vm.rates.total[EXITS] : null));
	setText(parts.handling, load(vm.rates ? handling(vm.rates.total) : null));
	setText(parts.reasonText, fillReasons(parts.reasons, vm, byExits));
	setText(parts.phaseText, fillPhases(parts.phases, vm.rates && vm.rates.total, doc.vcpu_count));
	// Without times there are exits.
	const times = !byExits && doc.total[KERNEL] !== null;
	fillLine(parts.line, vm.past, point => (times ? point[2] + point[3] : point[1]), top =>
		(times ? `handling of exits, at most ${load(top)}` : `exits, at most ${perSecond(top)} a second`));
}

// Fill the rows that can be seen, and a few more.
function drawRows() {
	const body = byId('vms').tBodies[0];
	const height = parseFloat(getComputedStyle(body).getPropertyValue('--row'));
	const above = Math.max(0, -body.getBoundingClientRect().top);
	const fit = Math.ceil(innerHeight / height) + 6;
	const first = Math.max(0, Math.min(Math.floor(above / height) - 3, list.order.length - fit));
	const n = Math.min(fit, list.order.length - first);
	const active = document.activeElement;
	const focused = active === document.body ? list.lost
		: list.rows.find(parts => parts.link === active)?.vm.id ?? null;

	while (list.rows.length > n)
		list.rows.pop().row.remove();
	while (list.rows.length < n) {
		const parts = makeRow();
		list.rows.push(parts);
		body.insertBefore(parts.row, body.lastElementChild);
	}
	list.first = first;
	list.rows.forEach((parts, i) => fillRow(parts, list.order[first + i], first + i));
	body.firstElementChild.firstChild.style.height = first * height + 'px';
	body.lastElementChild.firstChild.style.height = (list.order.length - first - n) * height + 'px';
	body.firstElementChild.hidden = !first;
	// The focus is a VM's, not a row's: it waits until its VM can be seen again.
	const link = list.rows.find(parts => parts.vm.id === focused)?.link;
	list.lost = link ? null : focused;
	if (link && link !== document.activeElement)
		link.focus({preventScroll: true});
	else if (list.lost)
		document.activeElement.blur();
}

function drawList(anew) {
	putInOrder(anew);
	markSorted(byId('vms').tHead.rows[0].cells, list.sort);
	setText(byId('by'), list.sort.by === 'exits' ? 'by exits' : 'by time');
	setText(byId('line-of'), list.sort.by === 'exits' ? 'exits' : 'handling');
	attributes(byId('vms'), {'aria-rowcount': list.order.length + 1});
	setText(byId('shown'), list.filter ? `${list.order.length} of ${model.vms.size}` : '');
	byId('none-fits').hidden = Boolean(list.order.length) || !model.vms.size;
	drawRows();
}

// Arrows move from VM to VM, and scroll.
function moveInList(event) {
	const at = list.rows.findIndex(parts => parts.link === document.activeElement);
	const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity};
	const step = steps[event.key];

	if (at < 0 || !step || event.ctrlKey || event.altKey || event.metaKey)
		return;
	event.preventDefault();
	showRow(Math.max(0, Math.min(list.order.length - 1, list.first + at + step)));
}

// Scroll to a VM by its place in the order, if need be, and give it the focus.
function showRow(to) {
	const body = byId('vms').tBodies[0];
	const height = parseFloat(getComputedStyle(body).getPropertyValue('--row'));
	const top = body.getBoundingClientRect().top + to * height;
	if (top < 60)
		scrollBy(0, top - 60);
	else if (top + height > innerHeight)
		scrollBy(0, top + height - innerHeight + 10);
	drawRows();
	list.rows[to - list.first]?.link.focus({preventScroll: true});
}

function beginList() {
	const body = byId('vms').tBodies[0];
	for (const header of byId('vms').tHead.rows[0].cells) {
		// A narrow window lays it out as no table.
		header.setAttribute('role', 'columnheader');
		if (header.dataset.key)
			sortButton(header, header.dataset.key, list.sort, () => drawList(true));
	}
	byId('filter').addEventListener('input', event => {
		list.filter = event.target.value.trim().toLowerCase();
		drawList(true);
	});
	body.addEventListener('keydown', moveInList);
	for (const event of ['scroll', 'resize'])
		addEventListener(event, () => byId('list').hidden || requestAnimationFrame(drawRows), {passive: true});
	fillLegend(byId('kinds'), kindEntries());
	fillLegend(byId('phases'), phaseEntries());
}
