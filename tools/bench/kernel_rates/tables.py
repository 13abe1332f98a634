# SPDX-License-Identifier: Apache-2.0
"""Markdown tables of what was measured."""

from statistics import median


def table(titles, rows):
    """Columns whose title begins with `>` hold numbers."""
    yield "| " + " | ".join(title.lstrip(">") for title in titles) + " |"
    yield "|" + "|".join("--:" if title.startswith(">") else "---" for title in titles) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def percent(part):
    return "" if part is None else f"{100 * part:.0f}"


def rate(macs, byte_count, seconds):
    """How much a second, and of what."""
    if macs:
        return f"{macs / seconds / 1e9:.1f} GMAC/s"
    return f"{byte_count / seconds / 1e9:.1f} GB/s"


def microseconds(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def kernels(rows):
    titles = ["kernel", "shape", "from", ">µs", ">median", ">rate", ">% of peak", "peak"]
    return table(titles, (
        (row["kernel"], row["shape"], row["note"], microseconds(row["us"]),
         microseconds(row["median_us"]),
         rate(row["macs"], row["read_bytes"] + row["written_bytes"], row["us"] / 1e6),
         percent(row["of_peak"]), row["peak"])
        for row in rows))


def summary(rows, code):
    """For each kernel the least, the middle and the most that it reaches of its peaks."""
    parts = {}
    for row in rows:
        if row["of_peak"] is not None:
            parts.setdefault(row["kernel"], []).append(row["of_peak"])
    titles = ["kernel", ">shapes", ">least %", ">median %", ">most %", ">bytes of code"]
    return table(titles, (
        (kernel, len(found), percent(min(found)), percent(median(found)), percent(max(found)),
         code.get(kernel, ""))
        for kernel, found in sorted(parts.items())))


def peaks(limits):
    return table(["limit", ">GMAC/s or GB/s"], (
        (name, f"{value / 1e9:.1f}") for name, value in limits.peaks.items()))


def sizes(code):
    return table(["kernel", ">bytes"], sorted(code.items()))


def steps(rows):
    titles = ["step", "kernel", "output", ">µs", ">MMAC", ">rate", ">% of peak", "peak"]
    return table(titles, (
        (row["step"], row["kernel"], "x".join(map(str, row["output_shape"])),
         microseconds(row["us"]), f"{row['macs'] / 1e6:.2f}" if row["macs"] else "",
         rate(row["macs"], row["bytes"], row["us"] / 1e6), percent(row["of_peak"]), row["peak"])
        for row in rows))
