// SPDX-License-Identifier: GPL-2.0-or-later
// The page: asks for counters every few seconds, shows the list or one VM, and says what is wrong.

const FEW = 2000, MANY = 5000; // ms from one request to the next
const FIRST = 1000;            // there are no rates before the second
const PATIENCE = 15000;        // for an answer
const LARGEST = 2 ** 32 - 1;   // of the exporter's numbers

const page = {
	timer: null,
	asking: null,   // an AbortController while a request is under way
	paused: false,
	soon: true,     // there is something whose rates are not known
	pressed: false, // nothing moves under a pointer that is down
	answered: null, // when the last answer came
	updates: 0,     // how many came
};

// What to do about it, by the exporter's reason for having nothing.
const ADVICE = {
	no_debugfs: 'On the host: mount -t debugfs debugfs /sys/kernel/debug',
	no_kvm: 'On the host: modprobe kvm_amd, or kvm_intel.',
	permission_denied: 'The exporter needs CAP_DAC_READ_SEARCH, as its systemd unit gives it, or root.',
	missing_capability: 'See “Install” in the README: ioctl.conf gives the service what it needs.',
	unpatched_kernel: 'Install the patched modules (make modules, make modules-install) to see reasons and times.',
	lockdown: 'Install the patched modules: their statistics can be read under lockdown.',
};

function tell(kind, ...text) {
	const notice = byId('notice');
	const words = text.filter(Boolean).join(' ');
	notice.hidden = !words;
	notice.className = kind;
	setText(notice, words);
}

function vmOfAddress() {
	const match = /^#vm=(\d+(?:-\d+)?)(?:&vcpu=(\d+))?$/.exec(location.hash);
	// What is no pid is no VM.
	if (!match || !parseInt(match[1]) || match[1].split('-').some(n => n > LARGEST))
		return null;
	return {id: match[1], vcpu: match[2] === undefined ? null : Number(match[2])};
}

function drawSummary() {
	let exits = 0, time = null, known = false;
	for (const vm of model.vms.values()) {
		if (!vm.rates)
			continue;
		known = true;
		exits += vm.rates.total[EXITS];
		time = (time ?? 0) + handling(vm.rates.total);
	}
	const n = model.vms.size;
	const source = model.doc.source === 'stock' ? 'totals only' : `read by ${model.doc.source}`;
	setText(byId('summary'), !model.doc.success ? '' : `${n} VM${n === 1 ? '' : 's'}` +
		(known ? `, ${perSecond(exits)} exits/s` : '') +
		(known && model.doc.source !== 'stock' ? `, ${load(time)} of handling` : '') + ` · ${source}`);
}

function drawNotice() {
	const {source, why, success, explain: words} = model.doc;
	if (!success)
		tell('bad', `There are no counters: ${words}${words.endsWith('?') ? '' : '.'}`, ADVICE[why]);
	else if (source === 'stock')
		tell('info', 'KVM here is as the distribution has it: it counts exits, but neither their reasons nor their time.',
			why === 'configured' ? 'The exporter is set to read just these.' : ADVICE.unpatched_kernel);
	else
		tell('', '');
}

// Show what there is.
function draw(anew) {
	const chosen = vmOfAddress();

	if (chosen && !byId('list').hidden)
		list.scroll = scrollY;
	byId('list').hidden = Boolean(chosen);
	byId('detail').hidden = !chosen;
	if (!model.doc || (page.pressed && !anew))
		return;
	byId('loading').hidden = true;
	drawSummary();
	if (chosen) {
		showDetail(chosen.id, chosen.vcpu);
		return;
	}
	document.title = 'VM exits';
	detail.id = null;
	byId('list').classList.toggle('bare', !model.vms.size);
	byId('empty').hidden = Boolean(model.vms.size) || !model.doc.success;
	byId('vms').hidden = !model.vms.size;
	drawList(anew);
}

function answered(doc) {
	const begin = performance.now();
	page.answered = new Date();
	if (doc.success)
		take(doc);
	else
		model.doc = doc;
	document.body.classList.toggle('stale', !doc.success);
	drawNotice();
	draw();
	setText(byId('state'), `updated ${clock(page.answered)}`);
	// For tests, and for who wonders.
	if (++page.updates % 100 === 0)
		performance.clearMeasures();
	performance.measure('update', {start: begin, end: performance.now()});
	Object.assign(byId('state').dataset, {updates: page.updates, time: doc.time});
}

function failed(error) {
	const since = page.answered ? `No answer from the exporter since ${clock(page.answered)}`
		: 'The exporter does not answer';
	document.body.classList.add('stale');
	byId('loading').hidden = true;
	tell('bad', `${since}: ${error}. Asking again by itself.`);
	setText(byId('state'), 'no answer');
}

