# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of cases.py about numbers: rates, and times of day."""
from exporter import same
from told import FAILED, RATE, vcpus, vm


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
    p.tell(180, FAILED)
    p.tell(200, vm(1, 900000))
    p.tell(202, vm(1, 900020))
    same("a VM that could not be read for a while", "10.0", b.eval(RATE))
    rate = "document.querySelector('#vcpus tbody tr:last-child td').textContent"
    p.open("vm=1-9")
    p.tell(204, vm(1, 900040, vcpus=vcpus(1000)))
    p.tell(206, vm(1, 900060, vcpus=vcpus(3000)))
    same("a vCPU's rate", "1,000", b.eval(rate))
    p.tell(208, FAILED)
    same("none while the VM cannot be read", "–", b.eval(rate))
    p.tell(210, vm(1, 900100, vcpus=vcpus(3040)))
    same("then one again", "340", b.eval(rate))
    p.open("")
    for i in range(30):
        p.tell(212 + 2 * i, vm(1, 900120 + 20 * i))
    p.open("vm=1-9")
    p.tell(274, vm(1, 900740, vcpus=vcpus(9000)))
    p.tell(276, vm(1, 900760, vcpus=vcpus(9020)))
    same("after the list has been looked at", "10.0", b.eval(rate))
    same("the charts have points", 2, b.eval("document.querySelectorAll('canvas').length"))
    p.open("")
    p.tell(4000, vm(1, 990000))
    same("an hour later nothing of the line is left", "", b.eval("document.querySelector('tr.vm .line .stroke').getAttribute('d')"))


def slow(p):
    """An answer that fails, or takes long, is no gap: it is known how much there was meanwhile."""
    p.go()
    for now, n in ((100, 1000), (105, 2000), (None, 0), (117, 5600), (132, 7100)):
        if now:
            p.tell(now, *[vm(i, n) for i in range(1, 300)])
        else:
            p.answer({}, 503)
        if now == 117:
            same("a rate of longer than 10 s", "300", p.b.eval(RATE))
    same("and again", "100", p.b.eval(RATE))


def times(p):
    """What the page says of the time of day, a while after midnight."""
    b = p.b
    b.call("Emulation.setLocaleOverride", locale="fa")
    p.go("#vm=1-9")
    b.eval("window.ahead = 0; const Real = Date; window.Date = class extends Real {"
           "constructor(...of) { super(...(of.length ? of : [Date.now()])); }"
           "static now() { return Real.parse('2026-01-01T00:05:06') + ahead; }}; 0")
    p.tell(100, vm(1, 100))
    p.tell(102, vm(1, 200))
    same("of 24 hours, in digits as all numbers", "updated 00:05:06", b.eval("document.querySelector('#state').textContent"))
    b.eval("ahead = 3600e3")
    p.tell(3702)
    same("the numbers of a VM that ended unseen are as old as they are",
         "This VM has ended. Its numbers are the last ones, of 00:05:06.", b.eval("document.querySelector('#vm-note').textContent"))
    b.call("Emulation.setLocaleOverride", locale="")


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
