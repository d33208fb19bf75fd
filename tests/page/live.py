# SPDX-License-Identifier: GPL-2.0-or-later
"""The live page in a browser, over an exporter whose VMs are at work. live.py DIRECTORY SCREENSHOTS"""
import contextlib
import json
import os
import sys
import time

from browser import Browser
from exporter import RATE, UPDATES, Exporter, check, close, same
from host import Host

HOSTILE = "<img src=x onerror=alert(1)>"
NAMES = "[...document.querySelectorAll('tr.vm .name a')].map(a => a.textContent)"
CELL = "(name, cell) => [...document.querySelectorAll('tr.vm')].find(r => r.querySelector('a').textContent === name)?.querySelector('td.' + cell).textContent"
HEADER = "key => document.querySelector(`#vms th[data-key=${key}]`)"
EXITS = f"({CELL})('web1', 'exits')"


def next_updates(b, n=1):
    """Wait until the page has drawn so many answers more."""
    before = b.eval(UPDATES)
    if b.wait(f"{UPDATES} >= {before + n}"):
        return True
    return check(f"{n} updates more than {before}", False, b.eval(UPDATES))


def quiet(b):
    """Wait until nothing more is asked for, or answered."""
    before, end = None, time.monotonic() + 30
    while before != (before := (len(b.drain().requests), len(b.finished), b.eval(UPDATES))) or (
            b.pending and time.monotonic() < end):
        time.sleep(0.5)


def listing(b, host):
    b.wait("document.querySelectorAll('tr.vm').length")
    same("all VMs are listed by their names", sorted(v.name for v in host.vms), sorted(b.eval(NAMES)))
    same("a name with markup is text", 1, b.eval(NAMES).count(HOSTILE))
    same("and makes no element", 0, b.eval("document.querySelectorAll('img').length"))
    check("there are rates", b.wait(f"{RATE}({EXITS})"), b.eval(EXITS))
    bar = "document.querySelector('tr.vm .reasons .bar')"
    same("the bar of reasons fills its room", True, b.wait(f"Math.abs([...{bar}.children].reduce((s, i) => s + parseFloat(i.style.width), 0) - 100) < 0.2"))
    check("and says what it shows", "%" in b.eval(f"{bar}.getAttribute('aria-label')"))


def rates(b, host, exporter):
    """What the page shows is what follows from what it was told."""
    next_updates(b, 3)
    b.click("#pause")
    quiet(b)
    host.stop()
    shown = float(b.eval("document.querySelector('#state').dataset.time"))
    docs = [d for d in b.documents("/vms/live") if d["time"] <= shown]
    last = docs[-1]
    same("the last answer is shown", shown, last["time"])
    window = [d for d in docs if d["time"] > last["time"] - 10]
    earlier = [d for d in docs if d["time"] <= last["time"] - 10]
    first = (earlier[-1:] + window)[0]
    for vm in last["vms"]:
        if not vm["name"]:
            continue
        before = next(v for v in first["vms"] if v["id"] == vm["id"])
        seconds = last["time"] - first["time"]
        rate = (vm["total"][0] - before["total"][0]) / seconds
        check(f"{vm['name']}: exits a second", *close(b.eval(f"({CELL})({json.dumps(vm['name'])}, 'exits')"), rate))
    b.click("#pause")
    next_updates(b)
    one = exporter.json("/vm/4242")
    b.eval("location.hash = '#vm=4242-9'")
    b.wait("document.querySelectorAll('#reasons tbody tr').length && document.querySelectorAll('#vcpus tbody tr').length > 1")
    shown = b.eval("Object.fromEntries([...document.querySelectorAll('#reasons tbody tr')].map(r => [r.dataset.reason, Number(r.querySelector('.total').textContent.replaceAll(',', ''))]))")
    same("the VM's exits by reason are those of /vm/4242", {r["name"]: r["exits"] for r in one["reasons"]}, shown)
    same("and in all", f"{one['exits']:,}", b.eval("document.querySelectorAll('.tile b')[2].textContent"))
    same("each reason has words, and their source", len(shown), b.eval("[...document.querySelectorAll('#reasons details')].filter(d => d.querySelector('summary').textContent.length > 20 && /(APM|SDM) Vol/.test(d.querySelector('.source').textContent)).length"))
    b.eval("location.hash = '#vm=4242-9&vcpu=1'")
    b.wait("document.querySelector('#of-whom').textContent")
    shown = b.eval("Object.fromEntries([...document.querySelectorAll('#reasons tbody tr')].map(r => [r.dataset.reason, Number(r.querySelector('.total').textContent.replaceAll(',', ''))]))")
    same("a vCPU's too", {r["name"]: r["exits"] for r in one["vcpus"][1]["reasons"]}, shown)
    b.eval("history.back(); history.back()")
    same("back leads to the list", True, b.wait("!document.querySelector('#list').hidden && document.querySelector('#detail').hidden"))
    host.run()


