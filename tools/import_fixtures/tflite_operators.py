# SPDX-License-Identifier: Apache-2.0
"""A TFLite model with one branch for each operator that the other fixtures lack."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from import_fixtures.tflite_models import Builder, pool

ACTIVATIONS = schema.ActivationFunctionType
OPERATORS = schema.BuiltinOperator


class Branches(Builder):
    """Every operator's output is an output of the model."""

    def __init__(self):
        super().__init__()
        self.outputs = []
        self.image = self.tensor("image", np.float32, [1, 4, 6, 3])

    def constant(self, name, values, dtype=np.float32):
        values = np.asarray(values, dtype)
        return self.tensor(name, dtype, values.shape, values)

    def branch(self, code, inputs, shape, options=None, name=None):
        if name is None:
            name = next(k for k, v in vars(OPERATORS).items() if v == code).lower()
        output = self.tensor(name, np.float32, shape)
        self.operator(code, inputs, [output], options)
        self.outputs.append(output)
        return output


def model():
    rng = np.random.default_rng(7)
    b = Branches()
    windows(b, rng)
    arithmetic(b, rng)
    activations(b, rng)
    shapes(b)
    quantized(b)
    return b.finish([b.image], b.outputs)


def windows(b, rng):
    options = schema.DepthwiseConv2DOptionsT()
    options.padding, options.strideW, options.strideH = schema.Padding.SAME, 2, 1
    options.depthMultiplier = 1
    options.fusedActivationFunction = ACTIVATIONS.RELU_N1_TO_1
    kernel = b.constant("dw", rng.uniform(-1, 1, (1, 3, 3, 3)))
    bias = b.constant("dw_bias", rng.uniform(-1, 1, 3))
    b.branch(OPERATORS.DEPTHWISE_CONV_2D, [b.image, kernel, bias], [1, 4, 3, 3], options)
    b.branch(OPERATORS.MAX_POOL_2D, [b.image], [1, 2, 3, 3], pool(2))
    options = schema.ReducerOptionsT()
    options.keepDims = True
    b.branch(OPERATORS.MEAN, [b.image, b.constant("hw", [1, 2], np.int32)], [1, 1, 1, 3], options)
    for code, options, name in [
        (OPERATORS.RESIZE_BILINEAR, schema.ResizeBilinearOptionsT(), "bilinear"),
        (OPERATORS.RESIZE_NEAREST_NEIGHBOR, schema.ResizeNearestNeighborOptionsT(), "nearest"),
    ]:
        options.halfPixelCenters = code == OPERATORS.RESIZE_BILINEAR
        size = b.constant(f"{name}_size", [8, 12], np.int32)
        b.branch(code, [b.image, size], [1, 8, 12, 3], options)


def arithmetic(b, rng):
    row = b.constant("row", rng.uniform(1, 2, 3))
    for code, options in [
        (OPERATORS.ADD, schema.AddOptionsT()), (OPERATORS.SUB, schema.SubOptionsT()),
        (OPERATORS.MUL, schema.MulOptionsT()), (OPERATORS.DIV, schema.DivOptionsT()),
    ]:
        options.fusedActivationFunction = ACTIVATIONS.RELU
        b.branch(code, [b.image, row], [1, 4, 6, 3], options)


def activations(b, rng):
    for code in [OPERATORS.RELU, OPERATORS.RELU6, OPERATORS.RELU_N1_TO_1]:
        b.branch(code, [b.image], [1, 4, 6, 3])
    options = schema.LeakyReluOptionsT()
    options.alpha = 0.1
    b.branch(OPERATORS.LEAKY_RELU, [b.image], [1, 4, 6, 3], options)
    slope = b.constant("slope", rng.uniform(0, 1, (1, 1, 3)))
    b.branch(OPERATORS.PRELU, [b.image, slope], [1, 4, 6, 3])


def shapes(b):
    pads = b.constant("pads", [[0, 0], [1, 0], [0, 2], [0, 0]], np.int32)
    b.branch(OPERATORS.PAD, [b.image, pads], [1, 5, 8, 3], schema.PadOptionsT())
    b.branch(OPERATORS.PADV2, [b.image, pads, b.constant("fill", 0.5)], [1, 5, 8, 3],
             schema.PadV2OptionsT())
    order = b.constant("order", [0, 3, 1, 2], np.int32)
    b.branch(OPERATORS.TRANSPOSE, [b.image, order], [1, 3, 4, 6], schema.TransposeOptionsT())
    options = schema.ConcatenationOptionsT()
    options.axis = -1
    b.branch(OPERATORS.CONCATENATION, [b.image, b.image], [1, 4, 6, 6], options)
    options = schema.SqueezeOptionsT()
    options.squeezeDims = [0]
    squeezed = b.branch(OPERATORS.SQUEEZE, [b.image], [4, 6, 3], options)
    b.branch(OPERATORS.EXPAND_DIMS, [squeezed, b.constant("axis", 0, np.int32)], [1, 4, 6, 3],
             schema.ExpandDimsOptionsT())


def quantized(b):
    stored = b.tensor("stored", np.int8, [1, 4, 6, 3], scale=0.01, zero_point=3)
    b.operator(OPERATORS.QUANTIZE, [b.image], [stored], schema.QuantizeOptionsT())
    b.branch(OPERATORS.DEQUANTIZE, [stored], [1, 4, 6, 3], schema.DequantizeOptionsT())
