# SPDX-License-Identifier: GPL-2.0-or-later
"""
The live page over documents that a test makes up: gaps, failures, and what hands do. The page asks as
always, but no exporter: each answer is given by tell(), and its clock runs fast. cases.py DIRECTORY
"""
import contextlib
import json
import sys
import time

from browser import Browser
from exporter import Exporter, check, same
from host import Host

# The page's clock is faster by `speed`; `delays` are the times
# that it waits for between requests. Its patience is what it is: a slow machine is no failure.
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
	const until = Date.now() + 5000;
	while (!pending.length && Date.now() < until)
		await sleep(5);
	delays.length = 0;
	pending.shift()(new Response(JSON.stringify(doc), {status, headers}));
	while (!pending.length && Date.now() < until)
		await sleep(5);
};
"""
RATE = "document.querySelector('tr.vm .exits').textContent"
FOCUS = "document.activeElement.textContent"


def vm(pid, exits, **more):
    seconds = exits * 1e-5
    total = [exits, seconds, seconds / 2, 0, 0]
    return {"id": f"{pid}-9", "pid": pid, "fd": 9, "start": 42, "name": f"vm{pid}", "uuid": None, "vmm": "qemu",
            "vcpu_count": 2, "isa": "svm", "on": True, "dropped": 0, "total": total,
            "reasons": [["MSR", exits // 2, seconds / 2, 0, 0], ["IO", exits - exits // 2, seconds / 2, seconds / 2, 0]],
            **more}


def vcpus(exits):
    return [{k: vm(0, exits)[k] for k in ("total", "reasons")} | {"id": i} for i in range(2)]


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


def gaps(p):
    b = p.b
    p.go()
    for i in range(3):
        p.tell(100 + 2 * i, vm(1, 2000 * i))
    same("a rate", "1,000", b.eval(RATE))
    p.tell(160, vm(1, 5000))
    same("after a gap there is no rate yet", "–", b.eval(RATE))
    for i in range(1, 4):
        p.tell(160 + 2 * i, vm(1, 5000 + 20 * i))
    same("then the one since", "10.0", b.eval(RATE))
    same("and the line has a gap", 2, b.eval("document.querySelector('tr.vm .line .stroke').getAttribute('d').split('M').length - 1"))
    p.tell(180, {"id": "1-9", "pid": 1, "fd": 9, "failed": True})
    p.tell(190, vm(1, 900000))
    p.tell(192, vm(1, 900020))
    same("a VM that could not be read for a while", "10.0", b.eval(RATE))
    rate = "document.querySelector('#vcpus tbody tr:last-child td').textContent"
    p.open("vm=1-9")
    p.tell(194, vm(1, 900040, vcpus=vcpus(1000)))
    p.tell(196, vm(1, 900060, vcpus=vcpus(3000)))
    same("a vCPU's rate", "1,000", b.eval(rate))
    p.open("")
    for i in range(30):
        p.tell(198 + 2 * i, vm(1, 900080 + 20 * i))
    p.open("vm=1-9")
    p.tell(260, vm(1, 900700, vcpus=vcpus(9000)))
    p.tell(262, vm(1, 900720, vcpus=vcpus(9020)))
    same("after the list has been looked at", "10.0", b.eval(rate))
    same("the charts have points", 2, b.eval("document.querySelectorAll('canvas').length"))


def others(p):
    b = p.b
    p.go()
    p.tell(100, vm(1, 100, instance="a"))
    p.tell(102, vm(1, 300, instance="a"))
    same("an instance's rate", "100", b.eval(RATE))
    p.tell(104, vm(1, 90000, instance="b"))
    same("another instance begins anew, higher as its counters are", "–", b.eval(RATE))
    p.tell(106, vm(1, 90020, instance="b", start=50))
    same("and has a rate of its own", "10.0", b.eval(RATE))
    p.tell(108, vm(1, 90040, start=60))
    same("a start time is no sign: clocks are corrected", "10.0", b.eval(RATE))


def stats(p):
    stock = {"stock": True, "total": [5000, None, None, None, None], "reasons": []}
    rows = "Object.fromEntries([...document.querySelectorAll('#stats tbody tr')].map(r => [r.cells[0].textContent, r.cells[1].textContent]))"
    p.go("#vm=1-9")
    for now, values in ((100, {"exits": 5000, "io_exits": 900}), (102, {"exits": 5000}),
                        (104, {"exits": 5000, "io_exits": 900}), (106, {"exits": 5020, "io_exits": 904})):
        p.tell(now, vm(1, 0, **stock, stats=list(values.items())), source="stock")
        if now == 104:
            same("a statistic that was missing has no rate yet", {"exits": "0", "io_exits": "–"}, p.b.eval(rows))
    p.tell(113, vm(1, 0, **stock, stats=[("exits", 5028), ("io_exits", 918)]), source="stock")
    p.tell(115, vm(1, 0, **stock, stats=[("exits", 5038), ("io_exits", 920)]), source="stock")
    same("then the right one", "1.82", p.b.eval(rows)["io_exits"])


def addresses(p):
    b = p.b
    for place in ("#vm=0", "#vm=00-3", "#vm=4294967296", "#vm=99999999999999999999", "#vm=1-4294967296"):
        p.go(place)
        p.tell(100, vm(1, 100))
        same(f"{place} is no VM", ["/vms/live", "/vms/live"], b.eval("asked"))
        same(f"{place}: the list", [False, True], b.eval("['list', 'detail'].map(id => document.getElementById(id).hidden)"))
    p.go("#vm=5-9")
    p.answer({}, 404)
    p.tell(100, vm(1, 100))
    same("an address that the exporter does not take", ["/vms/live/5-9", "/vms/live", "/vms/live/5-9"], b.eval("asked"))
    same("is told as a VM that there is not", "There is no VM 5-9 on this host.", b.eval("document.querySelector('#vm-note').textContent"))
    p.go("#vm=1")
    length = b.eval("history.length")
    p.tell(100, vm(1, 100, vcpus=vcpus(100)))
    same("a pid becomes the VM's own address", ["#vm=1-9", length], b.eval("[location.hash, history.length]"))
    b.eval("document.querySelector('#reasons tbody details').open = false")
    b.eval("document.querySelectorAll('#vcpus tbody a')[1].click()")
    b.wait("document.querySelector('#of-whom').textContent")
    same("its vCPU too", ["#vm=1-9&vcpu=0", 0], b.eval("[location.hash, document.querySelectorAll('#reasons details[open]').length]"))


def failures(p):
    b = p.b
    p.go()
    waits = "delays.filter(ms => ms !== 15000).at(-1)"
    for _ in range(2):
        p.answer({}, 503)
        same("who does not answer is asked no oftener than who does", 2000, b.eval(waits))
    p.answer({}, 503, {"Retry-After": "7"})
    same("or when it wants to be", 7000, b.eval(waits))
    p.tell(100, vm(1, 100))
    same("after the first answer soon: there are no rates", 1000, b.eval(waits))
    p.tell(102, vm(1, 100))
    same("then as always", 2000, b.eval(waits))
    many = [vm(i, 100) for i in range(1, 300)]
    p.tell(104, *many)
    same("with many VMs less often", 5000, b.eval(waits))
    p.answer({}, 503)
    same("nor then", 5000, b.eval(waits))
    b.eval("speed = 1e4")
    for i in range(130):
        p.tell(106 + i, vm(1, 100 + i))
    same("updates are counted", "133", b.eval("document.querySelector('#state').dataset.updates"))
    n = b.eval("performance.getEntriesByName('update').length")
    check("their measures do not add up for ever", 0 < n <= 100, n)


def hands(p):
    b = p.b
    p.go()
    now = [100]

    def go_on():
        now[0] += 2
        p.tell(now[0], *[vm(i, i * now[0]) for i in range(1, 4)])

    def pointer(kind, button=0, buttons=1, primary="true"):
        b.eval(f"document.querySelector('#list').dispatchEvent(new PointerEvent('{kind}', {{button: {button}, buttons: {buttons}, isPrimary: {primary}, bubbles: true}}))")

    def is_drawn():
        b.eval(f"document.querySelector('tr.vm .exits').textContent = '?'")
        go_on()
        return b.eval(RATE) != "?"

    go_on()
    go_on()
    same("an update is drawn", True, is_drawn())
    pointer("pointerdown")
    same("not under a pointer that is down", False, is_drawn())
    pointer("pointermove")
    same("nor one that moves", False, is_drawn())
    pointer("pointerup", buttons=0)
    same("but when it is up", True, is_drawn())
    pointer("pointerdown", button=2, buttons=2)
    same("another button is of no interest", True, is_drawn())
    pointer("pointerup", buttons=0)
    pointer("pointerdown", primary="false")
    same("nor a second finger", True, is_drawn())
    for how in ("contextmenu", "lostpointercapture", "blur"):
        pointer("pointerdown")
        b.eval(f"{'window' if how == 'blur' else 'document.body'}.dispatchEvent(new Event('{how}', {{bubbles: true}}))")
        same(f"after {how} nothing is down", True, is_drawn())
    pointer("pointerdown")
    pointer("pointermove", button=-1, buttons=0)
    same("nor when it moves without a button", True, is_drawn())
    pointer("pointerdown")
    p.open("vm=2-9")
    same("a VM is shown at once, whatever is down", "vm2", b.eval("document.querySelector('#vm-name').textContent"))
    pointer("pointerup", buttons=0)
    p.open("")
    go_on()

    row = "document.querySelectorAll('tr.vm')[1]"
    for key in ("ctrlKey", "metaKey"):
        b.eval(f"{row}.querySelector('.exits').dispatchEvent(new MouseEvent('click', {{bubbles: true, {key}: true}}))")
        same(f"a click with {key} is the browser's", "", b.eval("location.hash"))
    b.eval(f"getSelection().selectAllChildren({row}.querySelector('.exits')); {row}.querySelector('.exits').click()")
    same("who selects a row's text stays", "", b.eval("location.hash"))
    b.eval(f"getSelection().selectAllChildren(document.querySelector('caption')); {row}.querySelector('.exits').click()")
    check("another selection is in nobody's way", b.eval("location.hash").startswith("#vm="))
    b.eval("getSelection().removeAllRanges()")
    same("aria-sort is where one can sort", 5, b.eval("document.querySelectorAll('#vms [aria-sort]').length"))


def kept(p):
    """What is in the tables of a VM stays what it is."""
    b = p.b
    p.go("#vm=1-9")
    for i in range(2):
        p.tell(100 + 2 * i, vm(1, 2000 * i + 10, vcpus=vcpus(500 * i + 10)))
    b.eval("document.querySelectorAll('#reasons tbody tr, #vcpus tbody tr').forEach(r => { r.mine = r.textContent; })")
    b.eval("getSelection().selectAllChildren(document.querySelector('#reasons tbody tr b')); document.querySelector('#reasons tbody tr:last-child summary').focus()")
    before = b.eval(f"[String(getSelection()), {FOCUS}]")
    # The other reason takes longer now.
    turned = vm(1, 4000)
    turned["reasons"][0][2] = 99
    p.tell(104, vm(1, 4000, vcpus=vcpus(900)) | {"reasons": turned["reasons"]})
    rows = "[...document.querySelectorAll('#%s tbody tr')]"
    same("reasons change places", ["MSR", "IO"], b.eval(rows % "reasons" + ".map(r => r.dataset.reason)"))
    same("their rows stay", True, b.eval(rows % "reasons" + ".every(r => r.mine && r.mine !== r.textContent)"))
    same("vCPUs' too", True, b.eval(rows % "vcpus" + ".every(r => r.mine && r.mine !== r.textContent)"))
    same("with selection and focus", before, b.eval(f"[String(getSelection()), {FOCUS}]"))
    p.tell(106, vm(1, 5000, vcpus=vcpus(950)[:1]))
    same("a vCPU that is gone is gone", ["all", "vCPU 0"], b.eval(rows % "vcpus" + ".map(r => r.cells[0].textContent)"))
    # A VM with charts, then none.
    p.open("vm=77-9")
    p.tell(108, vm(1, 5000))
    b.size(1000, 700)
    b.eval("dispatchEvent(new Event('resize'))")
    b.size(1280, 800)
    same("a resize where there is no VM", [], b.drain().complaints)


def places(p):
    b = p.b
    p.go()
    vms = [vm(i, i * 100) for i in range(1, 501)]
    p.tell(100, *vms)
    p.tell(102, *[vm(i, i * 120) for i in range(1, 501)])
    b.eval("document.querySelector('tr.vm a').focus()")
    first = b.eval(FOCUS)
    seen = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => later(done, 20))))"
    b.eval(f"scrollTo(0, 12000); {seen}")
    check("focus is no other VM's when the list is scrolled", b.eval(FOCUS) not in [f"vm{i}" for i in range(1, 501)], b.eval(FOCUS))
    b.eval(f"scrollTo(0, 0); {seen}")
    same("and is back with its VM", first, b.eval(FOCUS))
    b.eval(f"scrollTo(0, 12000); {seen}")
    name = b.eval("(a => { a.click(); return a.textContent; })([...document.querySelectorAll('tr.vm a')].find(a => a.getBoundingClientRect().top > 200))")
    same("one from far below", name, b.wait(f"document.querySelector('#vm-name').textContent === '{name}' && '{name}'"))
    p.tell(104, *[vm(i, i * 140) for i in range(1, 501)])
    b.key("Escape")
    b.wait("!document.querySelector('#list').hidden")
    b.eval(seen)
    same("coming back leads to the same place", 12000, b.eval("scrollY"))
    same("and to the same VM", name, b.eval(FOCUS))


def main():
    top, = sys.argv[1:]
    Host(top)
    with Exporter(top) as exporter, contextlib.closing(Page(exporter.url)) as p:
        for case in (gaps, others, stats, addresses, failures, hands, kept, places):
            begun = time.monotonic()
            try:
                case(p)
            except RuntimeError as error:
                check(case.__name__, False, error)
            print(f"# {case.__name__}: {time.monotonic() - begun:.1f} s")
        same("nothing to complain about in all that", [], p.b.drain().complaints)


main()
