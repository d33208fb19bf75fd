# SPDX-License-Identifier: GPL-2.0-or-later
"""
fuzz_http.py SEED N: N requests, of which few are sound, and a scrape beside them all the time.
The same seed gives the same requests.
"""
import random
import re
import socket
import struct
import sys
import threading
import time

import client

PATHS = [b"/", b"/metrics", b"/vms", b"/vm/100", b"/vm/100-3", b"/vm/999", b"/-/healthy", b"/-/ready",
         b"/../../etc/passwd", b"/vm/../vms", b"/%2e%2e/x", b"/metrics%00", b"/metrics\0x", b"/%", b"/%zz",
         b"*", b"http://x/metrics", b"//", b"/vm/-1", b"/vm/18446744073709551616", b"/\xff\xfe", b"",
         b"/metrics?a=b&c=%00", b"/metrics?" + b"a&" * 2000, b"/" + b"a" * 20000]
METHODS = [b"GET"] * 12 + [b"HEAD"] * 3 + [b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT",
                                          b"get", b"G", b"GETGET", b"\0", b"PRI", b"A" * 5000, b""]
VERSIONS = [b"HTTP/1.1"] * 10 + [b"HTTP/1.0"] * 3 + [b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.", b"HTTP", b"", b"x"]
NAMES = [b"Host", b"Accept", b"Accept-Encoding", b"Connection", b"Content-Length", b"Transfer-Encoding",
         b"Expect", b"Range", b"Cookie", b"Authorization", b"X-Prometheus-Scrape-Timeout-Seconds",
         b"Upgrade", b"If-None-Match", b"", b"X\0Y", b" ", b"A" * 3000]
VALUES = [b"x", b"", b"*/*", b"gzip", b"gzip;q=0", b"gzip;q=", b"*;q=0.5,;;q=1,\"", b"close", b"keep-alive",
          b"0", b"-1", b"10", b"99999999999999999999", b"chunked", b"100-continue", b"bytes=0-0",
          b"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.4", b"text/plain;q=1.0.0",
          b"a=b; c=" + b"d" * 4000, b"0.001", b"1e9", b"nan", b"\xff\x00\x80", b"Basic " + b"QQ" * 100,
          b"," * 5000, b"\t \t", b"h2c"]
ENDS = [b"\r\n"] * 10 + [b"\n", b"\r", b"", b"\r\n\r\n", b"\0", b"\r\n "]


def make(r):
    """One request, more or less."""
    if r.random() < 0.05:
        return r.randbytes(r.randrange(1, 3000))
    data = r.choice(METHODS) + b" " + r.choice(PATHS) + b" " + r.choice(VERSIONS) + r.choice(ENDS)
    if r.random() < 0.8:
        data += b"Host: x\r\n"
    for _ in range(r.randrange(6)):
        data += r.choice(NAMES) + b": " + r.choice(VALUES) + r.choice(ENDS)
    if r.random() < 0.003:
        data += b"X-Long: " + b"x" * (1 << 20) + b"\r\n"
    data += b"\r\n"
    if r.random() < 0.1:
        data += r.choice([b"5\r\nabcde\r\n0\r\n\r\n", b"x" * 100, b"fffffffff\r\n", r.randbytes(50)])
    if r.random() < 0.2:
        data = bytearray(data)
        for _ in range(r.randrange(1, 8)):
            data[r.randrange(len(data))] = r.randrange(256)
        data = bytes(data)
    if r.random() < 0.1:
        data = data[:r.randrange(len(data))]
    return data


def send(s, r, data):
    if r.random() < 0.9 or len(data) > 5000:
        s.sendall(data)
        return
    while data:
        n = r.randrange(1, 200)
        s.sendall(data[:n])
        data = data[n:]


def fuzz(seed, n, strange):
    r = random.Random(seed)
    while n > 0:
        some = min(n, r.choice([1, 1, 1, 2, 5]))
        n -= some
        # Now and then to the end, however long it takes.
        to_end = r.random() < 0.01
        s = client.connect(20.0)
        got = b""
        try:
            for _ in range(some):
                send(s, r, make(r))
            if r.random() < 0.15:
                # Gone without a word, at times in the midst of an answer.
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                s.shutdown(socket.SHUT_WR)
                s.settimeout(20.0 if to_end else 0.1)
                while True:
                    more = s.recv(1 << 18)
                    if not more:
                        break
                    got = (got + more)[:4096]
        except socket.timeout:
            if to_end:
                strange.append("no end of an answer")
        except OSError:
            pass
        s.close()
        if got and not re.match(rb"HTTP/1\.[01] [1-5]\d\d ", got):
            strange.append(repr(got[:50]))


seed, total = int(sys.argv[1]), int(sys.argv[2])
fds, strange = client.fds(), []
scraper = client.Scraper()
scraper.start()
threads = [threading.Thread(target=fuzz, args=(seed + i, total // 8, strange)) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
name = f"{total} random requests"
client.check(f"{name}: every answer is HTTP and ends", not strange, str(strange[:3]))
scraper.verdict(name)
for _ in range(100):
    if client.fds() <= fds:
        break
    time.sleep(0.05)
client.check(f"{name}: no fd is lost", client.fds() <= fds, f"{fds} before, {client.fds()} after")
print(f"# most memory: {client.memory('VmHWM')} KiB", flush=True)
if len(sys.argv) > 3:
    client.check(f"{name}: memory stays within bounds", client.memory("VmHWM") <= int(sys.argv[3]),
                 f"{client.memory('VmHWM')} KiB")
