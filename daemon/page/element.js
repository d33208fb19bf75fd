// SPDX-License-Identifier: GPL-2.0-or-later
// Elements. Text is only ever set as text, so that no name can become markup.

// make('td', 'num', child…): with a class, or without ('')
function make(tag, name, ...children) {
	const element = document.createElement(tag);
	if (name)
		element.className = name;
	element.append(...children);
	return element;
}

function attributes(element, values) {
	for (const [name, value] of Object.entries(values))
		element.setAttribute(name, value);
	return element;
}

function byId(id) {
	return document.getElementById(id);
}

// Nothing is touched that stays as it is: most does.
function setText(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

function setTitle(element, text) {
	if (element.title !== text)
		element.title = text;
}

// Rows by their keys, in this order. Those that are there stay the same elements, with what is
// selected in them, and the focus.
function keepRows(body, keys, makeRow) {
	const rows = new Map([...body.rows].map(row => [row.key, row]));
	const focused = document.activeElement;

	keys.forEach((key, i) => {
		const row = rows.get(key) || makeRow(key);
		row.key = key;
		if (body.rows[i] !== row)
			body.insertBefore(row, body.rows[i] || null);
	});
	while (body.rows.length > keys.length)
		body.lastChild.remove();
	// What is moved loses it.
	if (body.contains(focused) && focused !== document.activeElement)
		focused.focus({preventScroll: true});
	return body.rows;
}

// The button of a column's header. sort: {by, down}; changed() is called after a click.
function sortButton(header, key, sort, changed) {
	const button = header.querySelector('button') || header.appendChild(
		attributes(make('button', 'sort', header.dataset.label), {type: 'button'}));
	button.addEventListener('click', () => {
		const same = sort.by === key;
		sort.down = same ? !sort.down : header.dataset.first !== 'up';
		sort.by = key;
		changed();
	});
}

// Tell, and show, which column a table is sorted by.
function markSorted(headers, sort) {
	for (const header of headers)
		if (header.dataset.key)
			header.setAttribute('aria-sort', header.dataset.key !== sort.by ? 'none' :
				sort.down ? 'descending' : 'ascending');
}

// Numbers with the largest last, names by the alphabet, what is not known below all.
function compareKeys(a, b, down) {
	if (a === null || b === null)
		return (a === null) - (b === null);
	const order = typeof a === 'string' ? a.localeCompare(b, 'en', {numeric: true}) : a - b;
	return down ? -order : order;
}
