// SPDX-License-Identifier: GPL-2.0-or-later
// The two charts of a VM, by uPlot (https://github.com/leeoniya/uPlot).

// A canvas knows colours, but no variables: have an element say what they come to.
function cssColor(name) {
	const probe = byId('main');
	probe.style.color = `var(${name})`;
	const color = getComputedStyle(probe).color;
	probe.style.color = '';
	return color;
}

const CHART_PHASES = ['kernel', 'user', 'paused', 'blocked'];

function axes(format) {
	const look = {
		stroke: cssColor('--muted'), font: '11px system-ui, sans-serif',
		grid: {stroke: cssColor('--line'), width: 1}, ticks: {show: false},
	};
	return [
		{...look, grid: {show: false}, space: 70, size: 32,
			values: (u, times) => times.map(t => clock(new Date(t * 1000)))},
		{...look, size: 58, values: (u, values) => values.map(format)},
	];
}

function newChart(place, series, format, scale) {
	const options = {
		width: Math.max(place.clientWidth, 200), height: 190, legend: {live: true}, series,
		axes: axes(format), scales: {y: {range: scale}, x: {range: (u, min, max) => [Math.min(min, max - 60), max]}}, cursor: {drag: {x: false, y: false}},
	};
	place.replaceChildren();
	return new uPlot(options, series.map(() => []), place);
}

const timeSeries = {label: 'at', value: (u, t) => (t ? clock(new Date(t * 1000)) : '–')};

// past: as in model.js
function newRateChart(place) {
	const color = cssColor('--accent');
	const series = [timeSeries, {label: 'exits/s', stroke: color, fill: cssColor('--faint'), width: 1.5,
		points: {show: false}, value: (u, v) => perSecond(v ?? null)}];
	return newChart(place, series, perSecond, (u, min, max) => [0, Math.max(max * 1.1, 1)]);
}

function fillRateChart(chart, past) {
	chart.setData([past.map(p => p[0] + model.offset), past.map(p => p[1])]);
}

// Phases on top of each other, as shares of the vCPUs' time; the last one reaches highest, and is
// drawn first.
function newPhaseChart(place) {
	const series = CHART_PHASES.map(phase => {
		const color = cssColor('--phase-' + phase);
		return {label: PHASES.find(p => p[0] === phase)[1], stroke: color, fill: color, width: 1,
			points: {show: false},
			value: (u, v, i, at) => ((u.shares[phase]?.[at] ?? null) === null ? '–' : percent(u.shares[phase][at]))};
	});
	const chart = newChart(place, [timeSeries, ...series.reverse()], percent, () => [0, 1]);
	chart.shares = {};
	return chart;
}

function fillPhaseChart(chart, past, vcpus) {
	const at = {kernel: 2, user: 3, blocked: 4, paused: 5};
	const sums = [];
	let below = past.map(() => 0);

	for (const phase of CHART_PHASES) {
		const shares = past.map(p => (p[1] === null ? null : (p[at[phase]] || 0) / Math.max(vcpus, 1)));
		chart.shares[phase] = shares;
		below = below.map((sum, i) => (shares[i] === null ? null : Math.min(sum + shares[i], 1)));
		sums.unshift(below);
	}
	chart.setData([past.map(p => p[0] + model.offset), ...sums]);
}

function fitChart(chart, place) {
	const width = place.clientWidth;
	if (width && chart.width !== width)
		chart.setSize({width, height: chart.height});
}
