# SPDX-License-Identifier: GPL-2.0-or-later
"""The exporter, on trees of files; results as tests/results.sh prints them; what the page was told."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

OF = "page"


def check(name, good, why="it is not so"):
    print(f"ok - {OF}: {name}" if good else f"not ok - {OF}: {name}: {str(why)[:400]}".replace("\n", " "), flush=True)
    return bool(good)


def same(name, want, got):
    return check(name, want == got, f"want {want!r}, got {got!r}")


# In the page: is this text a rate, and of something? A dash stands where none is known.
RATE = "(text => /^[0-9.,]+[kM]?$/.test(text) && text !== '0')"
# How many answers the page has drawn.
UPDATES = "Number(document.querySelector('#state')?.dataset.updates || 0)"


class Exporter:
    def __init__(self, top, *options):
        self.top, self.options, self.port, self.process = top, options, 0, None
        self.start()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self):
        """On a free port, which its log tells; again on the same, which may be taken for a moment."""
        for _ in range(10):
            if self.launch():
                return
            time.sleep(0.5)
        raise RuntimeError("the exporter does not start")

    def launch(self):
        with tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(
                ["build/kvm-exit-exporter", f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=info",
                 f"--path.debugfs={self.top}/debugfs", f"--path.procfs={self.top}/proc", *self.options], stderr=log)
            for _ in range(400):
                # Not by a file position: it is the exporter's too.
                text = os.pread(log.fileno(), 1 << 20, 0).decode(errors="replace")
                address = re.search(r"msg=listening address=127\.0\.0\.1:(\d+)", text)
                if address and "msg=ready" in text:
                    self.port = int(address[1])
                    return True
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        print(text, file=sys.stderr)
        self.stop()
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read()

    def json(self, path):
        return json.loads(self.get(path))


def per_second(n):
    """As the page writes a rate: three digits, or whole thousands."""
    def digits(v):
        return f"{v:.{0 if abs(v) >= 99.95 or v == 0 else 1 if abs(v) >= 9.995 else 2}f}"
    if 0 < n < 0.01:
        return "<0.01"
    if n < 1000:
        return digits(n)
    if n < 10000:
        return f"{n:,.0f}"
    return digits(n / 1e3) + "k" if n < 1e6 else digits(n / 1e6) + "M"


def close(text, value):
    """Is what the page shows this rate? Rounding may differ in the last digit."""
    units = {"k": 1e3, "M": 1e6}
    number = float(text.rstrip("kM").replace(",", "").lstrip("<")) * units.get(text[-1], 1)
    return abs(number - value) <= max(abs(value) * 0.006, 0.011), f"{text} shown, {per_second(value)} is right"
