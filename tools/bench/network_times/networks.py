# SPDX-License-Identifier: Apache-2.0
"""Networks as a sequence of layers, told to a writer: once to the one of ONNX, once to TFLite's.

Weights are random and seeded, scaled so that activations keep their size; the shapes, operators
and work are those of the trained networks.
"""

from dataclasses import dataclass

import numpy as np

SEED = 1
CLASSES = 1000


@dataclass
class Value:
    """A square image: what the writer calls it, its extents, and its scale when quantised."""

    handle: object
    size: int
    channels: int
    scale: float


class Weights:
    """The same numbers for every writer, in the order of the layers."""

    def __init__(self):
        self.generator = np.random.Generator(np.random.PCG64(SEED))
        self.macs = 0

    def draw(self, value, channels, kernel, stride, groups):
        """Weights [out, in, kernel, kernel] and bias of a convolution."""
        inputs = value.channels // groups
        deviation = 1.2 / (inputs * kernel * kernel) ** 0.5
        shape = (channels, inputs, kernel, kernel)
        weights = self.generator.standard_normal(shape, np.float32) * np.float32(deviation)
        bias = self.generator.standard_normal(channels, np.float32) * np.float32(0.1)
        self.macs += weights.size * (value.size // stride) ** 2
        return weights, bias


def quantized(weights, bias, input_scale):
    """Per-channel int8 weights, int32 bias, and the scales of the weights."""
    scales = np.abs(weights).reshape(len(weights), -1).max(1) / 127
    scales = scales.astype(np.float32)
    stored = np.rint(weights / scales[:, None, None, None]).astype(np.int8)
    return stored, np.rint(bias / (scales * np.float32(input_scale))).astype(np.int32), scales


def mobilenetv2(writer):
    """Sandler et al. 2018, arXiv:1801.04381, table 2; width 1.0, 224 pixels."""
    value = writer.image(224, 3)
    value = writer.convolution(value, 32, 3, stride=2, activation="relu6")
    groups = [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    for expansion, channels, count, first_stride in groups:
        for index in range(count):
            stride = first_stride if index == 0 else 1
            before, inner = value, value.channels * expansion
            if expansion > 1:
                value = writer.convolution(value, inner, 1, activation="relu6")
            value = writer.convolution(
                value, inner, 3, stride=stride, groups=inner, activation="relu6")
            value = writer.convolution(value, channels, 1)
            if stride == 1 and before.channels == channels:
                value = writer.add(value, before)
    value = writer.convolution(value, 1280, 1, activation="relu6")
    return writer.convolution(writer.mean(value), CLASSES, 1)


def resnet50(writer):
    """He et al. 2015, arXiv:1512.03385, table 1; strides in the 3x3 layers, 224 pixels."""
    value = writer.image(224, 3)
    value = writer.convolution(value, 64, 7, stride=2, activation="relu")
    value = writer.max_pool(value, 3, stride=2)
    for width, count, first_stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for index in range(count):
            stride = first_stride if index == 0 else 1
            shortcut = value
            if index == 0:
                shortcut = writer.convolution(value, 4 * width, 1, stride=stride)
            value = writer.convolution(value, width, 1, activation="relu")
            value = writer.convolution(value, width, 3, stride=stride, activation="relu")
            value = writer.convolution(value, 4 * width, 1)
            value = writer.add(value, shortcut, activation="relu")
    return writer.convolution(writer.mean(value), CLASSES, 1)
