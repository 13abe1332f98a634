# SPDX-License-Identifier: Apache-2.0
"""Times kernels alone or in a program; called by tools/bench/kernels, which tells the options."""

import argparse
import json
import signal
import subprocess
import sys

import board
import build
import tables
from limits import Limits

SHAPES = build.ROOT / "tools/bench/kernel_rates/shapes.txt"
THIMBLE = build.ROOT / ".build/release/thimble"


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench/kernels")
    parser.add_argument("--contract", default="", metavar="PART", help="of the contract's name")
    parser.add_argument(
        "--isa", default="", metavar="NAME", help="such as avx2; best: what the engine takes")
    parser.add_argument("--shape", default="", metavar="PART", help="of the shape or its source")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1, help="with --in-network")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--summary", action="store_true", help="a row for each kernel")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--in-network", metavar="FILE", help="a program, or a model")
    modes.add_argument("--peaks", action="store_true", help="the CPU's limits alone")
    modes.add_argument("--board", metavar="NAME", help="the rates as a file of boards/")
    modes.add_argument("--sizes", action="store_true", help="the kernels' code alone")
    modes.add_argument("--check", action="store_true", help="compare with the scalar kernels")
    return parser.parse_args()


def run(mode, options):
    """What the program found, and its exit code."""
    command = [
        build.build(), SHAPES, mode, options.rounds, options.contract, options.isa, options.shape]
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"kernel-rates ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def time_kernels(options):
    records, _ = run("time", options)
    limits = Limits(records)
    rows = [record for record in records if "kernel" in record]
    for row in rows:
        seconds, row["peak"] = limits.least(
            row["contract"], row["isa"], row["macs"], row["read_bytes"], row["written_bytes"],
            row["held_bytes"])
        row["of_peak"] = seconds and seconds / (row["us"] / 1e6)
    return rows, limits


def time_steps(options):
    """The steps of a program, by their best of 30 rounds."""
    command = [
        THIMBLE, "bench", options.in_network, "--profile", "--json", "--rounds", "30",
        "--threads", str(options.threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    profile = json.loads(done.stdout.splitlines()[-1])["profile"]
    limits = Limits(run("peaks", options)[0])
    rows = []
    for step in profile["steps"]:
        kernel = step["kernel"] or ""
        us = max(step["min_ms"] * 1e3, 1e-3)
        isa = kernel.rpartition("__")[2].split("_")[0]
        # Which operands are written is not told: half of the bytes is near enough for moves.
        read = step["bytes"] if step["macs"] else step["bytes"] / 2
        seconds, peak = limits.least(
            step["contract"], isa, step["macs"], read, step["bytes"] - read,
            step["bytes"])
        rows.append({
            "step": step["step"], "name": step["name"], "kernel": kernel, "us": us,
            "output_shape": step["output_shape"], "macs": step["macs"], "bytes": step["bytes"],
            "peak": peak, "of_peak": seconds and seconds / options.threads / (us / 1e6)})
    return rows, limits


def show(options, name, rows, limits):
    if options.json:
        print(json.dumps({name: rows, "peaks": limits.peaks, "code_bytes": build.code_sizes()}))
        return
    if options.summary:
        part = tables.summary(rows, build.code_sizes())
    else:
        part = getattr(tables, name)(rows)
    for part in (part, [""], tables.peaks(limits)):
        print("\n".join(part))
    if name == "steps":
        total = sum(row["us"] for row in rows)
        floor = sum(row["us"] * row["of_peak"] for row in rows if row["of_peak"])
        print(f"\n{total / 1e3:.3f} ms, at the peaks {floor / 1e3:.3f} ms")


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    options = arguments()
    if options.check:
        faults, code = run("check", options)
        for fault in faults:
            print(f"{fault['kernel']}: {fault['fault']} {fault['shape']}".rstrip())
        return code
    if options.board:
        options.isa = "best"
        print("\n".join(board.lines(options.board, time_kernels(options)[0])))
    elif options.sizes:
        build.build()
        print("\n".join(tables.sizes(build.code_sizes())))
    elif options.peaks:
        print("\n".join(tables.peaks(Limits(run("peaks", options)[0]))))
    elif options.in_network:
        show(options, "steps", *time_steps(options))
    else:
        show(options, "kernels", *time_kernels(options))
    return 0


sys.exit(main())
