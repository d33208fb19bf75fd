# SPDX-License-Identifier: GPL-2.0-or-later
"""reasons.py HEADER...: does daemon/page/reasons.json know each reason of the kernel's own tables, once?"""
import fnmatch
import json
import re
import sys

from exporter import check, same

with open("daemon/page/reasons.json", encoding="utf-8") as f:
    table = json.load(f)
with open("daemon/page/rates.js", encoding="utf-8") as f:
    kinds = set(re.findall(r"(\w+): '", re.search(r"KINDS = \{(.*?)\};", f.read(), re.S)[1]))

names = {"OTHER", "0xa4"}
for header in sys.argv[1:]:
    with open(header, encoding="utf-8") as f:
        names |= {n.upper().replace(" ", "_") for n in re.findall(r'\{\s*(?:SVM_EXIT|EXIT_REASON)_[^,]*,\s*"([^"]*)"', f.read())}
check("the kernel's tables are found", len(names) > 120, len(names))
patterns = [p for entry in table for p in entry["names"]]
same("every reason of SVM and VMX has words", [], sorted(n for n in names if not any(fnmatch.fnmatchcase(n, p) for p in patterns)))
same("of one kind", [], sorted(n for n in names if sum(any(fnmatch.fnmatchcase(n, p) for p in e["names"]) for e in table) > 1))
same("each entry is whole", [], [e["names"][0] for e in table if not (e["means"].endswith(".") and e["helps"].endswith(".") and e["kind"] in kinds and "see" in e)])
