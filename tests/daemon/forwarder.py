# SPDX-License-Identifier: GPL-2.0-or-later
"""forwarder.py PORT DIR: hands on /metrics of the exporter over TLS, asking for Prometheus' text.

A Prometheus of 2.42 always asks for OpenMetrics, so this lets it scrape the other format. Prints
its own port.
"""
import base64
import http.server
import os
import ssl
import sys
import urllib.request

port, pki = int(sys.argv[1]), sys.argv[2]
tls = ssl.create_default_context(cafile=os.path.join(pki, "server-ca.pem"))
tls.load_cert_chain(os.path.join(pki, "good.pem"), os.path.join(pki, "good.key"))
with open(os.path.join(pki, "password"), encoding="ascii") as file:
    login = base64.b64encode(b"prometheus:" + file.read().encode()).decode()
headers = {"Accept": "text/plain;version=0.0.4", "Authorization": "Basic " + login}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        request = urllib.request.Request(f"https://localhost:{port}/metrics", headers=headers)
        with urllib.request.urlopen(request, context=tls, timeout=5) as answer:
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
