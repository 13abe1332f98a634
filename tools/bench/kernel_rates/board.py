# SPDX-License-Identifier: Apache-2.0
"""The rates of this CPU as a file of `boards/`."""

from pathlib import Path
from statistics import median

HEADER = """\
# How fast one CPU runs the kernels: on one thread, the median over the shapes of
# tools/bench/kernel_rates/shapes.txt, with warm caches. Measured and written by
#   tools/bench/kernels --board {name}
# gmacs: multiply-accumulates a nanosecond; gigabytes: bytes of all operands a nanosecond."""


def cpu():
    for line in Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return value.strip()
    return "unknown"


def lines(name, rows):
    isas = {row["contract"]: row["isa"] for row in rows}
    yield HEADER.format(name=name)
    yield f"name: {name}"
    yield f"cpu: {cpu()}"
    yield "kernels:"
    for contract in sorted(isas):
        found = [row for row in rows if row["contract"] == contract]
        unit = "gmacs" if all(row["macs"] for row in found) else "gigabytes"
        rate = median(amount(row, unit) / row["us"] / 1e3 for row in found)
        yield f"  {contract}: {{isa: {isas[contract]}, {unit}: {rate:.3g}}}"


def amount(row, unit):
    return row["macs"] if unit == "gmacs" else row["read_bytes"] + row["written_bytes"]
