# SPDX-License-Identifier: Apache-2.0
"""Times networks; called by tools/bench/networks, which tells the options."""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

import empty
import numpy as np
import tables
from bench import Bench
from distance import Distance
from rounds import latencies, take_turns
from runtimes import RUNTIMES


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench/networks")
    parser.add_argument("names", nargs="*", metavar="PART", help="of the networks' names")
    parser.add_argument("--precision", choices=["float32", "int8"])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runtime", nargs="+", choices=list(RUNTIMES), default=list(RUNTIMES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--milliseconds", type=float, default=200, help="of a turn")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--scaling", action="store_true", help="two threads over one")
    modes.add_argument("--cold", action="store_true", help="load and first result")
    modes.add_argument("--empty", action="store_true", help="a run of next to nothing")
    return parser.parse_args()


class Modes:
    """What the options choose between; each yields rows."""

    def __init__(self, options):
        self.options = options
        self.bench = Bench(options.names, options.precision)
        self.cases = self.bench.cases

    def compare(self):
        """Latencies of all runtimes, row by row."""
        for case in self.cases:
            for threads in self.options.threads:
                with tempfile.TemporaryDirectory() as folder:
                    workers = [
                        self.bench.worker(runtime, case, threads, Path(folder))
                        for runtime in self.options.runtime]
                    workers = [worker for worker in workers if worker]
                    take_turns(workers, self.options.rounds, self.options.milliseconds)
                    yield {
                        "name": case.name, "precision": case.precision, "threads": threads,
                        "mmac": self.bench.macs.get(case.name, 0),
                        "ms": {worker.runtime: latencies(worker) for worker in workers},
                        "cosine": agreement(workers)}
                    for worker in workers:
                        worker.end()

    def scaling(self):
        """Networks above 100 MMAC on one thread and on two: the median of five ratios."""
        distance = Distance()
        for case in self.cases:
            with tempfile.TemporaryDirectory() as folder:
                program = self.bench.program(case)
                if self.bench.macs[case.name] < 100:
                    continue
                workers = [
                    self.bench.worker("thimble", case, threads, Path(folder), program)
                    for threads in (1, 2)]
                runs, distances = [], []
                for _ in range(5):
                    distances.append(distance())
                    for worker in workers:
                        worker.nanoseconds = []
                    take_turns(workers, 3, self.options.milliseconds)
                    runs.append([latencies(worker)[1] for worker in workers])
                for worker in workers:
                    worker.end()
                yield {
                    "name": case.name, "precision": case.precision,
                    "mmac": self.bench.macs[case.name],
                    "ms": [statistics.median(column) for column in zip(*runs)],
                    "cpu_distance_ns": distances,
                    "speed_up": statistics.median(one / two for one, two in runs)}

    def cold(self):
        """Load and first result in fresh processes, model files in the page cache."""
        for case in self.cases:
            program = self.bench.program(case)
            times = {}
            with tempfile.TemporaryDirectory() as folder:
                for _ in range(self.options.rounds):
                    for runtime in self.options.runtime:
                        worker = self.bench.worker(runtime, case, 1, Path(folder), program)
                        if worker:
                            times.setdefault(runtime, []).append(worker.cold_ms)
                            worker.end()
            yield {
                "name": case.name, "precision": case.precision,
                "ms": {name: (min(v), statistics.median(v)) for name, v in times.items()}}


def agreement(workers):
    """The cosine of Thimble's first output with that of ONNX Runtime, or of who ran its file."""
    outputs = {worker.runtime: worker.outputs()[0].ravel() for worker in workers}
    if "thimble" not in outputs:
        return None
    ours = outputs["thimble"].astype(np.float64)
    for name in ("ort", "litert", "openvino"):
        other = outputs.get(name)
        if other is not None and other.size == ours.size:
            other = other.astype(np.float64)
            return float(ours @ other / np.sqrt((ours @ ours) * (other @ other)))
    return None


def main():
    options = arguments()
    if options.empty:
        empty.time_runs()
        return
    mode = "scaling" if options.scaling else "cold" if options.cold else "compare"
    rows = list(getattr(Modes(options), mode)())
    if options.json:
        print(json.dumps({mode: rows}))
        return
    table = {"compare": tables.networks, "scaling": tables.scaling, "cold": tables.cold}[mode]
    print("\n".join(table(rows)))


main()
