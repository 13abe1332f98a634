# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's own static quantisation, as its documentation recommends it for CPUs."""

import contextlib
import logging
import os

import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader, CalibrationMethod, QuantFormat, quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process

METHODS = {
    "minmax": CalibrationMethod.MinMax,
    "entropy": CalibrationMethod.Entropy,
    "percentile": CalibrationMethod.Percentile,
}
# All values of so many samples are in memory at once.
MOST_AT_ONCE = 20


class Samples(CalibrationDataReader):
    """Inputs by name, in ranges that the quantiser asks for."""

    def __init__(self, runs):
        self.runs = runs
        self.set_range(0, len(runs))

    def __len__(self):
        return len(self.runs)

    def set_range(self, start_index, end_index):
        self.rest = iter(self.runs[start_index:end_index])

    def get_next(self):
        return next(self.rest, None)


def named(model, runs):
    """Runs as mappings from the names of the model's inputs."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]
    return [run if isinstance(run, dict) else dict(zip(names, run)) for run in runs]


def prepared(model, folder):
    """The float model as its documentation wants it before: shapes known, nodes merged."""
    result = folder / "prepared.onnx"
    with silence():
        quant_pre_process(str(model), str(result), skip_symbolic_shape=True)
    return result


def quantized(model, runs, method, folder):
    """The model in int8: QDQ, weights with a scale for each channel where that works."""
    result = folder / f"{method}.onnx"
    at_once = max(n for n in range(1, MOST_AT_ONCE + 1) if len(runs) % n == 0)

    def quantize(per_channel):
        quantize_static(
            str(model), str(result), Samples(named(model, runs)), quant_format=QuantFormat.QDQ,
            per_channel=per_channel, calibrate_method=METHODS[method],
            extra_options={"CalibStridedMinMax": at_once})

    with silence():
        try:
            quantize(per_channel=True)
        except ValueError:
            # Version 1.31.1 takes many scales for one where a bias is an Add of its own.
            quantize(per_channel=False)
    return result


@contextlib.contextmanager
def silence():
    """The quantiser prints and logs as it goes."""
    logging.disable(logging.WARNING)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield
    logging.disable(logging.NOTSET)
