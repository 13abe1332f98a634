# SPDX-License-Identifier: Apache-2.0
"""The runtimes that models come from, and Thimble's command line."""

import json
import subprocess
import sys

import numpy as np


class LiteRT:
    """A TFLite model in LiteRT: its optimised kernels (XNNPACK), or its reference kernels."""

    def __init__(self, path, is_reference=False):
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        resolver = OpResolverType.BUILTIN_REF if is_reference else OpResolverType.AUTO
        self.interpreter = Interpreter(
            str(path), num_threads=1, experimental_op_resolver_type=resolver)
        self.interpreter.allocate_tensors()
        (self.input,) = self.interpreter.get_input_details()
        self.outputs = self.interpreter.get_output_details()

    def __call__(self, values):
        """The outputs for an input of stored elements, or of reals, which are quantised."""
        dtype = self.input["dtype"]
        if np.issubdtype(dtype, np.integer) and values.dtype == np.float32:
            scale, zero_point = self.input["quantization"]
            limits = np.iinfo(dtype)
            steps = np.round(values / np.float32(scale)) + zero_point
            values = np.clip(steps, limits.min, limits.max)
        self.interpreter.reset_all_variables()
        self.interpreter.set_tensor(self.input["index"], values.astype(dtype))
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(output["index"]) for output in self.outputs]

    def real(self, output):
        """The first output's numbers."""
        scale, zero_point = self.outputs[0]["quantization"]
        return (output.astype(np.float32) - zero_point) * scale if scale else output


class ONNXRuntime:
    """An ONNX model in ONNX Runtime.

    Without its optimiser unless asked: optimised, 8-bit kernels for CPUs without VNNI saturate
    sums in 16 bits, and answers are not those of the model.
    """

    def __init__(self, path, is_optimised=False):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        levels = onnxruntime.GraphOptimizationLevel
        options.graph_optimization_level = (
            levels.ORT_ENABLE_ALL if is_optimised else levels.ORT_ENABLE_BASIC)
        self.session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"])
        (self.input,) = [port.name for port in self.session.get_inputs()]

    def __call__(self, values):
        return self.session.run(None, {self.input: values})


class Thimble:
    """The command line."""

    def __init__(self, path):
        self.path = path

    def compile(self, model, program, shapes=(), options=()):
        """Compiles a model; returns what went wrong, or None."""
        inputs = [option for shape in shapes for option in ("--input", shape)]
        done = self.run("compile", model, "-o", program, *inputs, *options)
        return done.stderr.strip() if done.returncode else None

    def export(self, model, path):
        """Writes a model as ONNX."""
        done = self.run("export", model, "-o", path)
        if done.returncode:
            sys.exit(f"thimble export {model.name}: {done.stderr}")

    def evaluate(self, program, data, metrics):
        """The JSON report."""
        options = [option for metric in metrics for option in ("--metric", metric)]
        done = self.run("evaluate", program, "--data", data, "--json", *options)
        if done.returncode:
            sys.exit(f"thimble evaluate {program.name}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    def outputs(self, program, name, array, folder):
        """The outputs for one input, as a list of arrays in the order of their names."""
        np.save(folder / "input.npy", array)
        done = self.run(
            "run", program, "--input", f"{name}={folder / 'input.npy'}",
            "--output", folder / "outputs.npz")
        if done.returncode:
            sys.exit(f"thimble run {program.name}: {done.stderr}")
        return list(np.load(folder / "outputs.npz").values())

    def run(self, *arguments):
        command = [self.path, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)
