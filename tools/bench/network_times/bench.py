# SPDX-License-Identifier: Apache-2.0
"""The networks that are wanted, their programs, and workers for them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cases import all_cases
from rounds import Worker

ROOT = Path(__file__).resolve().parents[3]
RELEASE = ROOT / ".build/release"
CACHE = ROOT / ".build/bench/networks"


def thimble(*command):
    """What the command line prints."""
    done = subprocess.run(
        [RELEASE / "thimble", *map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"thimble {command[0]}: {done.stderr}")
    return done.stdout


class Bench:
    def __init__(self, names, precision):
        self.cases = [
            case for case in all_cases(Path(os.environ["THIMBLE_ASSETS"]), CACHE)
            if (not names or any(part in case.name for part in names))
            and precision in (None, case.precision)]
        self.macs = {}

    def program(self, case):
        """The compiled model, made anew: the compiler may have changed."""
        model = case.file_for("thimble")
        program = CACHE / f"{case.name}_{case.precision}.thimble"
        shapes = [
            f"--input={name}={'x'.join(map(str, array.shape))}"
            for name, array in case.inputs_for(model).items() if model.suffix == ".onnx"]
        thimble("compile", model, "-o", program, *shapes)
        self.macs[case.name] = sum(step["macs"] for step in self.profile(program)) / 1e6
        return program

    @staticmethod
    def profile(program, rounds=1):
        """The steps of a program and their times."""
        report = thimble("bench", program, "--profile", "--rounds", rounds, "--json")
        return json.loads(report.splitlines()[-1])["profile"]["steps"]

    def worker(self, runtime, case, threads, folder, program=None):
        """A worker, or None where the runtime has no model or cannot run it."""
        file = case.file_for(runtime)
        if file is None:
            return None
        model = program or self.program(case) if runtime == "thimble" else file
        library = RELEASE / "libthimble-c.so"
        try:
            return Worker(runtime, model, threads, case.inputs_for(file), folder, library)
        except RuntimeError as error:
            print(f"{case.name} {case.precision}: {error}", file=sys.stderr)
            return None
