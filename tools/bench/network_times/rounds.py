# SPDX-License-Identifier: Apache-2.0
"""Rounds in which runtimes take turns, each in its own process, the others stopped."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

WORKER = Path(__file__).resolve().parent / "worker.py"


class Worker:
    """A process with one runtime and one model, on the first `threads` CPUs."""

    def __init__(self, runtime, model, threads, inputs, folder, library):
        self.runtime = runtime
        self.nanoseconds = []
        self.outputs_file = folder / f"{runtime}-outputs.npz"
        inputs_file = folder / f"{runtime}-inputs.npz"
        np.savez(inputs_file, **inputs)
        environment = dict(
            os.environ, THIMBLE_LIBRARY=str(library), OMP_NUM_THREADS=str(threads),
            TF_CPP_MIN_LOG_LEVEL="3")
        cpus = sorted(os.sched_getaffinity(0))[:threads]
        self.process = subprocess.Popen(
            [sys.executable, WORKER, runtime, model, str(threads), inputs_file,
             self.outputs_file],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        self.cold_ms = self.answer()["cold_ms"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.runtime}: {self.process.stderr.read()[-500:]}")
        return json.loads(line)

    def run(self, milliseconds):
        """Runs for a while; returns the nanoseconds of each run. Stopped before and after."""
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(f"{milliseconds}\n")
        self.process.stdin.flush()
        times = self.answer()
        self.process.send_signal(signal.SIGSTOP)
        return times

    def outputs(self):
        return list(np.load(self.outputs_file).values())

    def end(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


def take_turns(workers, rounds, milliseconds):
    """Each round starts with another runtime; the first, which warms up, does not count."""
    for worker in workers:
        worker.run(milliseconds / 2)
    for number in range(rounds):
        for index in range(len(workers)):
            worker = workers[(index + number) % len(workers)]
            worker.nanoseconds += worker.run(milliseconds)


def latencies(worker):
    """Minimum and median in milliseconds."""
    times = np.array(worker.nanoseconds) / 1e6
    return float(times.min()), float(np.median(times))
