# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that are many, slow, or both."""
import select
import socket
import sys
import time

import client
from client import check, connect, read_answer

GET = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"


def drip(held):
    """A byte on each; those that have been closed are dropped."""
    alive = []
    for s in held:
        try:
            s.send(b"a")
            alive.append(s)
        except OSError:
            s.close()
    return alive


def counted(body, name):
    return int(body.split(b"\n" + name.encode() + b" ")[1].split(b"\n")[0])


def crowd():
    """1,000 connections of which none is of any use; some look alive."""
    fds = client.fds()
    scraper = client.Scraper()
    scraper.start()
    idle, silent, dripping = [], [], []
    for i in range(1000):
        s = connect()
        kind = (idle, silent, dripping)[i % 3]
        if kind is not idle:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-")
        kind.append(s)
    most = client.fds()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        dripping = drip(dripping)
        time.sleep(0.1)
    check("1,000 connections: no more are held than there are places", most - fds <= 256, f"{most - fds}")
    scraper.verdict("1,000 connections")
    for s in idle + silent + dripping:
        s.close()
    _, _, body = client.request("/metrics")
    away = counted(body, "kvm_exit_exporter_http_slow_clients_total")
    check("1,000 connections: who was sent away is counted", away >= 1000 - 256, str(away))
    for _ in range(100):
        if client.fds() <= fds:
            break
        time.sleep(0.05)
    check("1,000 connections: no fd is lost", client.fds() <= fds, f"{fds} before, {client.fds()} after")


def slow():
    """How long each kind of slow client is put up with. All at once, since each takes its time."""
    begin = time.monotonic()
    names = {}

    def add(name, first=b""):
        s = connect()
        names[s] = name
        if first:
            s.sendall(first)
        return s

    half = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nX-A"
    silent = add("silent from the start")
    cut = add("cut in half", half)
    late = add("complete after 8 s", half)
    drips = add("dripping", half)
    line = add("dripping in its first line", b"GET /")
    second = add("dripping in its second request", GET)
    pipelined = add("cut in half behind a whole one", GET + half)
    idle = add("idle between requests", GET)
    many = add("pipelined", GET * 100)
    body = add("with a body", b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")

    for s in (second, pipelined, idle):
        check(f"a client {names[s]}: the first is answered", read_answer(s)[0] == 200)
    data = b""
    while data.count(b" is healthy.\n") < 100:
        more = many.recv(65536)
        if not more:
            break
        data += more
    check("100 pipelined requests are answered", data.count(b"HTTP/1.1 200 OK\r\n") == 100)
    check("a request with a body is answered before that", read_answer(body)[0] == 405)
    time.sleep(1)
    second_began = time.monotonic()
    closed = {}
    watched = [silent, cut, drips, line, second, pipelined]
    done_late = False
    while time.monotonic() < begin + 14 and len(closed) < len(watched):
        for s in (drips, line, second):
            if s not in closed:
                try:
                    s.send(b"a")
                except OSError:
                    pass
        if not done_late and time.monotonic() > begin + 8:
            late.sendall(b": b\r\n\r\n")
            done_late = True
            check("a slow request that is complete in time is answered", read_answer(late)[0] == 200)
        open_ones = [s for s in watched if s not in closed]
        for s in select.select(open_ones, [], [], 0.25)[0]:
            try:
                data = s.recv(65536)
            except OSError:
                data = b""
            if not data:
                closed[s] = time.monotonic()
    for s in watched:
        since = second_began if s is second else begin
        took = closed.get(s, begin + 99) - since
        check(f"a client {names[s]} is closed after 10 s", 9.3 <= took <= 12.5, f"{took:.1f} s")
    while time.monotonic() < begin + 13:
        time.sleep(0.1)
    idle.sendall(GET)
    try:
        again = read_answer(idle)[0]
    except OSError:
        again = -1
    check("one idle between requests is kept for longer", again == 200, str(again))


def readers():
    """More clients than may ask at once ask for a large page and do not take it."""
    held = []
    for _ in range(60):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", client.PORT))
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        held.append(s)
    status, headers = 0, {}
    end = time.monotonic() + 1.5
    while status != 503 and time.monotonic() < end:
        status, headers, _ = client.request("/metrics", "Connection: close\r\n")
    check("60 large pages at once are too many", status == 503, str(status))
    check("and who comes then is told when to come back", headers.get("retry-after") == "1", str(headers))
    # Two seconds after the last has got its answer, which may take a while itself.
    time.sleep(2.5)
    end = time.monotonic() + 8
    while client.request("/metrics", "Connection: close\r\n")[0] != 200 and time.monotonic() < end:
        time.sleep(0.25)
    statuses = [client.request("/metrics", "Connection: close\r\n")[0] for _ in range(5)]
    check("60 that do not take their answer do not keep others out", statuses == [200] * 5, str(statuses))
    for s in held:
        s.close()


def staggered():
    """Clients that come one after the other and do not take their large pages, of a snapshot each."""
    _, _, body = client.request("/metrics", "Connection: close\r\n")
    page, idle = len(body), client.memory("VmRSS")
    scraper = client.Scraper()
    scraper.start()
    held, good = [], 0
    for _ in range(60):
        s = socket.socket()
        s.settimeout(10)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", client.PORT))
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        # Its page is made: who comes next gets another.
        good += s.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200"
        held.append(s)
    check("60 slow readers, one after the other: each has a place", good == 60, str(good))
    scraper.verdict("60 slow readers, one after the other")
    most = client.memory("VmHWM") - idle
    # 64 MiB, the page that is then made, and as much for what it is made of.
    limit = 64 * 1024 + 2 * page // 1024
    check(f"60 slow readers of {page // 1024} KiB: memory", most <= limit, f"{most} KiB, at most {limit}")
    _, _, body = client.request("/metrics", "Connection: close\r\n")
    away = counted(body, "kvm_exit_exporter_http_slow_clients_total")
    check("60 slow readers: who was sent away is counted", away >= 60 - 64 * 1024 * 1024 // page, str(away))
    for s in held:
        s.close()
    # Nothing of it is left, however many there were.
    for _ in range(100):
        if client.memory("VmRSS") - idle < 16 * 1024:
            break
        time.sleep(0.05)
    left = client.memory("VmRSS") - idle
    check("60 slow readers: when they have gone the memory is free", left < 16 * 1024, f"{left} KiB")


def hasty():
    """20 that want their scrape at once, again and again."""
    scraper = client.Scraper()
    scraper.start()
    ask = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Prometheus-Scrape-Timeout-Seconds: %s\r\n\r\n"
    answers = [0, 0]
    for i, timeout in enumerate((b"0.0001", b"0.0125")):
        many = [connect() for _ in range(20)]
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            for s in many:
                s.sendall(ask % timeout)
            answers[i] += sum(read_answer(s)[0] == 200 for s in many)
        for s in many:
            s.close()
    check("20 in a hurry: they are answered", min(answers) >= 20, str(answers))
    scraper.verdict("20 in a hurry")


{
    "crowd": crowd,
    "hasty": hasty,
    "slow": slow,
    "readers": readers,
    "staggered": staggered,
}[sys.argv[1]]()
