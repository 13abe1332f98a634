# SPDX-License-Identifier: Apache-2.0
"""Writes a network as TFLite, in float32 or in int8 behind a float32 input and output.

Windows are padded as TensorFlow pads them: the extents are those of the ONNX networks, the numbers
are not.
"""

import sys
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from networks import Value, Weights, quantized
from onnx_writer import SCALES

sys.path.append(str(Path(__file__).resolve().parents[2]))
from import_fixtures.tflite_models import Builder, convolution, pack  # noqa: E402

OPERATORS = schema.BuiltinOperator
ACTIVATIONS = {
    None: schema.ActivationFunctionType.NONE, "relu": schema.ActivationFunctionType.RELU,
    "relu6": schema.ActivationFunctionType.RELU6}


class TFLiteWriter:
    def __init__(self, is_quantized):
        self.is_quantized = is_quantized
        self.weights = Weights()
        self.builder = Builder()

    def value(self, size, channels, activation=None, scale=None):
        """A tensor for the result of a layer."""
        scale = scale or SCALES[activation]
        shape = [1, size, size, channels]
        name = f"value{len(self.builder.graph.tensors)}"
        if self.is_quantized:
            zero_point = -128 if activation else 0
            handle = self.builder.tensor(
                name, np.int8, shape, scale=scale, zero_point=zero_point)
        else:
            handle = self.builder.tensor(name, np.float32, shape)
        return Value(handle, size, channels, scale)

    def image(self, size, channels):
        self.input = self.builder.tensor("image", np.float32, [1, size, size, channels])
        if not self.is_quantized:
            return Value(self.input, size, channels, 1)
        value = self.value(size, channels)
        self.builder.operator(
            OPERATORS.QUANTIZE, [self.input], [value.handle], schema.QuantizeOptionsT())
        return value

    def convolution(self, value, channels, kernel, stride=1, groups=1, activation=None):
        weights, bias = self.weights.draw(value, channels, kernel, stride, groups)
        result = self.value(-(-value.size // stride), channels, activation)
        code, options, order, axis = OPERATORS.CONV_2D, convolution(stride, 0), (0, 2, 3, 1), 0
        if groups > 1:
            code, order, axis = OPERATORS.DEPTHWISE_CONV_2D, (1, 2, 3, 0), 3
            options = schema.DepthwiseConv2DOptionsT()
            options.padding = schema.Padding.SAME
            options.strideW = options.strideH = stride
            options.depthMultiplier = 1
        options.fusedActivationFunction = ACTIVATIONS[activation]
        operands = self.operands(weights, bias, value.scale, order, axis)
        version = 3 if self.is_quantized else 1
        self.builder.operator(code, [value.handle, *operands], [result.handle], options, version)
        return result

    def operands(self, weights, bias, input_scale, order, axis):
        name = f"weights{len(self.builder.graph.tensors)}"
        if not self.is_quantized:
            moved = weights.transpose(order)
            return [
                self.builder.tensor(name, np.float32, moved.shape, moved),
                self.builder.tensor(f"{name}_bias", np.float32, bias.shape, bias)]
        stored, sums, scales = quantized(weights, bias, input_scale)
        moved = stored.transpose(order)
        return [
            self.builder.tensor(name, np.int8, moved.shape, moved, scale=scales, axis=axis),
            self.builder.tensor(
                f"{name}_bias", np.int32, sums.shape, sums,
                scale=scales * np.float32(input_scale))]

    def add(self, value, other, activation=None):
        result = self.value(value.size, value.channels, activation)
        options = schema.AddOptionsT()
        options.fusedActivationFunction = ACTIVATIONS[activation]
        self.builder.operator(
            OPERATORS.ADD, [value.handle, other.handle], [result.handle], options,
            2 if self.is_quantized else 1)
        return result

    def pool(self, code, value, kernel, stride, padding):
        options = schema.Pool2DOptionsT()
        options.padding = padding
        options.strideW = options.strideH = stride
        options.filterWidth = options.filterHeight = kernel
        size = 1 if kernel == value.size else -(-value.size // stride)
        result = self.value(size, value.channels, "relu", value.scale)
        self.builder.operator(
            code, [value.handle], [result.handle], options, 2 if self.is_quantized else 1)
        return result

    def max_pool(self, value, kernel, stride):
        return self.pool(OPERATORS.MAX_POOL_2D, value, kernel, stride, schema.Padding.SAME)

    def mean(self, value):
        return self.pool(
            OPERATORS.AVERAGE_POOL_2D, value, value.size, 1, schema.Padding.VALID)

    def write(self, network, path):
        value = network(self)
        output = value.handle
        if self.is_quantized:
            output = self.builder.tensor("scores", np.float32, [1, 1, 1, value.channels])
            self.builder.operator(
                OPERATORS.DEQUANTIZE, [value.handle], [output], schema.DequantizeOptionsT(), 2)
        path.write_bytes(pack(self.builder.finish([self.input], [output])))
