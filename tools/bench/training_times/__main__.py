# SPDX-License-Identifier: Apache-2.0
"""Times steps of training; called by tools/bench/training, which tells the options."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from contenders import ROOT, PyTorch, Thimble

BATCHES = {"fashion": 32, "resnet8": 16}


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench/training")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--milliseconds", type=float, default=400, help="of a turn")
    parser.add_argument("--program", action="append", default=[], metavar="NAME=FILE.thimble",
                        help="a step of ours, to take turns with PyTorch")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    options.names = options.names or list(BATCHES)
    for name in options.names:
        if name not in BATCHES:
            parser.error(f"unknown network '{name}'; there are {', '.join(BATCHES)}")
    options.programs = dict(program.split("=", 1) for program in options.program)
    return options


def take_turns(contenders, rounds, milliseconds):
    """Each round starts with another contender; the first, which warms up, does not count."""
    for contender in contenders:
        contender.run(milliseconds / 2)
        contender.nanoseconds = []
    for number in range(rounds):
        for index in range(len(contenders)):
            contenders[(index + number) % len(contenders)].run(milliseconds)


def rows(options, name, file):
    for threads in options.threads:
        contenders = [
            PyTorch(file, BATCHES[name], threads, layout) for layout in ("first", "last")]
        if name in options.programs:
            contenders.append(Thimble(options.programs[name], threads))
        try:
            take_turns(contenders, options.rounds, options.milliseconds)
        finally:
            for contender in contenders:
                contender.end()
        for contender in contenders:
            times = np.array(contender.nanoseconds) / 1e6
            yield {
                "network": name, "batch": BATCHES[name], "threads": threads,
                "who": contender.name, "steps": len(times), "minimum_ms": float(times.min()),
                "median_ms": float(np.median(times)), "peak_bytes": contender.peak_bytes}


def table(results):
    yield "| network | batch | threads | who | ms a step, minimum / median | peak memory, MB |"
    yield "|---|--:|--:|---|--:|--:|"
    for row in results:
        yield (f"| {row['network']} | {row['batch']} | {row['threads']} | {row['who']} "
               f"| {row['minimum_ms']:.2f} / {row['median_ms']:.2f} "
               f"| {row['peak_bytes'] / 1e6:.0f} |")


def main():
    options = arguments()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.names:
            subprocess.run(
                [sys.executable, ROOT / "tools/make-networks", folder, name,
                 "--batch", str(BATCHES[name])], check=True)
            results += rows(options, name, Path(folder) / f"{name}.onnx")
    print(json.dumps({"training": results}) if options.json else "\n".join(table(results)))


main()
