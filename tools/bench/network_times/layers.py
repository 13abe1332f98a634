# SPDX-License-Identifier: Apache-2.0
"""A table of a network's layers in three runtimes; called by tools/bench/profile."""

import argparse
import json
import re
import sys

import onnx
from bench import Bench
from profilers import ONNXRuntimeProfiler, OpenVINOProfiler

OTHERS = {"ort": ONNXRuntimeProfiler, "openvino": OpenVINOProfiler}


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench/profile")
    parser.add_argument("name")
    parser.add_argument("precision", choices=["float32", "int8"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


class Layers:
    """Which step of the program a node of the model became part of."""

    def __init__(self, model, steps):
        graph = onnx.load(model).graph
        self.nodes = {node.name: node for node in graph.node}
        self.readers = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        # A layout change is named after the layer that it is made for.
        self.steps = {
            step["name"]: step["step"] for step in steps if not step["contract"].startswith("xx_")}

    def step_of(self, event):
        """The step of a profiler's event, or None for what is in no layer of the model."""
        parts = re.split(r"[^A-Za-z0-9_.]|_token_|_nchwc", event)
        while parts and parts[0] not in self.nodes:
            shorter = parts[0].rpartition("_")[0]
            parts = [shorter] if shorter else []
        return self.search(self.nodes[parts[0]]) if parts else None

    def search(self, node):
        """Down the graph to the first value that a step is named after."""
        waiting, seen = [node], set()
        while waiting:
            node = waiting.pop(0)
            for name in [node.name, *node.output]:
                if name in self.steps:
                    return self.steps[name]
            for name in node.output:
                if name not in seen:
                    seen.add(name)
                    waiting += self.readers.get(name, [])
        return None


def measure(bench, case, rounds):
    """The steps with the microseconds of each runtime, and what is in no step."""
    program = bench.program(case)
    model = case.file_for("ort")
    inputs = case.inputs_for(model)
    others = {name: make(model, inputs) for name, make in OTHERS.items()}
    for profiler in others.values():
        profiler.run()
    steps = None
    for _ in range(rounds):
        found = bench.profile(program, rounds=10)
        if steps is None:
            steps = found
            for step in steps:
                step["us"] = {"thimble": step["min_ms"] * 1e3}
        for step, again in zip(steps, found):
            step["us"]["thimble"] = min(step["us"]["thimble"], again["min_ms"] * 1e3)
        for profiler in others.values():
            for _ in range(10):
                profiler.run()
    layers, outside = Layers(model, steps), {name: 0 for name in others}
    for name, profiler in others.items():
        for event, microseconds in profiler.close().items():
            step = layers.step_of(event)
            if step is None:
                outside[name] += microseconds
            else:
                times = steps[step]["us"]
                times[name] = times.get(name, 0) + microseconds
    return steps, outside


def rows(steps):
    """Steps of one kernel and shape together: their count and mean times."""
    groups = {}
    for step in steps:
        key = (step["kernel"], tuple(step["output_shape"]), step["macs"])
        groups.setdefault(key, []).append(step)
    for (kernel, shape, macs), members in groups.items():
        yield {
            "kernel": kernel, "output_shape": shape, "macs": macs, "count": len(members),
            "us": {
                name: sum(step["us"].get(name, 0) for step in members) / len(members)
                for name in ("thimble", *OTHERS)}}


def table(found, outside):
    yield ("| kernel | output | MMAC | n | Thimble | ONNX Runtime | OpenVINO "
           "| fastest other / Thimble |")
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    totals = {name: outside.get(name, 0) for name in ("thimble", *OTHERS)}
    for row in found:
        ours, *others = [row["us"][name] for name in ("thimble", *OTHERS)]
        ratio = f"{min(others) / ours:.2f}" if min(others) > 0 and ours > 0 else ""
        times = " | ".join(f"{time:.1f}" if time else "" for time in (ours, *others))
        shape = "x".join(map(str, row["output_shape"]))
        macs = f"{row['macs'] / 1e6:.2f}" if row["macs"] else ""
        yield f"| {row['kernel']} | {shape} | {macs} | {row['count']} | {times} | {ratio} |"
        for name in totals:
            totals[name] += row["count"] * row["us"][name]
    yield f"| in no layer | | | | | {outside['ort']:.1f} | {outside['openvino']:.1f} | |"
    sums = " | ".join(f"{totals[name]:.0f}" for name in ("thimble", *OTHERS))
    ratio = min(totals[name] for name in OTHERS) / totals["thimble"]
    yield f"| together | | | | {sums} | {ratio:.2f} |"


def main():
    options = arguments()
    bench = Bench([options.name], options.precision)
    cases = [case for case in bench.cases if case.file_for("ort")]
    if len(cases) != 1:
        sys.exit(f"{len(cases)} networks of ONNX are called {options.name}; one is needed")
    steps, outside = measure(bench, cases[0], options.rounds)
    found = list(rows(steps))
    if options.json:
        print(json.dumps({"layers": found, "outside": outside}))
    else:
        print("\n".join(table(found, outside)))


main()
