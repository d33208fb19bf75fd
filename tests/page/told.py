# SPDX-License-Identifier: GPL-2.0-or-later
"""The live page, told what a test makes up: documents as /vms/live has them, without VMs."""
import json

from browser import Browser

# The page's clock is faster by `speed`; `delays` are the times that it waits for between requests.
# Its patience is what it is: a slow machine is no failure.
INJECTED = """
window.speed = 100; window.delays = []; window.asked = []; window.pending = [];
const later = window.setTimeout;
const sleep = ms => new Promise(done => later(done, ms));
window.setTimeout = (f, ms, ...more) => { delays.push(ms); return later(f, ms === 15000 ? ms : ms / speed, ...more); };
window.fetch = (url, {signal}) => new Promise((done, fail) => {
	asked.push(url.slice(location.origin.length));
	pending.push(done);
	signal.addEventListener('abort', () => { pending = pending.filter(p => p !== done); fail(new Error('aborted')); });
});
// Answer what the page has asked, and wait until it asks again: it has drawn then.
window.tell = async (doc, status = 200, headers = {}) => {
	const until = performance.now() + 30000;
	while (!pending.length && performance.now() < until)
		await sleep(5);
	delays.length = 0;
	pending.shift()(new Response(typeof doc === 'string' ? doc : JSON.stringify(doc), {status, headers}));
	while (!pending.length && performance.now() < until)
		await sleep(5);
};
"""
RATE = "document.querySelector('tr.vm .exits').textContent"


def vm(pid, exits, **more):
    seconds = exits * 1e-5
    total = [exits, seconds, seconds / 2, 0, 0]
    return {"id": f"{pid}-9", "pid": pid, "fd": 9, "start": 42, "name": f"vm{pid}", "uuid": None, "vmm": "qemu",
            "vcpu_count": 2, "isa": "svm", "on": True, "dropped": 0, "total": total,
            "reasons": [["MSR", exits // 2, seconds / 2, 0, 0], ["IO", exits - exits // 2, seconds / 2, seconds / 2, 0]],
            **more}


def vcpus(exits):
    return [{k: vm(0, exits)[k] for k in ("total", "reasons")} | {"id": i} for i in range(2)]


FAILED = {"id": "1-9", "pid": 1, "fd": 9, "failed": True}


class Page:
    """tell() of what there is at a time."""

    def __init__(self, url):
        self.b = Browser()
        self.url = url
        self.b.scheme("light")
        self.b.call("Page.addScriptToEvaluateOnNewDocument", source=INJECTED)

    def close(self):
        self.b.close()

    def go(self, place=""):
        self.b.go("about:blank")
        self.b.go(self.url + "/" + place)

    def answer(self, doc, status=200, headers=None):
        self.b.eval(f"tell({json.dumps(doc)}, {status}, {json.dumps(headers or {})})")

    def tell(self, now, *vms, **more):
        self.answer({"time": now, "success": True, "source": "debugfs", "why": None, "vms": list(vms), **more})

    def open(self, place):
        """A new address, once the page has taken note of it."""
        self.b.eval(f"new Promise(done => {{ addEventListener('hashchange', () => later(done, 0), {{once: true}}); location.hash = '{place}'; }})")
