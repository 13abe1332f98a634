# SPDX-License-Identifier: Apache-2.0
"""Writes a network as ONNX, in float32 or with quantise and dequantise pairs.

Quantised activations are uint8, which ONNX Runtime computes fastest on x86. Its integer kernels
need the bias's scale to be input scale times weights' scale, and a range that covers the clamp.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from networks import Value, Weights, quantized

SCALES = {"relu6": 0.0235, "relu": 0.05, None: 0.05}  # of relu6, just below 6 / 255


class ONNXWriter:
    def __init__(self, is_quantized):
        self.is_quantized = is_quantized
        self.weights = Weights()
        self.nodes, self.constants = [], []

    def node(self, operator, inputs, **attributes):
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, values, dtype):
        name = f"constant{len(self.constants)}"
        # Scales of whole tensors must stay scalars.
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def value(self, handle, size, channels, activation=None, scale=None):
        """The result of a layer, through a quantise and dequantise pair when quantised."""
        scale = np.float32(scale or SCALES[activation])
        if self.is_quantized:
            pair = [
                self.constant(scale, np.float32),
                self.constant(0 if activation else 128, np.uint8)]
            handle = self.node("QuantizeLinear", [handle, *pair])
            handle = self.node("DequantizeLinear", [handle, *pair])
        return Value(handle, size, channels, float(scale))

    def image(self, size, channels):
        self.input = [1, channels, size, size]
        return self.value("image", size, channels)

    def convolution(self, value, channels, kernel, stride=1, groups=1, activation=None):
        weights, bias = self.weights.draw(value, channels, kernel, stride, groups)
        operands = [self.constant(weights, np.float32), self.constant(bias, np.float32)]
        if self.is_quantized:
            stored, sums, scales = quantized(weights, bias, value.scale)
            operands = [
                self.dequantized(stored, np.int8, scales),
                self.dequantized(sums, np.int32, scales * np.float32(value.scale))]
        handle = self.node(
            "Conv", [value.handle, *operands], kernel_shape=[kernel] * 2, strides=[stride] * 2,
            pads=[kernel // 2] * 4, group=groups)
        handle = self.activated(handle, activation)
        return self.value(handle, -(-value.size // stride), channels, activation)

    def dequantized(self, stored, dtype, scales):
        constants = [
            self.constant(stored, dtype), self.constant(scales, np.float32),
            self.constant(np.zeros(len(scales)), dtype)]
        return self.node("DequantizeLinear", constants, axis=0)

    def activated(self, handle, activation):
        if activation == "relu6":
            limits = [self.constant(0, np.float32), self.constant(6, np.float32)]
            return self.node("Clip", [handle, *limits])
        return self.node("Relu", [handle]) if activation else handle

    def add(self, value, other, activation=None):
        handle = self.activated(self.node("Add", [value.handle, other.handle]), activation)
        return self.value(handle, value.size, value.channels, activation)

    def max_pool(self, value, kernel, stride):
        handle = self.node(
            "MaxPool", [value.handle], kernel_shape=[kernel] * 2, strides=[stride] * 2,
            pads=[kernel // 2] * 4)
        size = -(-value.size // stride)
        return self.value(handle, size, value.channels, "relu", value.scale)

    def mean(self, value):
        handle = self.node("GlobalAveragePool", [value.handle])
        return self.value(handle, 1, value.channels, "relu", value.scale)

    def write(self, network, path):
        output = network(self)
        shape = [1, output.channels, 1, 1]
        graph = helper.make_graph(
            self.nodes, network.__name__,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, self.input)],
            [helper.make_tensor_value_info(output.handle, TensorProto.FLOAT, shape)],
            self.used_constants())
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))

    def used_constants(self):
        used = {name for node in self.nodes for name in node.input}
        return [constant for constant in self.constants if constant.name in used]
