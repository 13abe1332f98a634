# SPDX-License-Identifier: Apache-2.0
"""Markdown tables of what was measured."""

RUNTIMES = {"thimble": "Thimble", "ort": "ONNX Runtime", "openvino": "OpenVINO", "litert": "LiteRT"}


def milliseconds(value):
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def pair(times):
    return " / ".join(map(milliseconds, times)) if times else ""


def ratios(row):
    """How many times faster Thimble is than the fastest other, by minima and by medians."""
    others = [times for name, times in row["ms"].items() if name != "thimble"]
    if not others or "thimble" not in row["ms"]:
        return ""
    ours = row["ms"]["thimble"]
    return " / ".join(f"{min(t[i] for t in others) / ours[i]:.2f}" for i in range(2))


def networks(rows):
    names = [name for name in RUNTIMES if any(name in row["ms"] for row in rows)]
    yield ("| network | precision | MMAC | threads | "
           + " | ".join(RUNTIMES[name] for name in names)
           + " | fastest other / Thimble | cosine |")
    yield "|---|---|--:|--:|" + "--:|" * (len(names) + 2)
    for row in rows:
        times = " | ".join(pair(row["ms"].get(name)) for name in names)
        cosine = f"{row['cosine']:.4f}" if row["cosine"] is not None else ""
        yield (f"| {row['name']} | {row['precision']} | {row['mmac']:.2f} | {row['threads']} "
               f"| {times} | {ratios(row)} | {cosine} |")


def cold(rows):
    names = [name for name in RUNTIMES if any(name in row["ms"] for row in rows)]
    yield "| network | precision | " + " | ".join(RUNTIMES[name] for name in names) + " |"
    yield "|---|---|" + "--:|" * len(names)
    for row in rows:
        times = " | ".join(pair(row["ms"].get(name)) for name in names)
        yield f"| {row['name']} | {row['precision']} | {times} |"


def scaling(rows):
    yield "| network | precision | MMAC | 1 thread | 2 threads | speed-up | CPU to CPU, ns |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for row in rows:
        one, two = row["ms"]
        near, far = min(row["cpu_distance_ns"]), max(row["cpu_distance_ns"])
        yield (f"| {row['name']} | {row['precision']} | {row['mmac']:.2f} | {milliseconds(one)} "
               f"| {milliseconds(two)} | {row['speed_up']:.2f} | {near:.0f} to {far:.0f} |")
