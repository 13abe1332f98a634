# SPDX-License-Identifier: Apache-2.0
"""Steps of training in PyTorch, in a process of its own; told what to do line by line.

    worker NETWORK.onnx BATCH THREADS first|last

Says `{}` when it is ready, and then answers each line, a number of milliseconds, with the
nanoseconds of every step that it made in that time and the most memory that the process has had.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training_oracle"))
from onnx_module import ONNXModule, input_shape  # noqa: E402


def training_step(file, batch, layout):
    """A function that makes one step, on the same samples each time."""
    module = ONNXModule(file).train()
    # The fastest of PyTorch's three implementations.
    optimizer = torch.optim.AdamW(module.parameters(), 1e-3, fused=True)
    random = torch.Generator().manual_seed(1)
    samples = torch.rand(batch, *input_shape(file)[1:], generator=random)
    labels = torch.randint(10, (batch,), generator=random)
    if layout == "last":
        module = module.to(memory_format=torch.channels_last)
        samples = samples.to(memory_format=torch.channels_last)

    def step():
        loss = functional.cross_entropy(module(samples), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def main():
    file, batch, threads, layout = sys.argv[1:]
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    torch.set_num_threads(int(threads))
    step = training_step(file, int(batch), layout)
    step()
    channel.write("{}\n")
    clock = time.perf_counter_ns
    for line in sys.stdin:
        times, end = [], clock() + int(float(line) * 1e6)
        while len(times) < 3 or clock() < end:
            begin = clock()
            step()
            times.append(clock() - begin)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        channel.write(json.dumps({"nanoseconds": times, "peak_bytes": peak}) + "\n")


main()
