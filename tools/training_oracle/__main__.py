# SPDX-License-Identifier: Apache-2.0
"""Trains with PyTorch what `thimble train` is compared with; called by tools/training-oracle."""

import sys
import tempfile
from pathlib import Path

import torch


def measure_accuracies(data, *names):
    """What recipes reach on data folders that tools/make-datasets wrote."""
    import accuracy
    import transfer
    from recipes import RECIPES, TRANSFERS

    for name in names or [*RECIPES, *TRANSFERS]:
        if name in TRANSFERS:
            results, count = transfer.measure(name, Path(data))
            print(f"{name}: {', '.join(map(str, results))} of {count}", flush=True)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            results = accuracy.measure(name, Path(data), Path(scratch))
        print(f"{name}: " + ", ".join(f"{100 * result:.2f} %" for result in results), flush=True)


def write_curves(out):
    """Golden curves, and the networks and samples that they are of."""
    import curves

    curves.write(Path(out))


MODES = {"accuracy": measure_accuracies, "curves": write_curves}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in MODES:
        sys.exit(f"training-oracle {'|'.join(MODES)} FOLDER [NAME ...]")
    # The order of sums depends on the number of threads.
    torch.set_num_threads(1)
    MODES[sys.argv[1]](*sys.argv[2:])


main()
