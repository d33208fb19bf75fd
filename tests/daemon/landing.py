# SPDX-License-Identifier: GPL-2.0-or-later
"""
landing.py HEADERS <PAGE: is each element closed, and are there no scripts and styles in it that its
policy would have to allow? Prints the links.
"""
import html.parser
import re
import sys

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links, self.seen = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src") and not value.startswith("#"):
                self.links.append(value)
            if name.startswith("on") or name == "style":
                sys.exit(f"{tag} has {name}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(f"stray </{tag}>")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("style", "script"):
            sys.exit(f"<{self.open[-1]}> has content")


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
if not policy or "default-src 'none'" not in policy[1] or "unsafe" in policy[1]:
    sys.exit(f"policy: {policy}")
if "x-content-type-options: nosniff" not in headers:
    sys.exit("sniffable")
print("\n".join(page.links))
