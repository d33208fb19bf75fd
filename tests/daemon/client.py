# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests in Python share: result lines as tests/results.sh prints them, and raw HTTP."""
import os
import re
import socket
import threading
import time

PORT = int(os.environ["PORT"])
PID = int(os.environ["DAEMON"])
OF = os.environ.get("RESULTS_OF", "")


def check(name, good, why="it is not so"):
    label = f"{OF}: {name}" if OF else name
    print(f"ok - {label}" if good else f"not ok - {label}: {why}"[:400], flush=True)


def connect(timeout=30.0):
    s = socket.create_connection(("127.0.0.1", PORT), timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_answer(s, head_only=False):
    """One answer of a connection that stays open: status, headers, body. Status 0: closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = s.recv(65536)
        if not more:
            return 0, {}, data
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
    want = 0 if head_only else int(headers.get("content-length", "0"))
    while len(body) < want:
        more = s.recv(1 << 20)
        if not more:
            break
        body += more
    return int(lines[0].split()[1]), headers, body


def request(path, headers="", method="GET", timeout=30.0):
    with connect(timeout) as s:
        s.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode("latin-1"))
        return read_answer(s, method == "HEAD")


def fds():
    return len(os.listdir(f"/proc/{PID}/fd"))


def memory(field):
    """VmHWM, VmRSS in KiB"""
    with open(f"/proc/{PID}/status", encoding="ascii") as f:
        return int(re.search(rf"^{field}:\s*(\d+)", f.read(), re.M).group(1))


class Scraper(threading.Thread):
    """Scrapes beside what a test does, and notes how long that takes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.took, self.bad, self.enough = [], [], threading.Event()

    def scrape(self):
        return request("/metrics", "Connection: close\r\n")

    def run(self):
        while not self.enough.wait(0.05):
            begin = time.monotonic()
            try:
                status, _, body = self.scrape()
                if status != 200 or b"\nkvm_exit_exporter_collector_success 1\n" not in body:
                    self.bad.append(f"{status} {body[:60]!r}")
            except OSError as e:
                self.bad.append(repr(e))
            self.took.append(time.monotonic() - begin)

    def verdict(self, name):
        self.enough.set()
        self.join()
        took = sorted(self.took)
        check(f"{name}: scrapes beside it are served", took and not self.bad, str(self.bad[:3]))
        # A busy machine may stop anybody for a moment, but not again and again.
        slow = [round(t, 2) for t in took if t > 1]
        check(f"{name}: within a second", took and len(slow) <= len(took) // 50, f"{slow} of {len(took)}")
