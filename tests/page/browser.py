# SPDX-License-Identifier: GPL-2.0-or-later
"""
A headless Chromium, driven over its DevTools protocol by a pipe: nothing is needed but the browser.
https://chromedevtools.github.io/devtools-protocol/
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, width=1280, height=800):
        self.profile = tempfile.mkdtemp(prefix="page-test-")
        down_r, down_w = os.pipe()
        up_r, up_w = os.pipe()

        def pipes():
            # The browser reads commands from 3 and writes to 4. First out of the way of each other.
            a, b = os.dup(down_r), os.dup(up_w)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-extensions", "--disable-sync", "--disable-features=Translate,OptimizationHints",
             "--force-color-profile=srgb", f"--user-data-dir={self.profile}",
             f"--window-size={width},{height}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=pipes, close_fds=False)
        os.close(down_r)
        os.close(up_w)
        self.write_fd, self.read_fd = down_w, up_r
        self.number, self.buffer, self.session = 0, b"", None
        self.requests, self.complaints = [], []
        self.ids, self.finished, self.pending = {}, [], set()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.size(width, height)

    def close(self):
        os.close(self.write_fd)
        self.process.kill()
        self.process.wait()
        os.close(self.read_fd)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self, timeout):
        """Messages that have come."""
        if select.select([self.read_fd], [], [], timeout)[0]:
            data = os.read(self.read_fd, 1 << 20)
            if not data:
                raise RuntimeError("the browser has ended")
            self.buffer += data
        *whole, self.buffer = self.buffer.split(b"\0")
        return [json.loads(m) for m in whole]

    def note(self, message):
        """What a page asks for, and what it complains about."""
        method, params = message.get("method"), message.get("params", {})
        if method in ("Network.loadingFinished", "Network.loadingFailed"):
            self.pending.discard(params["requestId"])
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
            self.ids[params["requestId"]] = params["request"]["url"]
            self.pending.add(params["requestId"])
        elif method == "Network.loadingFinished" and params["requestId"] in self.ids:
            self.finished.append(params["requestId"])
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))

    def call(self, method, timeout=120, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_fd, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            answer = None
            for m in self.read(0.2):
                if m.get("id") == self.number:
                    answer = m
                else:
                    self.note(m)
            if answer:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer.get("result", {})
        raise RuntimeError(f"{method}: no answer")

    def drain(self):
        """Take note of what has happened up to now."""
        self.call("Runtime.evaluate", expression="0")
        return self

    def documents(self, end):
        """What was answered to requests for URLs that end so, parsed."""
        urls = [i for i in self.drain().finished if self.ids[i].endswith(end)]
        return [json.loads(self.call("Network.getResponseBody", requestId=i)["body"]) for i in urls]

    def eval(self, expression):
        """The value of an expression in the page; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, expression, seconds=30.0):
        """Until the expression is true: its value, or None if it is not in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                value = self.eval(expression)
                if value:
                    return value
            except RuntimeError:
                pass
            time.sleep(0.05)
        return None

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def hidden(self, yes):
        """As if another tab were in front."""
        self.eval(f"Object.defineProperty(document, 'hidden', {{value: {str(yes).lower()}, configurable: true}});"
                  "document.dispatchEvent(new Event('visibilitychange'))")

    def key(self, key, code=None, text=""):
        codes = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36}
        if key == "Enter":
            text = "\r"
        common = {"key": key, "code": code or key, "windowsVirtualKeyCode": codes.get(key, ord(key[0]))}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def click(self, selector):
        x, y = self.eval(f"(r => [r.x + r.width / 2, r.y + r.height / 2])"
                         f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)

    def screenshot(self, path, whole=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))
