# SPDX-License-Identifier: GPL-2.0-or-later
"""
The live page over documents that a test makes up: gaps, failures, and what hands do. The page asks as
always, but no exporter: each answer is given by tell(), and its clock runs fast. cases.py DIRECTORY
"""
import contextlib
import sys
import time

from exporter import Exporter, check, same
from figures import gaps, others, slow, stats, times
from host import Host
from told import FAILED, RATE, Page, vcpus, vm

FOCUS = "document.activeElement.textContent"


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
    p.answer({}, 503, {"Retry-After": "86400"})
    same("but within a minute", 60000, b.eval(waits))
    p.go()
    p.answer("<html>Who are you?</html>")
    check("what is no JSON is no answer", b.eval("document.querySelector('#notice').textContent").startswith("The exporter does not answer"))
    p.go("#vm=1-9")
    p.tell(98, FAILED)
    same("nothing is told of a VM that could never be read", "This VM’s counters cannot be read.",
         b.eval("document.querySelector('#detail').innerText.split('\\n').filter(Boolean).at(-1)"))
    p.go()
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


def held(p):
    """The order of the list is held while the keyboard is in it, not where a click has left the focus."""
    b = p.b
    names = "[...document.querySelectorAll('tr.vm a')].map(a => a.textContent).join(' ')"
    now = 0

    def tell(first):
        """Two answers; vm1 has so many exits more in between, the others 2 and 3."""
        nonlocal now
        for exits in (0, first):
            now += 40 if not exits else 2
            p.tell(now, vm(1, now * 1000 + exits), *[vm(i, now * 1000 + (exits and i)) for i in (2, 3)])

    b.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    for how, want in (("mouse", "vm1 vm3 vm2"), ("keyboard", "vm3 vm2 vm1")):
        p.go()
        tell(1)
        same(f"before the {how} goes to a VM", "vm3 vm2 vm1", b.eval(names))
        if how == "mouse":
            b.click("tr.vm .exits")
            b.wait("!document.querySelector('#detail').hidden")
            b.click(".back a")
        else:
            b.eval("document.querySelector('tr.vm a').focus()")
            b.key("Enter")
            b.wait("!document.querySelector('#detail').hidden")
            b.key("Escape")
        b.wait("!document.querySelector('#list').hidden")
        same(f"back by {how} to the VM", "vm3", b.eval(FOCUS))
        tell(9)
        same(f"the order after that, by {how}", want, b.eval(names))


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
        for case in (gaps, slow, times, others, stats, addresses, failures, hands, held, kept, places):
            begun = time.monotonic()
            try:
                case(p)
            except RuntimeError as error:
                check(case.__name__, False, error)
            print(f"# {case.__name__}: {time.monotonic() - begun:.1f} s")
        same("nothing to complain about in all that", [], p.b.drain().complaints)


main()
