# SPDX-License-Identifier: Apache-2.0
"""The runtimes, each behind the same three calls: load, run, outputs."""

import ctypes
import os

import numpy as np


def named(inputs, name):
    """The input of that name; where there is one input its name does not matter."""
    return inputs[name] if len(inputs) > 1 else next(iter(inputs.values()))


class ONNXRuntime:
    def load(self, path, threads, inputs):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"])
        self.binding = session.io_binding()
        for port in session.get_inputs():
            self.binding.bind_cpu_input(port.name, named(inputs, port.name))
        for port in session.get_outputs():
            self.binding.bind_output(port.name, "cpu")
        self.run = lambda: session.run_with_iobinding(self.binding)

    def outputs(self):
        return self.binding.copy_outputs_to_cpu()


class OpenVINO:
    def load(self, path, threads, inputs):
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        if model.is_dynamic():
            model.reshape({
                port.any_name: named(inputs, port.any_name).shape for port in model.inputs})
        # On a CPU with bfloat16 it would compute in that.
        compiled = core.compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False})
        self.request = compiled.create_infer_request()
        self.inputs = inputs
        for port in compiled.inputs:
            array = named(inputs, port.any_name)
            self.request.set_tensor(port, openvino.Tensor(array, shared_memory=True))
        self.count = len(compiled.outputs)
        self.run = lambda: self.request.infer(share_outputs=True)

    def outputs(self):
        return [self.request.get_output_tensor(i).data.copy() for i in range(self.count)]


class LiteRT:
    def load(self, path, threads, inputs):
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(path, num_threads=threads)
        self.interpreter.allocate_tensors()
        for detail in self.interpreter.get_input_details():
            self.interpreter.set_tensor(detail["index"], named(inputs, detail["name"]))
        self.run = self.interpreter.invoke

    def outputs(self):
        return [
            self.interpreter.get_tensor(detail["index"])
            for detail in self.interpreter.get_output_details()]


class Port(ctypes.Structure):
    """thimble_port"""

    _fields_ = [
        ("name", ctypes.c_char_p), ("dtype", ctypes.c_uint), ("rank", ctypes.c_uint32),
        ("extents", ctypes.c_uint32 * 8), ("scale", ctypes.c_float),
        ("zero_point", ctypes.c_int32), ("bytes", ctypes.c_size_t)]


class Options(ctypes.Structure):
    """thimble_session_options"""

    _fields_ = [
        ("entry_point", ctypes.c_uint32), ("isa_limit", ctypes.c_uint),
        ("pool", ctypes.c_void_p), ("binds_ports", ctypes.c_int), ("arena", ctypes.c_void_p),
        ("arena_bytes", ctypes.c_size_t)]


class Thimble:
    """A program through the C API; THIMBLE_LIBRARY names libthimble-c.so."""

    DTYPES = {1: np.float32, 4: np.int8, 5: np.uint8, 7: np.int32, 8: np.int64, 9: np.bool_}

    def __init__(self):
        self.library = ctypes.CDLL(os.environ["THIMBLE_LIBRARY"])

    def load(self, path, threads, inputs):
        library = self.library
        library.thimble_session_input.restype = ctypes.c_void_p
        library.thimble_session_output.restype = ctypes.c_void_p
        pool, self.program, self.session = (ctypes.c_void_p() for _ in range(3))
        if threads > 1:
            self.check(library.thimble_pool_create(threads, ctypes.byref(pool), None))
        self.check(library.thimble_program_load(path.encode(), ctypes.byref(self.program), None))
        options = Options(pool=pool.value)
        self.check(library.thimble_session_create(
            self.program, ctypes.byref(options), ctypes.byref(self.session), None))
        for index in range(library.thimble_program_input_count(self.program, 0)):
            port = self.port("input", index)
            array = named(inputs, port.name.decode())
            if array.nbytes != port.bytes:
                raise ValueError(f"{port.name}: {array.nbytes} bytes, not {port.bytes}")
            ctypes.memmove(
                library.thimble_session_input(self.session, index, None), array.ctypes.data,
                port.bytes)
        run, session = library.thimble_session_run, self.session
        self.run = lambda: run(session)

    def port(self, kind, index):
        port = Port()
        call = getattr(self.library, f"thimble_program_{kind}")
        self.check(call(self.program, 0, index, ctypes.byref(port)))
        return port

    @staticmethod
    def check(status):
        if status:
            raise RuntimeError(f"status {status}")

    def outputs(self):
        arrays = []
        for index in range(self.library.thimble_program_output_count(self.program, 0)):
            port = self.port("output", index)
            data = self.library.thimble_session_output(self.session, index, None)
            array = np.frombuffer(ctypes.string_at(data, port.bytes), self.DTYPES[port.dtype])
            arrays.append(array.reshape(port.extents[:port.rank]))
        return arrays


RUNTIMES = {
    "thimble": Thimble, "ort": ONNXRuntime, "openvino": OpenVINO, "litert": LiteRT}
