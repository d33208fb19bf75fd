# SPDX-License-Identifier: GPL-2.0-or-later
"""
parse.py text|openmetrics <PAGE: parse it with Prometheus' own client library, and print each sample,
sorted, in the same form for both.
"""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families

page = sys.stdin.buffer.read().decode("utf-8")
families = list((openmetrics_families if sys.argv[1] == "openmetrics" else text_families)(page))
samples = []
for family in families:
    if sys.argv[1] == "openmetrics":
        wants = ("seconds", "bytes")
        unit = next((u for u in wants if family.name.endswith("_" + u)), "")
        if family.unit != unit:
            sys.exit(f"unit of {family.name} is '{family.unit}'")
        if family.type not in ("counter", "gauge", "info"):
            sys.exit(f"type of {family.name} is {family.type}")
    if not family.documentation:
        sys.exit(f"{family.name} has no help")
    for s in family.samples:
        if s.timestamp is not None or s.exemplar is not None:
            sys.exit(f"{s.name} has more than a value")
        labels = ",".join(f'{k}="{v}"' for k, v in sorted(s.labels.items()))
        samples.append(f"{s.name}{{{labels}}} {float(s.value)!r}")
if not samples:
    sys.exit("no samples")
print("\n".join(sorted(samples)))
