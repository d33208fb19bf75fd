# SPDX-License-Identifier: GPL-2.0-or-later
"""Over TLS: requests of which only a part comes, behind whole ones. argv: the server's CA."""
import socket
import ssl
import sys
import threading
import time

import client
from client import check, read_answer

GET = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
# Name; what is sent, each in a record of its own; how many are answered; does it end?
CASES = [
    ("one, then idle", [GET], 1, False),
    ("two at once, then idle", [GET + GET], 2, False),
    ("one in pieces, then idle", [GET[:9], GET[9:30], GET[30:]], 1, False),
    ("half of one", [GET[:20]], 0, True),
    ("one and a letter of another, at once", [GET + b"G"], 1, True),
    ("one and half of another, in two records", [GET, GET[:20]], 1, True),
    ("two and half of another, in odd pieces", [GET + GET[:5], GET[5:] + GET[:25]], 2, True),
    ("large ones, and a letter", [GET[:-2] + b"X-A: " + b"a" * 3000 + b"\r\n\r\n" + GET + b"G"], 2, True),
]
CIPHERS = [
    (ssl.TLSVersion.TLSv1_3, None),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305"),
]
# What is around its records is not of one size: a few bytes may be taken for that.
CBC = (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA")
# With 10 s for a request, looked at twice in a second.
SOON, LATE, PATIENCE = 9, 14, 17


def session(version, cipher):
    context = ssl.create_default_context(cafile=sys.argv[1])
    context.minimum_version = context.maximum_version = version
    if cipher:
        context.set_ciphers(cipher)
    s = socket.create_connection(("localhost", client.PORT), 30)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(s, server_hostname="localhost")


found = []


def note(*result):
    found.append(result)


def run(name, parts, answers, ends, version, cipher):
    """In a thread of its own, since each takes its time: what it found goes on the list."""
    begin = time.monotonic()
    try:
        with session(version, cipher) as s:
            name = f"{s.version()} {s.cipher()[0]}: {name}"
            for part in parts:
                s.sendall(part)
            data = b""
            while data.count(b"is healthy.\n") < answers:
                more = s.recv(65536)
                if not more:
                    break
                data += more
            note(f"{name}: {answers} answered", data.count(b"HTTP/1.1 200") == answers, str(data[:60]))
            s.settimeout(max(0.1, PATIENCE - (time.monotonic() - begin)))
            try:
                more = s.recv(100)
                took = time.monotonic() - begin
                note(f"{name}: is closed in time", ends and not more and SOON < took < LATE, f"after {took:.1f} s")
            except TimeoutError:
                note(f"{name}: stays open", not ends)
                s.sendall(GET)
                note(f"{name}: and of use", read_answer(s)[0] == 200)
    except OSError as e:
        note(name, False, repr(e))


threads = [threading.Thread(target=run, args=(*case, *cipher)) for case in CASES for cipher in CIPHERS]
threads += [threading.Thread(target=run, args=(*case, *CBC)) for case in CASES if case[3] is False or "half" in case[0]]
for t in threads:
    t.start()
for t in threads:
    t.join()
for result in found:
    check(*result)
