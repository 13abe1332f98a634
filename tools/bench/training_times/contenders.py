# SPDX-License-Identifier: Apache-2.0
"""Who is timed: each has a name, collects `nanoseconds` and `peak_bytes`, and runs for a while."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class PyTorch:
    """A process on the first `threads` CPUs, stopped while others have their turn."""

    def __init__(self, file, batch, threads, layout):
        self.name = f"PyTorch, channels {layout}"
        self.nanoseconds, self.peak_bytes = [], 0
        cpus = sorted(os.sched_getaffinity(0))[:threads]
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "worker.py", file, str(batch), str(threads),
             layout],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, OMP_NUM_THREADS=str(threads)),
            preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        self.answer()
        self.process.send_signal(signal.SIGSTOP)

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name}: ended with code {self.process.wait()}")
        return json.loads(line)

    def run(self, milliseconds):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(f"{milliseconds}\n")
        self.process.stdin.flush()
        report = self.answer()
        self.process.send_signal(signal.SIGSTOP)
        self.nanoseconds += report["nanoseconds"]
        self.peak_bytes = report["peak_bytes"]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Thimble:
    """A program of which one run is one step of training.

    THIS IS THE PLACE to say how a step of ours is timed. Each turn is a process of `thimble bench`,
    whose report has the time of each run; the peak memory is the operating system's figure for
    that process.
    """

    def __init__(self, program, threads):
        self.name = "Thimble"
        self.program, self.threads = program, threads
        self.nanoseconds, self.peak_bytes, self.rounds = [], 0, 3

    def run(self, milliseconds):
        cpus = sorted(os.sched_getaffinity(0))[:self.threads]
        process = subprocess.Popen(
            [ROOT / ".build/release/thimble", "bench", self.program, "--json", "--rounds",
             str(self.rounds), "--threads", str(self.threads)],
            stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            sys.exit(f"thimble bench {self.program}: code {process.returncode}")
        times = json.loads(output.splitlines()[-1])["latencies_ms"]
        self.nanoseconds += [time * 1e6 for time in times]
        self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
        self.rounds = max(3, int(milliseconds * len(times) / sum(times)))

    def end(self):
        pass
