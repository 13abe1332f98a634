# SPDX-License-Identifier: Apache-2.0
"""Small ONNX models, built with the `onnx` package."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def weights(rng, *shape):
    return rng.uniform(-0.5, 0.5, shape).astype(np.float32)


def classifier():
    """Opset 13: free batch, constants in every encoding, structural nodes, named nodes."""
    rng = np.random.default_rng(1)
    constants = [
        numpy_helper.from_array(weights(rng, 4, 2, 3, 3), "conv.weight"),
        helper.make_tensor("conv.bias", TensorProto.FLOAT, [4], weights(rng, 4)),
        helper.make_tensor("bn.scale", TensorProto.FLOAT, [4], 1 + weights(rng, 4)),
        helper.make_tensor("bn.bias", TensorProto.FLOAT, [4], weights(rng, 4)),
        helper.make_tensor("bn.mean", TensorProto.FLOAT, [4], weights(rng, 4)),
        helper.make_tensor("bn.variance", TensorProto.FLOAT, [4], 1 + weights(rng, 4)),
        numpy_helper.from_array(weights(rng, 3, 4), "fc.weight"),
        numpy_helper.from_array(weights(rng, 3), "fc.bias"),
    ]
    offset = numpy_helper.from_array(weights(rng, 1, 4, 1, 1), "offset.value")
    nodes = [
        helper.make_node("Conv", ["image", "conv.weight", "conv.bias"], ["c"], "conv",
                         kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("BatchNormalization",
                         ["c", "bn.scale", "bn.bias", "bn.mean", "bn.variance"], ["n"], "bn",
                         epsilon=1e-3),
        helper.make_node("Constant", [], ["offset"], "constant", value=offset),
        helper.make_node("Add", ["n", "offset"], ["a"], "add"),
        helper.make_node("Relu", ["a"], ["r"]),
        helper.make_node("Dropout", ["r"], ["d"], "dropout"),
        helper.make_node("Identity", ["d"], ["i"], "identity"),
        helper.make_node("GlobalAveragePool", ["i"], ["g"], "pool"),
        helper.make_node("Flatten", ["g"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["logits"], "fc", transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"], "softmax", axis=-1),
    ]
    graph = helper.make_graph(
        nodes, "classifier",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 2, 6, 6])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 3])],
        constants)
    return helper.make_model(
        graph, producer_name="fixture", producer_version="1", ir_version=8,
        opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("unused.domain", 1)])


def old_and_unsorted():
    """Opset 8, IR 3: initializers are listed as inputs too, and nodes stand in reverse order."""
    rng = np.random.default_rng(2)
    constants = [
        helper.make_tensor("shape", TensorProto.INT64, [2], [1, 12]),
        helper.make_tensor("weight", TensorProto.FLOAT, [12, 3], weights(rng, 36)),
        helper.make_tensor("bias", TensorProto.FLOAT, [1, 3], weights(rng, 3)),
    ]
    nodes = [
        helper.make_node("Add", ["product", "bias"], ["y"]),
        helper.make_node("MatMul", ["flat", "weight"], ["product"]),
        helper.make_node("Reshape", ["x", "shape"], ["flat"]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 2, 2])]
    inputs += [helper.make_tensor_value_info(c.name, c.data_type, c.dims) for c in constants]
    graph = helper.make_graph(
        nodes, "old", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])],
        constants)
    return helper.make_model(
        graph, producer_name="fixture", ir_version=3,
        opset_imports=[helper.make_opsetid("", 8)])


class Branches:
    """Collects nodes that each read the image or one another, and outputs to compare."""

    def __init__(self):
        self.nodes, self.constants, self.outputs = [], [], []

    def constant(self, name, values, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def node(self, operator, inputs, name, is_output=True, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        if is_output:
            self.outputs.append(name)
        return name


def operators():
    """Opset 13: one branch for each spelling that the other fixtures lack."""
    rng = np.random.default_rng(6)
    b = Branches()
    convolutions(b, rng)
    windows(b)
    elementwise(b, rng)
    shapes(b)
    quantized(b)
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in b.outputs]
    graph = helper.make_graph(
        b.nodes, "operators",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 4, 6, 5])], outputs,
        b.constants)
    return helper.make_model(
        graph, producer_name="fixture", ir_version=8,
        opset_imports=[helper.make_opsetid("", 13)])


def convolutions(b, rng):
    depthwise = b.constant("dw", weights(rng, 4, 1, 3, 3))
    b.node("Conv", ["image", depthwise], "depthwise", group=4, pads=[1, 1, 1, 1])
    dilated = b.constant("dilated_w", weights(rng, 2, 4, 2, 2))
    b.node("Conv", ["image", dilated], "dilated", dilations=[2, 2], pads=[0, 1, 1, 0])
    b.node("Conv", ["image", dilated], "same", strides=[2, 2], auto_pad="SAME_LOWER")
    half = b.constant("half", weights(rng, 3, 4, 1, 1), np.float16)
    b.node("Cast", [half], "pointwise_w", is_output=False, to=TensorProto.FLOAT)
    b.node("Conv", ["image", "pointwise_w"], "pointwise", strides=[2, 1])


def windows(b):
    b.node("MaxPool", ["image"], "max", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0])
    b.node("AveragePool", ["image"], "average", kernel_shape=[2, 2], pads=[1, 1, 0, 0])
    b.node("AveragePool", ["image"], "padded_average", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
           count_include_pad=1)
    b.node("GlobalMaxPool", ["image"], "global_max")
    b.node("ReduceMean", ["image"], "mean", axes=[2, 3], keepdims=0)


def elementwise(b, rng):
    row = b.constant("row", weights(rng, 1, 4, 1, 1) + 2)
    for operator in ["Sub", "Mul", "Div"]:
        b.node(operator, ["image", row], operator.lower())
    b.node("Sum", ["image", "mul", "sub"], "sum")
    low, high = b.constant("low", -0.25), b.constant("high", 0.5)
    b.node("Clip", ["image", low, high], "clip")
    b.node("Clip", ["image", "", high], "clip_above")
    b.node("LeakyRelu", ["image"], "leaky", alpha=0.1)
    b.node("PRelu", ["image", b.constant("slope", weights(rng, 4, 1, 1))], "prelu")


def shapes(b):
    b.node("Transpose", ["image"], "transposed", perm=[0, 2, 3, 1])
    pads = b.constant("pads", [0, 0, 1, 2, 0, 0, 0, 1], np.int64)
    b.node("Pad", ["image", pads, b.constant("pad_value", 0.5)], "padded")
    b.node("Concat", ["image", "mul"], "joined", axis=1)
    axes = b.constant("axes", [2, 3], np.int64)
    b.node("Squeeze", ["global_max", axes], "squeezed")
    b.node("Unsqueeze", ["squeezed", axes], "unsqueezed")
    scales = b.constant("scales", [1, 1, 2, 2])
    b.node("Resize", ["image", "", scales], "linear", mode="linear",
           coordinate_transformation_mode="half_pixel")
    b.node("Resize", ["image", "", scales], "nearest", mode="nearest",
           coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    b.node("Softmax", ["image"], "softmax", axis=1)


def quantized(b):
    scale, zero = b.constant("scale", 0.01), b.constant("zero", 3, np.int8)
    b.node("QuantizeLinear", ["image", scale, zero], "stored", is_output=False)
    b.node("DequantizeLinear", ["stored", scale, zero], "restored")


MODELS = {
    "classifier.onnx": classifier(),
    "old_and_unsorted.onnx": old_and_unsorted(),
    "operators.onnx": operators(),
}
