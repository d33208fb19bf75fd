# SPDX-License-Identifier: GPL-2.0-or-later
"""
landing.py HEADERS <PAGE: is each element closed, is the style the one that the policy in the headers
allows, and is there no script? Prints the links.
"""
import base64
import hashlib
import html.parser
import re
import sys

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links, self.styles, self.seen = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            if name.startswith("on") or name == "style":
                sys.exit(f"{tag} has {name}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(f"stray </{tag}>")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.styles.append(data)


text = sys.stdin.read()
page = Page()
page.feed(text)
page.close()
headers = open(sys.argv[1], encoding="ascii").read().lower().replace("\r", "")
policy = re.search(r"^content-security-policy: (.*)$", open(sys.argv[1], encoding="ascii").read(), re.M | re.I)
if page.open or not text.startswith("<!DOCTYPE html>\n<html lang="):
    sys.exit(f"left open: {page.open}")
for tag in ("head", "meta", "title", "body", "h1", "h2"):
    if tag not in page.seen:
        sys.exit(f"no <{tag}>")
if "script" in page.seen:
    sys.exit("a script")
if not policy or "default-src 'none'" not in policy[1] or "unsafe" in policy[1]:
    sys.exit(f"policy: {policy}")
for style in page.styles:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    if f"'sha256-{digest}'" not in policy[1]:
        sys.exit(f"the policy does not allow the style sha256-{digest}")
if "x-content-type-options: nosniff" not in headers:
    sys.exit("sniffable")
print("\n".join(page.links))
