// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers as people read them.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

// Three digits are enough to compare rates.
function digits(n) {
	const size = Math.abs(n);
	return n.toFixed(size >= 99.95 || n === 0 ? 0 : size >= 9.995 ? 1 : 2);
}

// A count a second: 0.05, 12.3, 4,567, 12.3k, 4.5M
function perSecond(n) {
	if (n === null)
		return '–';
	if (n > 0 && n < 0.01)
		return '<0.01';
	if (n < 1000)
		return digits(n);
	if (n < 10000)
		return whole.format(n);
	return n < 1e6 ? digits(n / 1e3) + 'k' : digits(n / 1e6) + 'M';
}

// Seconds of time in a second: 1.25 s/s, 12 ms/s
function load(n) {
	return n ? span(n) + '/s' : n === 0 ? '0' : '–';
}

function span(s) {
	if (s === null)
		return '–';
	if (s === 0)
		return '0 s';
	if (s < 1e-6)
		return '<1 µs';
	if (s < 1e-3)
		return digits(s * 1e6) + ' µs';
	if (s < 1)
		return digits(s * 1e3) + ' ms';
	return digits(s) + ' s';
}

// What has added up: 12.3 s, 4 min 5 s, 3 h 20 min, 2 d 3 h
function duration(s) {
	if (s === null || s < 60)
		return span(s);
	const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
	const first = units.findIndex(([, size]) => s >= size);
	const [name, size] = units[first];
	const [nextName, nextSize] = units[first + 1];
	const rest = Math.floor((s % size) / nextSize);
	return `${Math.floor(s / size)} ${name}` + (rest ? ` ${rest} ${nextName}` : '');
}

function percent(share) {
	if (share < 0.001)
		return share > 0 ? '<0.1 %' : '0 %';
	return (share * 100).toFixed(share < 0.0995 ? 1 : 0) + ' %';
}

function clock(date) {
	// Not by the locale: where that has hours of 12, some browsers make midnight 24:00 of it.
	return date.toTimeString().slice(0, 8);
}