def sorting(b):
    b.click("#vms th[data-key=name] button")
    names = b.eval(NAMES)
    same("sorted by name", sorted(names, key=str.lower), names)
    same("and says so", "ascending", b.eval(f"({HEADER})('name').getAttribute('aria-sort')"))
    b.eval(f"({HEADER})('pid').firstChild.focus()")
    b.key("Enter")
    pids = b.eval("[...document.querySelectorAll('tr.vm .pid')].map(c => Number(c.textContent))")
    same("by pid, with the keyboard", sorted(pids), pids)
    b.key("Enter")
    same("and the other way round", sorted(pids, reverse=True), b.eval("[...document.querySelectorAll('tr.vm .pid')].map(c => Number(c.textContent))"))
    b.click("#vms th[data-key=exits] button")
    next_updates(b)
    first = b.eval(NAMES)[0]
    same("the one with the most exits first", "busy8", first)
    b.click("#vms th[data-key=handling] button")
    next_updates(b)
    check("the one whose exits take the longest first", b.eval(NAMES)[0] in ("web1", "db1"), b.eval(NAMES))


def keyboard(b):
    # In an order that no update changes between two looks.
    b.click("#vms th[data-key=pid] button")
    b.eval("document.activeElement.blur()")
    b.key("/", "Slash", "/")
    same("/ goes to the filter", "filter", b.eval("document.activeElement.id"))
    b.type("IDLE")
    same("the filter", ["idle1"], b.wait(f"{NAMES}.length === 1 && {NAMES}"))
    b.eval("const f = document.querySelector('#filter'); f.value = ''; f.dispatchEvent(new Event('input'))")
    for _ in range(12):
        b.key("Tab")
        if b.eval("document.activeElement.closest('tr.vm') !== null"):
            break
    first = b.eval("document.activeElement.textContent")
    same("Tab leads to the VMs", b.eval(NAMES)[0], first)
    check("the focus can be seen", b.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid")
    b.key("ArrowDown")
    second = b.eval("document.activeElement.textContent")
    same("an arrow leads to the next", b.eval(NAMES)[1], second)
    next_updates(b, 2)
    same("an update leaves the focus", second, b.eval("document.activeElement.textContent"))
    b.key("Enter")
    same("Enter opens it", second, b.wait("!document.querySelector('#detail').hidden && document.activeElement.textContent"))
    b.key("Escape")
    same("Escape goes back, to the same VM", second, b.wait("!document.querySelector('#list').hidden && document.activeElement.textContent"))
    b.eval("document.activeElement.blur()")


def hiding(b):
    b.hidden(True)
    time.sleep(0.3)
    before = len(b.drain().requests)
    time.sleep(3)
    same("a hidden tab asks for nothing", before, len(b.drain().requests))
    b.hidden(False)
    same("and goes on when it is seen", True, next_updates(b))


def looks(b, shots):
    colors = {}
    for scheme in ("light", "dark"):
        b.scheme(scheme)
        time.sleep(0.1)
        colors[scheme] = b.eval("getComputedStyle(document.body).backgroundColor")
        b.screenshot(f"{shots}/{scheme}.png")
    check("dark and light", colors["light"] == "rgb(246, 247, 249)" and colors["dark"] != colors["light"], colors)
    b.scheme("light")
    b.click("#theme")
    same("dark by the button", colors["dark"], b.eval("getComputedStyle(document.body).backgroundColor"))
    b.eval("location.hash = '#vm=4242-9'")
    b.size(1280, 1700)
    b.wait("document.querySelectorAll('#reasons tbody tr').length && document.querySelectorAll('#vcpus tbody tr').length > 1 && document.querySelectorAll('canvas').length === 2")
    next_updates(b, 2)
    b.screenshot(f"{shots}/detail-dark.png")
    b.click("#theme")
    time.sleep(0.2)
    b.screenshot(f"{shots}/detail-light.png")
    b.size(400, 800)
    time.sleep(0.3)
    check("one VM fits into 400 px", b.wait("document.documentElement.scrollWidth <= 400"))
    b.screenshot(f"{shots}/detail-narrow.png", whole=True)
    b.eval("location.hash = ''")
    b.wait("!document.querySelector('#list').hidden")
    time.sleep(0.3)
    check("the list fits into 400 px", b.wait("document.documentElement.scrollWidth <= 400"))
    check("with all that matters", b.eval("['.exits', '.handling', '.reasons', '.phases'].every(c => document.querySelector('tr.vm ' + c).getBoundingClientRect().width > 40)"))
    b.screenshot(f"{shots}/narrow.png")
    b.click("#theme")
    b.size(1280, 800)


def endings(b, host):
    negative = "[...document.querySelectorAll('#vms .num, .tile b')].some(c => /^-/.test(c.textContent))"
    idle = next(v for v in host.vms if v.name == "idle1")
    busy = next(v for v in host.vms if v.name == "busy8")
    b.eval(f"location.hash = '#vm={busy.pid}-9'")
    b.wait(f"document.querySelector('#vm-name').textContent === '{busy.name}'")
    host.end(idle)
    host.end(busy)
    same("a VM that ends under one's eyes", True, b.wait("document.querySelector('#vm-note').textContent.startsWith('This VM has ended')"))
    host.add(idle.pid, "reborn", "busy", 2, start=999_900)
    b.eval("location.hash = ''")
    same("a VM that has ended is gone from the list", True, b.wait(f"!{NAMES}.includes('busy8')"))
    same("a pid used again is another VM", True, b.wait(f"{NAMES}.includes('reborn') && !{NAMES}.includes('idle1')"))
    same("no rate is below 0", False, b.eval(negative))
    anew(b, host)
    # Modules loaded anew: the counters of the same VM go back.
    web = next(v for v in host.vms if v.name == "web1")
    with host.lock:
        for counts in web.counts:
            for reason in counts:
                counts[reason] = 1
    next_updates(b, 2)
    same("nor when counters begin anew", False, b.eval(negative))


def anew(b, host):
    """A VM whose directory goes and comes again is another one: the exporter says so."""
    db = next(v for v in host.vms if v.name == "db1")
    next_updates(b)
    cell = f"({CELL})('db1', 'exits')"
    check("it has rates", b.wait(f"{RATE}({cell})"))
    # The page tells of each row what it was, in between.
    b.eval(f"window.seen = []; new MutationObserver(() => seen.push({cell})).observe(document.querySelector('#vms'), {{subtree: true, characterData: true, childList: true}})")
    with host.lock:
        os.rename(db.dir, host.top + "/old")
        for i in range(db.vcpus):
            os.makedirs(f"{db.dir}/vcpu{i}")
        for counts in db.counts:
            for reason in counts:
                counts[reason] += 1_000_000
        db.go_on(0)
    check("another VM with its pid and fd begins anew, though it counted more", b.wait("seen.includes('–')"), b.eval("seen"))
    check("and has no rate of both", b.wait(f"{RATE}({cell})") and not b.eval("seen.some(text => text.endsWith('M'))"), b.eval("seen"))


def restart(b, exporter):
    loads = sum(r.endswith("/") for r in b.requests)
    complaints = list(b.complaints)
    exporter.stop()
    check("the exporter's end is told", b.wait("/^No answer from the exporter since \\d+:\\d+:\\d+/.test(document.querySelector('#notice').textContent) && !document.querySelector('#notice').hidden"))
    check("what was known stays", b.eval(f"{NAMES}.length") > 3)
    exporter.start()
    check("its return too, by itself", b.wait("document.querySelector('#notice').hidden && !document.body.classList.contains('stale')"))
    next_updates(b, 2)
    check("with rates", b.wait(f"{RATE}({EXITS})"), b.eval(EXITS))
    same("without loading the page again", loads, sum(r.endswith("/") for r in b.requests))
    b.complaints[:] = complaints + [c for c in b.complaints[len(complaints):] if "ERR_CONNECTION" not in c and "ERR_EMPTY" not in c]


def main():
    top, shots = sys.argv[1:]
    host = Host(top)
    for vm in ((4242, "web1", "disk", 2), (5100, "db1", "disk", 3), (5200, "ci-runner-17", "busy", 4),
               (6100, "idle1", "idle", 1), (7000, HOSTILE, "idle", 2), (7100, "busy8", "busy", 8)):
        host.add(*vm)
    host.run()
    with Exporter(top) as exporter, contextlib.closing(Browser()) as b:
        b.scheme("light")
        b.go(exporter.url + "/")
        b.eval("window.alert = () => { window.alerted = true; }")
        listing(b, host)
        rates(b, host, exporter)
        sorting(b)
        keyboard(b)
        hiding(b)
        looks(b, shots)
        endings(b, host)
        restart(b, exporter)
        same("no script came in by a name", None, b.eval("window.alerted"))
        same("nothing is asked of another host", [], [r for r in b.requests if not r.startswith(exporter.url + "/")])
        same("the browser has nothing to complain about", [], b.complaints)
    host.stop()


main()
