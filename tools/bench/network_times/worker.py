# SPDX-License-Identifier: Apache-2.0
"""One runtime with one model in a process of its own; told what to do line by line.

    worker RUNTIME MODEL THREADS INPUTS.npz OUTPUTS.npz

Says `{"cold_ms": …}`, from loading to the first result, writes the outputs, and then answers each
line, a number of milliseconds, with the nanoseconds of every run that it made in that time.
"""

import json
import os
import sys
import time

import numpy as np
from runtimes import RUNTIMES


def import_runtime(name):
    """What the runtime needs in Python, which is not its own time."""
    modules = {"ort": "onnxruntime", "openvino": "openvino", "litert": "ai_edge_litert.interpreter"}
    if name in modules:
        __import__(modules[name])


def main():
    name, model, threads, inputs_file, outputs_file = sys.argv[1:]
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what runtimes print is not an answer
    inputs = dict(np.load(inputs_file))
    import_runtime(name)
    runtime = RUNTIMES[name]()
    start = time.perf_counter()
    runtime.load(model, int(threads), inputs)
    runtime.run()
    cold = time.perf_counter() - start
    np.savez(outputs_file, *runtime.outputs())
    channel.write(json.dumps({"cold_ms": cold * 1e3}) + "\n")

    run, clock = runtime.run, time.perf_counter_ns
    for line in sys.stdin:
        times, end = [], clock() + int(float(line) * 1e6)
        while len(times) < 3 or clock() < end:
            begin = clock()
            run()
            times.append(clock() - begin)
        channel.write(json.dumps(times) + "\n")
    channel.flush()
    os._exit(0)  # some runtimes hang at exit


main()
