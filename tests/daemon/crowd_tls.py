# SPDX-License-Identifier: GPL-2.0-or-later
"""Many clients of a server with TLS and users: in each stage of a handshake, and with wrong passwords."""
import base64
import os
import socket
import ssl
import sys
import threading
import time

import client
from client import check

CA = os.environ.get("CA", "")
CONTEXT = ssl.create_default_context(cafile=CA) if CA else None
HALF = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-"


def connect(address="127.0.0.1"):
    """From an address of one's own: who tries passwords is known by that."""
    s = socket.create_connection(("127.0.0.1", client.PORT), 30, (address, 0))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def connect_tls(address="127.0.0.1"):
    return CONTEXT.wrap_socket(connect(address), server_hostname="localhost")


def hello():
    """What a client sends first."""
    out = ssl.MemoryBIO()
    try:
        CONTEXT.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def ask(s, login="scraper:geheim", path="/metrics", more=""):
    header = base64.b64encode(login.encode()).decode()
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {header}\r\n{more}\r\n".encode())
    return client.read_answer(s)


def scrape():
    if not CONTEXT:
        return client.request("/metrics", "Connection: close\r\n")
    with connect_tls() as s:
        return ask(s, more="Connection: close\r\n")


class Scraper(client.Scraper):
    def scrape(self):
        return scrape()


def fds_come_back(name, before):
    for _ in range(100):
        if client.fds() <= before:
            break
        time.sleep(0.05)
    check(f"{name}: no fd is lost", client.fds() <= before, f"{before} before, {client.fds()} after")


def stages(n):
    """n connections that each stop at a stage; the last kind drips."""
    first = hello()
    held, dripping = [], []
    for i in range(n):
        stage = i % 5
        if stage == 4 and i % 20 == 4:
            s = connect_tls()
            s.sendall(HALF)
        else:
            s = connect()
        if stage == 1:
            s.sendall(first[: len(first) // 2])
        elif stage == 2:
            s.sendall(first)
        elif stage == 3:
            s.sendall(first[:10])
            dripping.append((s, iter(first[10:])))
        held.append(s)
    return held, dripping


def crowd(n, times):
    """What a crowd may cost, once as well as more often."""
    limit = int(os.environ.get("MEMORY", "0"))
    fds, before, resident = client.fds(), client.memory("VmRSS"), []
    scraper = Scraper()
    scraper.start()
    for _ in range(times):
        held, dripping = stages(n)
        most = client.fds()
        end = time.monotonic() + 1
        while time.monotonic() < end:
            for s, rest in dripping:
                try:
                    s.send(bytes([next(rest)]))
                except OSError:
                    pass
            time.sleep(0.1)
        check(f"{n} in the stages of a handshake: no more are held than there are places", most - fds <= 256,
              f"{most - fds}")
        for s in held:
            s.close()
        resident.append(client.memory("VmRSS"))
    scraper.verdict(f"{n} in the stages of a handshake")
    fds_come_back("handshakes", fds)
    if limit:
        check(f"handshakes: memory stays below {limit} KiB ({client.memory('VmHWM')})",
              client.memory("VmHWM") <= limit, f"{client.memory('VmHWM')}")
        check("handshakes: a second crowd needs no more than the first", resident[-1] - resident[0] <= 2048,
              f"{before} KiB, then {resident}")


def passwords(n):
    """n clients that try passwords, one after the other, each on a connection that stays."""
    fds, statuses, bad = client.fds(), [], []
    enough = threading.Event()

    def guess(i):
        tries = 0
        while not enough.is_set():
            try:
                with connect_tls(f"127.1.{i // 200}.{i % 200 + 1}") as s:
                    status = 1
                    while status and not enough.is_set():
                        tries += 1
                        status, headers, _ = ask(s, f"scraper:{i}-{tries}")
                        if status == 503 and headers.get("retry-after") != "1":
                            bad.append("no Retry-After")
                        if status:
                            statuses.append(status)
                        time.sleep(0.05)
            except OSError as e:
                bad.append(repr(e))

    scraper = Scraper()
    check("a scraper comes in", scrape()[0] == 200)
    crowd_of = [threading.Thread(target=guess, args=(i,), daemon=True) for i in range(n)]
    for t in crowd_of:
        t.start()
    time.sleep(0.5)
    scraper.start()
    time.sleep(2)
    scraper.verdict(f"{n} with wrong passwords")
    enough.set()
    for t in crowd_of:
        t.join()
    check(f"{n} with wrong passwords: none comes in ({len(statuses)} tried)",
          len(statuses) > n and set(statuses) <= {401, 503}, str(set(statuses)))
    check(f"{n} with wrong passwords: all are answered", not bad, str(bad[:3]))
    fds_come_back(f"{n} with wrong passwords", fds)


def few_fds():
    """A daemon that may have few file descriptors from the start."""
    limit = int(os.environ["LIMIT"])
    held = [connect() for _ in range(2 * limit)]
    begin = time.monotonic()
    status, _, body = scrape()
    took = time.monotonic() - begin
    good = status == 200 and b"\nkvm_exit_exporter_collector_success 1\n" in body
    check(f"{2 * limit} idle connections and {limit} file descriptors: a scrape is served", good, f"{status} {body[-200:]!r}")
    check("and within a second or so", took < 3, f"{took:.1f} s")
    check("with that limit", f"\nprocess_max_fds {limit}\n".encode() in body)
    for s in held:
        s.close()


def no_fds():
    """The limit is reached: whoever comes then waits, at no cost, until there is a place."""
    limit = int(os.environ["LIMIT"])
    held = [connect() for _ in range(2 * limit)]
    for _ in range(100):
        time.sleep(0.3)
        left = sorted(set(range(limit)) - {int(fd) for fd in os.listdir(f"/proc/{client.PID}/fd")})
        if not left:
            break
    check("no descriptor is left", not left, str(left))
    begin = cpu()
    time.sleep(1.2)
    took = cpu() - begin
    check("waiting costs little", took <= 0.4, f"{took:.2f} s of CPU in 1.2 s")
    for s in held:
        s.close()
    begin = time.monotonic()
    status, _, _ = scrape()
    took = time.monotonic() - begin
    check("there are some again: a scrape is served", status == 200 and took < 3, f"{status} after {took:.1f} s")


def cpu():
    with open(f"/proc/{client.PID}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


WHAT = {"crowd": crowd, "passwords": passwords, "few_fds": few_fds, "no_fds": no_fds}
WHAT[sys.argv[1]](*map(int, sys.argv[2:]))
