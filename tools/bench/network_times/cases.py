# SPDX-License-Identifier: Apache-2.0
"""The networks: where their models are, or how they are made, and what goes in."""

from dataclasses import dataclass

import networks
import numpy as np
from onnx_writer import ONNXWriter
from tflite_writer import TFLiteWriter

WRITERS = {"onnx": ONNXWriter, "tflite": TFLiteWriter}
IMAGE = {"image": ((1, 3, 224, 224), "float32")}
TOKENS = {
    "input_ids": ((1, 128), "tokens"), "attention_mask": ((1, 128), "ones"),
    "token_type_ids": ((1, 128), "zeros")}

# Of MLPerf Tiny: file, input, whether there is ONNX in float32.
TINY = [
    ("ad01", (1, 640), False), ("kws01_dscnn", (1, 1, 49, 10), False),
    ("vww01_mobilenetv1_025", (1, 3, 96, 96), True), ("ic01_resnet8", (1, 3, 32, 32), True),
]


@dataclass
class Case:
    """A network in one precision. Images have their channels first, but not in TFLite."""

    name: str
    precision: str
    files: list
    inputs: dict

    def file_for(self, runtime):
        """The first of the models that a runtime takes, or None."""
        suffix = {"ort": ".onnx", "litert": ".tflite"}.get(runtime, "")
        return next((file for file in self.files if file.name.endswith(suffix)), None)

    def inputs_for(self, file):
        """Seeded arrays by name."""
        random = np.random.default_rng(7)
        arrays = {}
        for name, (shape, kind) in self.inputs.items():
            array = MAKERS[kind](random, shape)
            if file.suffix == ".tflite" and array.ndim == 4:
                array = array.transpose(0, 2, 3, 1)
            arrays[name] = np.ascontiguousarray(array)
        return arrays


MAKERS = {
    "float32": lambda random, shape: random.standard_normal(shape, np.float32),
    "int8": lambda random, shape: random.integers(-128, 128, shape, np.int8),
    "tokens": lambda random, shape: random.integers(1, 4096, shape, np.int64),
    "ones": lambda random, shape: np.ones(shape, np.int64),
    "zeros": lambda random, shape: np.zeros(shape, np.int64),
}


def made(folder, network):
    """A network of networks.py; its models are written once."""
    folder.mkdir(parents=True, exist_ok=True)
    for precision in ("float32", "int8"):
        files = []
        for suffix, writer in WRITERS.items():
            file = folder / f"{network.__name__}_{precision}.{suffix}"
            if not file.exists():
                writer(precision == "int8").write(network, file)
            files.append(file)
        yield Case(network.__name__, precision, files, IMAGE)


def shared(models):
    """The networks of the shared assets."""
    for name, shape, has_onnx in TINY:
        stem = f"mlperf-tiny/{name}"
        float_files = [models / f"{stem}_fp32.tflite"]
        if has_onnx:
            float_files.append(models / f"{stem}_fp32.onnx")
        yield Case(name, "float32", float_files, {"input": (shape, "float32")})
        int8_files = [models / f"{stem}_int8.tflite"]
        yield Case(name, "int8", int8_files, {"input": (shape, "int8")})
    for precision, suffix in (("float32", "fp32"), ("int8", "int8_qdq")):
        file = models / f"classification/efficientnet_lite0_{suffix}.onnx"
        yield Case("efficientnet_lite0", precision, [file], {"input": IMAGE["image"]})
    file = models / "transformer/minilm_l6_vocab4k_fp16w.onnx"
    yield Case("minilm_l6_128", "float32", [file], TOKENS)


def all_cases(assets, cache):
    cases = [*shared(assets / "models")]
    for network in (networks.mobilenetv2, networks.resnet50):
        cases += made(cache / "models", network)
    return cases
