# SPDX-License-Identifier: Apache-2.0
"""Microseconds of each node by the runtimes' own profilers, on one thread: the least of all."""

import json
import tempfile
from pathlib import Path


def keep_least(times, name, microseconds):
    times[name] = min(microseconds, times.get(name, microseconds))


class ONNXRuntimeProfiler:
    """Reports on all runs at once, when it is closed."""

    def __init__(self, model, inputs):
        import onnxruntime

        self.folder = tempfile.TemporaryDirectory()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_profiling = True
        options.profile_file_prefix = f"{self.folder.name}/profile"
        self.session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"])
        self.inputs = inputs

    def run(self):
        self.session.run(None, self.inputs)

    def close(self):
        events = json.loads(Path(self.session.end_profiling()).read_text())
        self.folder.cleanup()
        times, suffix = {}, "_kernel_time"
        for event in events:
            if event.get("cat") == "Node" and event["name"].endswith(suffix):
                keep_least(times, event["name"].removesuffix(suffix), event["dur"])
        return times


class OpenVINOProfiler:
    def __init__(self, model, inputs):
        import openvino

        core = openvino.Core()
        graph = core.read_model(model)
        if graph.is_dynamic():
            graph.reshape({name: array.shape for name, array in inputs.items()})
        compiled = core.compile_model(graph, "CPU", {
            "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERF_COUNT": True,
            "INFERENCE_PRECISION_HINT": "f32"})
        self.request = compiled.create_infer_request()
        for name, array in inputs.items():
            self.request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
        self.inputs = inputs
        self.times = {}

    def run(self):
        self.request.infer()
        for entry in self.request.profiling_info:
            microseconds = entry.real_time.total_seconds() * 1e6
            if microseconds > 0:
                keep_least(self.times, entry.node_name, microseconds)

    def close(self):
        return self.times
