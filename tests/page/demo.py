# SPDX-License-Identifier: GPL-2.0-or-later
"""The live page over real VMs: those of the demo. demo.py URL SCREENSHOTS"""
import json
import sys
import urllib.request

from browser import Browser
from exporter import RATE, UPDATES, check, same

TOTALS = ("Object.fromEntries([...document.querySelectorAll('#reasons tbody tr')].map("
          "r => [r.dataset.reason, Number(r.querySelector('.total').textContent.replaceAll(',', ''))]))")


def counts(url, vm):
    with urllib.request.urlopen(f"{url}/vm/{vm}", timeout=30) as answer:
        return {r["name"]: r["exits"] for r in json.load(answer)["reasons"]}


def main():
    url, shots = sys.argv[1:]
    b = Browser()
    b.scheme("dark")
    try:
        b.go(url + "/")
        rates = "Object.fromEntries([...document.querySelectorAll('tr.vm')].map(r => [r.querySelector('a').textContent, r.querySelector('.exits').textContent]))"
        shown = b.wait(f"(r => {RATE}(r.web1) && {RATE}(r.idle1) && r)({rates})", 30)
        check("the demo's VMs, with rates", shown, b.eval(rates))
        # Enough for its lines to be some.
        check("it goes on", b.wait(f"{UPDATES} > 6", 60), b.eval(UPDATES))
        b.screenshot(f"{shots}/demo-list.png")
        vm = b.eval("[...document.querySelectorAll('tr.vm a')].find(a => a.textContent === 'web1').hash").removeprefix("#vm=")
        before = counts(url, vm)
        b.eval(f"location.hash = '#vm={vm}'")
        b.size(1280, 1500)
        b.wait("document.querySelectorAll('#vcpus tbody tr').length > 1 && document.querySelectorAll('canvas').length === 2", 30)
        b.wait("document.querySelector('#finding').textContent", 30)
        table = b.eval(TOTALS)
        after = counts(url, vm)
        wrong = {r: (n, table.get(r), after.get(r)) for r, n in before.items() if not n <= table.get(r, -1) <= after.get(r, -1)}
        same("web1's counts are those of /vm before and after", {}, wrong)
        check("devices are among its reasons", "IO" in table, table)
        b.screenshot(f"{shots}/demo-detail.png")
        same("nothing to complain about", [], b.complaints)
    finally:
        b.close()


main()
