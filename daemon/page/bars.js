// SPDX-License-Identifier: GPL-2.0-or-later
// Bars of shares, and lines that fit into a row. Plain elements, filled again and again.

const SVG = 'http://www.w3.org/2000/svg';

// name: of a colour, such as "kind-io"
function paint(element, name) {
	if (element.dataset.color !== name) {
		element.dataset.color = name;
		element.style.background = `var(--${name})`;
	}
	return element;
}

function makeBar() {
	return attributes(make('div', 'bar'), {role: 'img'});
}

// parts: [{name, share, text}]; name is its colour's. label: for who cannot see it.
function fillBar(bar, parts, label) {
	while (bar.children.length > parts.length)
		bar.lastChild.remove();
	while (bar.children.length < parts.length)
		bar.append(make('i'));
	parts.forEach((part, i) => {
		const piece = bar.children[i];
		paint(piece, part.name);
		piece.style.width = (part.share * 100).toFixed(2) + '%';
		setTitle(piece, part.text);
	});
	if (bar.getAttribute('aria-label') !== label)
		bar.setAttribute('aria-label', label);
}

// What are too thin to be seen are one part.
function fillReasons(bar, counted, byExits) {
	const shares = reasonShares(counted, byExits);
	const parts = [];
	let rest = 0;

	for (const {name, share} of shares) {
		if (share < 0.02 || parts.length > 11)
			rest += share;
		else
			parts.push({name: 'kind-' + explain(name).kind, share, text: `${name} ${percent(share)}`});
	}
	if (rest)
		parts.push({name: 'kind-other', share: rest, text: `others ${percent(rest)}`});
	const label = shares.slice(0, 3).map(s => `${s.name} ${percent(s.share)}`).join(', ');
	fillBar(bar, parts, label || 'no exits');
	return label;
}

function fillPhases(bar, total, vcpus) {
	const shares = phaseShares(total, vcpus);
	const parts = [];

	for (const [phase, share] of shares || [])
		share && parts.push({name: 'phase-' + phase, share,
			text: `${PHASES.find(p => p[0] === phase)[1]} ${percent(share)}`});
	const label = parts.filter(p => p.share >= 0.005).map(p => p.text).join(', ');
	fillBar(bar, parts, label || 'not known yet');
	return label;
}

function makeLine() {
	const svg = attributes(document.createElementNS(SVG, 'svg'),
		{class: 'line', viewBox: '0 0 100 24', preserveAspectRatio: 'none', role: 'img'});
	svg.append(attributes(document.createElementNS(SVG, 'path'), {class: 'area'}),
		attributes(document.createElementNS(SVG, 'path'), {class: 'stroke'}));
	return svg;
}

// A line of past, the points of model.js, from zero to its highest, over the last minutes.
function fillLine(svg, past, of, label) {
	const values = past.map(point => (point[1] === null ? null : of(point)));
	const top = Math.max(...values, 0);
	const end = past.length ? past[past.length - 1][0] : 0;
	const span = Math.max(60, past.length ? end - past[0][0] : 0);
	const at = i => (100 - (end - past[i][0]) / span * 100).toFixed(1);
	const on = i => (values[i] ?? null) !== null;
	let path = '', area = '';

	for (let i = 0; i < past.length; i++) {
		if (!on(i))
			continue;
		const point = `${at(i)} ${(top ? 23 - values[i] / top * 21 : 23).toFixed(1)}`;
		path += (on(i - 1) ? 'L' : 'M') + point;
		area += `${on(i - 1) ? '' : `M${at(i)} 24`}L${point}${on(i + 1) ? '' : `V24Z`}`;
	}
	svg.firstChild.setAttribute('d', area);
	svg.lastChild.setAttribute('d', path);
	svg.setAttribute('aria-label', label(top));
}

// What the colours mean. entries: [[colour, text, title]]
function fillLegend(legend, entries) {
	legend.replaceChildren(...entries.map(([name, text, title]) => {
		const item = make('span', 'key', paint(make('i'), name), text);
		item.title = title || '';
		return item;
	}));
}

function kindEntries() {
	return Object.entries(KINDS).map(([kind, text]) => ['kind-' + kind, text]);
}

function phaseEntries() {
	return PHASES.map(([phase, text, title]) => ['phase-' + phase, text, title]);
}
