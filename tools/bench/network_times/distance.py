# SPDX-License-Identifier: Apache-2.0
"""How far apart the first two CPUs are, which a host of virtual machines may change."""

import os
import subprocess
from pathlib import Path

from bench import CACHE


class Distance:
    """Measures when called: nanoseconds until one CPU sees what the other wrote."""

    def __init__(self):
        CACHE.mkdir(parents=True, exist_ok=True)
        self.program = CACHE / "cpu-distance"
        source = Path(__file__).resolve().parent / "cpu_distance.c"
        subprocess.run(
            ["clang", "-O2", "-pthread", source, "-o", self.program], check=True)
        self.cpus = [str(cpu) for cpu in sorted(os.sched_getaffinity(0))[:2]]

    def __call__(self):
        done = subprocess.run(
            [self.program, *self.cpus], stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)
