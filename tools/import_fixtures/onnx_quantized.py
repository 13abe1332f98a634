# SPDX-License-Identifier: Apache-2.0
"""An ONNX model in the form before quantise-dequantise pairs: QLinear operators on uint8."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values, dtype):
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def scale(self, name, scale, zero_point, dtype=np.uint8):
        """The names of a scale and a zero point."""
        return [self.constant(f"{name}_scale", scale, np.float32),
                self.constant(f"{name}_zero", zero_point, dtype)]

    def node(self, operator, inputs, output, domain="", **attributes):
        self.nodes.append(
            helper.make_node(operator, inputs, [output], output, domain=domain, **attributes))
        return output


def model():
    """Ports in uint8; weights in uint8 with a zero point, and in int8 with a scale a channel."""
    rng = np.random.default_rng(10)
    g = Graph()
    image = ["image", *g.scale("image", 1 / 64, 128)]
    first = g.scale("first", 0.05, 120)
    second = g.scale("second", 0.08, 131)
    total = g.scale("total", 0.1, 125)

    weights = [g.constant("w0", rng.integers(0, 256, (4, 3, 3, 3)), np.uint8),
               *g.scale("w0", 0.01, 113)]
    bias = g.constant("b0", rng.integers(-900, 900, 4), np.int32)
    g.node("QLinearConv", [*image, *weights, *first, bias], "first", pads=[1, 1, 1, 1])
    # In 7 bits: ONNX Runtime on AVX2 adds products of uint8 and int8 in pairs that saturate.
    weights = [g.constant("w1", rng.integers(-64, 65, (4, 4, 1, 1)), np.int8),
               *g.scale("w1", [0.01, 0.02, 0.007, 0.015], [0, 0, 0, 0], np.int8)]
    g.node("QLinearConv", ["first", *first, *weights, *second], "second")
    g.node("QLinearAdd", ["second", *second, "first", *first, *total], "total", MICROSOFT)
    joined = g.scale("joined", 0.09, 128)
    g.node("QLinearConcat", [*joined, "total", *total, "first", *first], "joined", MICROSOFT,
           axis=1)
    mean = g.scale("mean", 0.04, 128)
    g.node("QLinearGlobalAveragePool", ["joined", *joined, *mean], "mean", MICROSOFT)
    g.node("Flatten", ["mean"], "flat")
    weights = [g.constant("w2", rng.integers(0, 256, (5, 8)), np.uint8), *g.scale("w2", 0.01, 140)]
    bias = g.constant("b2", rng.integers(-900, 900, 5), np.int32)
    logits = g.scale("logits", 0.05, 100)
    g.node("QGemm", ["flat", *mean, *weights, bias, *logits], "logits", MICROSOFT, transB=1)
    graph = helper.make_graph(
        g.nodes, "quantized",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, [1, 3, 6, 6])],
        [helper.make_tensor_value_info("logits", TensorProto.UINT8, [1, 5])], g.constants)
    return helper.make_model(
        graph, ir_version=8,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)])
