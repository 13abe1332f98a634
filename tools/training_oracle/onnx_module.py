# SPDX-License-Identifier: Apache-2.0
"""An ONNX file as a PyTorch module that can be trained: of the operators that tools/make-networks
and EfficientNet-Lite0 use, each by PyTorch's own function."""

import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional

# A normalisation's running statistics move by this part of the way to those of a batch.
MOMENTUM = 0.1


class ONNXModule(nn.Module):
    """The nodes of a model in their order.

    Parameters are the float initialisers of rank 1 and more, but for running statistics and the
    bounds of clips, which are buffers. Names are those of the file, with `/` for `.`.
    """

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.input, self.output = graph.input[0].name, graph.output[0].name
        self.steps = [Step(node) for node in graph.node]
        first_of_others = {"BatchNormalization": 3, "Clip": 1, "Dropout": 1}
        others = {
            name for node in graph.node if node.op_type in first_of_others
            for name in node.input[first_of_others[node.op_type]:]}
        for tensor in graph.initializer:
            values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            name = attribute_name(tensor.name)
            if values.is_floating_point() and values.dim() and tensor.name not in others:
                self.register_parameter(name, nn.Parameter(values))
            else:
                self.register_buffer(name, values)
        self.frozen_normalizations = False

    def forward(self, batch, start=None, until=None):
        """The output, or the value that `until` names, from the input or the value `start`."""
        values = {start or self.input: batch}
        outputs = [step.output for step in self.steps]
        for step in self.steps[outputs.index(start) + 1 if start else 0:]:
            operands = [
                values[name] if name in values else getattr(self, attribute_name(name))
                for name in step.inputs]
            values[step.output] = step(self, *operands)
            if step.output == until:
                break
        return values[until or self.output]

    def weights(self):
        """Parameters that decay: those of rank 2 and more, so neither biases nor normalisations."""
        return [parameter for parameter in self.parameters() if parameter.dim() > 1]


def input_shape(path):
    """The shape of a model's first input."""
    dimensions = onnx.load(path).graph.input[0].type.tensor_type.shape.dim
    return [dimension.dim_value for dimension in dimensions]


def attribute_name(name):
    return name.replace(".", "/")


class Step:
    """A node."""

    def __init__(self, node):
        self.operator, self.output = node.op_type, node.output[0]
        self.inputs = [name for name in node.input if name]
        self.attributes = {
            attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        self.apply = getattr(self, node.op_type)

    def __call__(self, module, *operands):
        return self.apply(module, *operands)

    # -- With weights

    def Conv(self, _, value, weight, bias=None):
        top, left, bottom, right = self.attributes.get("pads", [0] * 4)
        if (top, left) != (bottom, right):
            value = functional.pad(value, (left, right, top, bottom))
            top = left = 0
        return functional.conv2d(
            value, weight, bias, self.attributes.get("strides", [1, 1]), (top, left),
            groups=self.attributes.get("group", 1))

    def Gemm(self, _, value, weight, bias):
        return functional.linear(value, weight if self.attributes.get("transB") else weight.T, bias)

    def BatchNormalization(self, module, value, scale, shift, mean, variance):
        is_training = module.training and not module.frozen_normalizations
        return functional.batch_norm(
            value, mean, variance, scale, shift, is_training, MOMENTUM,
            self.attributes.get("epsilon", 1e-5))

    def LayerNormalization(self, _, value, scale, shift):
        return functional.layer_norm(
            value, scale.shape, scale, shift, self.attributes.get("epsilon", 1e-5))

    # -- Without

    def MatMul(self, _, first, second):
        return first @ second

    def Add(self, _, first, second):
        return first + second

    def Mul(self, _, first, second):
        return first * second

    def Div(self, _, first, second):
        return first / second

    def Relu(self, _, value):
        return functional.relu(value)

    def Tanh(self, _, value):
        return torch.tanh(value)

    def Clip(self, _, value, low, high):
        return functional.hardtanh(value, float(low), float(high))

    def Erf(self, _, value):
        return torch.erf(value)

    def Softmax(self, _, value):
        return functional.softmax(value, self.attributes.get("axis", -1))

    def Dropout(self, module, value, ratio):
        return functional.dropout(value, float(ratio), module.training)

    def MaxPool(self, _, value):
        return functional.max_pool2d(
            value, self.attributes["kernel_shape"], self.attributes["strides"])

    def AveragePool(self, _, value):
        return functional.avg_pool2d(
            value, self.attributes["kernel_shape"], self.attributes["strides"])

    def GlobalAveragePool(self, _, value):
        return value.mean((2, 3), keepdim=True)

    def ReduceMean(self, _, value):
        return value.mean(self.attributes["axes"], keepdim=bool(self.attributes["keepdims"]))

    # -- Shapes: the batch is that of the value, not that of the file

    def Flatten(self, _, value):
        return value.flatten(self.attributes.get("axis", 1))

    def Reshape(self, _, value, shape):
        return value.reshape(value.shape[0], *shape.tolist()[1:])

    def Transpose(self, _, value):
        return value.permute(self.attributes["perm"])