async function ask() {
	const chosen = vmOfAddress();
	const control = new AbortController();
	const patience = setTimeout(() => control.abort(), PATIENCE);
	let doc = null, error = '', later = 0;

	page.asking?.abort();
	page.asking = control;
	clearTimeout(page.timer);
	try {
		// Not a path alone: the page's own address may have a name and a password in it.
		const get = path => fetch(location.origin + '/vms/live' + path, {signal: control.signal, cache: 'no-store'});
		let answer = await get(chosen ? '/' + chosen.id : '');
		if (chosen && answer.status === 404)
			answer = await get('');
		// A minute at most: who comes back to look wants to see.
		later = Math.min(answer.headers.get('Retry-After') * 1000 || 0, 60e3);
		if (answer.ok)
			doc = await answer.json();
		else
			error = answer.status === 503 ? 'it is busy, or ending' : `it says ${answer.status}`;
	} catch {
		error = control.signal.aborted ? 'it takes too long' : 'it cannot be reached';
	}
	clearTimeout(patience);
	// Somebody asks anew, or nobody wants to know any more.
	if (page.asking !== control)
		return;
	page.asking = null;
	// Whatever becomes of drawing it.
	askLater(FEW);
	if (doc)
		answered(doc);
	else
		failed(error);
	askLater(doc && page.soon ? FIRST : Math.max(model.vms.size > 200 ? MANY : FEW, later));
	page.soon = page.soon && !doc;
}

function askLater(ms) {
	clearTimeout(page.timer);
	if (!document.hidden && !page.paused)
		page.timer = setTimeout(ask, ms);
}

function askSoon() {
	page.soon = true;
	ask();
}

function stopAsking() {
	clearTimeout(page.timer);
	const control = page.asking;
	page.asking = null;
	control?.abort();
}

function pause(on) {
	page.paused = on;
	attributes(byId('pause'), {'aria-pressed': String(on)});
	setText(byId('pause'), on ? 'Go on' : 'Pause');
	if (on) {
		stopAsking();
		setText(byId('state'), `paused${page.answered ? ' at ' + clock(page.answered) : ''}`);
	} else {
		askSoon();
	}
}

function setTheme(theme) {
	document.documentElement.dataset.theme = theme;
	byId('theme').setAttribute('aria-label', `colours: ${theme}`);
	setText(byId('theme'), {auto: 'Auto', dark: 'Dark', light: 'Light'}[theme]);
	try {
		localStorage.setItem('theme', theme);
	} catch {
		// It is not kept then.
	}
	renewCharts();
}

function savedTheme() {
	try {
		const theme = localStorage.getItem('theme');
		return ['dark', 'light'].includes(theme) ? theme : 'auto';
	} catch {
		return 'auto';
	}
}

function begin() {
	beginList();
	beginDetail();
	setTheme(savedTheme());
	byId('theme').addEventListener('click', () =>
		setTheme({auto: 'dark', dark: 'light', light: 'auto'}[document.documentElement.dataset.theme]));
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', renewCharts);
	byId('pause').addEventListener('click', () => pause(!page.paused));
	addEventListener('hashchange', event => {
		const was = /#vm=(\d+(?:-\d+)?)/.exec(event.oldURL)?.[1];
		const chosen = vmOfAddress();
		draw(true);
		if (!chosen && was) {
			// To where one was in the list, and to the VM, which may have another place by now.
			scrollTo(0, list.scroll);
			drawRows();
			const place = list.order.findIndex(vm => vm.id === was);
			if (place >= 0)
				showRow(place);
		} else if (chosen && chosen.id !== was) {
			scrollTo(0, 0);
			byId('vm-name').focus();
		}
		// The vCPUs are yet to come.
		if (!page.paused && chosen && chosen.id !== was)
			askSoon();
	});
	addEventListener('keydown', event => {
		const typing = event.target.matches('input');
		if (event.key === '/' && !typing && !byId('list').hidden) {
			event.preventDefault();
			byId('filter').focus();
		} else if (event.key === 'Escape' && vmOfAddress()) {
			location.hash = '';
		}
	});
	addEventListener('pointerdown', event => {
		if (event.button === 0 && event.isPrimary)
			page.pressed = true;
	});
	// A pointerup may be lost, to a menu or to another window.
	for (const name of ['pointerup', 'pointercancel', 'pointermove', 'lostpointercapture', 'dragend', 'contextmenu', 'blur'])
		addEventListener(name, event => {
			if (name !== 'pointermove' || !event.buttons)
				page.pressed = false;
		});
	document.addEventListener('visibilitychange', () => {
		if (document.hidden)
			stopAsking();
		else if (!page.paused)
			askSoon();
	});
	ask();
}

begin();
