# SPDX-License-Identifier: Apache-2.0
"""Small TFLite models, built table by table through the schema that the LiteRT package ships."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

DTYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.float16): schema.TensorType.FLOAT16,
    np.dtype(np.int8): schema.TensorType.INT8,
    np.dtype(np.uint8): schema.TensorType.UINT8,
    np.dtype(np.int32): schema.TensorType.INT32,
    np.dtype(np.int64): schema.TensorType.INT64,
}


class Builder:
    """Collects the tables of a model with one subgraph."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = "fixture"
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, name, dtype, shape, data=None, scale=None, zero_point=None, axis=0):
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        tensor.type = DTYPES[np.dtype(dtype)]
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.asarray(data, dtype).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.atleast_1d(np.asarray(scale, np.float32))
            zero_points = np.zeros_like(tensor.quantization.scale, np.int64)
            tensor.quantization.zeroPoint = zero_points + (zero_point or 0)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, code, inputs, outputs, options=None, version=1):
        entry = schema.OperatorCodeT()
        entry.builtinCode = code
        entry.deprecatedBuiltinCode = min(code, 127)
        entry.version = version
        self.model.operatorCodes.append(entry)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = inputs, outputs
        if options is not None:
            kind = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            operator.builtinOptions = options
        self.graph.operators.append(operator)

    def finish(self, inputs, outputs):
        self.graph.inputs, self.graph.outputs = inputs, outputs
        return self.model


def convolution(stride, activation):
    options = schema.Conv2DOptionsT()
    options.padding = schema.Padding.SAME
    options.strideW = options.strideH = stride
    options.fusedActivationFunction = activation
    return options


def pool(extent):
    options = schema.Pool2DOptionsT()
    options.padding = schema.Padding.VALID
    options.strideW = options.strideH = options.filterWidth = options.filterHeight = extent
    return options


def softmax():
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    return options


def float_model():
    """Float16 weights behind DEQUANTIZE, an omitted bias, a reshape by a shape tensor."""
    rng = np.random.default_rng(4)
    b, op = Builder(), schema.BuiltinOperator
    image = b.tensor("image", np.float32, [1, 4, 4, 2])
    half = b.tensor("w16", np.float16, [3, 3, 3, 2], rng.uniform(-0.5, 0.5, (3, 3, 3, 2)))
    full = b.tensor("w32", np.float32, [3, 3, 3, 2])
    features = b.tensor("features", np.float32, [1, 2, 2, 3])
    pooled = b.tensor("pooled", np.float32, [1, 1, 1, 3])
    shape = b.tensor("shape", np.int32, [2], [1, 3])
    flat = b.tensor("flat", np.float32, [1, 3])
    weights = b.tensor("fc", np.float32, [4, 3], rng.uniform(-1, 1, (4, 3)))
    bias = b.tensor("bias", np.float32, [3], rng.uniform(-1, 1, 3))
    logits = b.tensor("logits", np.float32, [1, 4])
    result = b.tensor("probabilities", np.float32, [1, 4])
    reshape = schema.ReshapeOptionsT()
    reshape.newShape = [1, 3]
    b.operator(op.DEQUANTIZE, [half], [full], schema.DequantizeOptionsT())
    b.operator(op.CONV_2D, [image, full, bias], [features],
               convolution(2, schema.ActivationFunctionType.RELU6))
    b.operator(op.AVERAGE_POOL_2D, [features], [pooled], pool(2))
    b.operator(op.RESHAPE, [pooled, shape], [flat], reshape)
    b.operator(op.FULLY_CONNECTED, [flat, weights, -1], [logits],
               schema.FullyConnectedOptionsT())
    b.operator(op.SOFTMAX, [logits], [result], softmax())
    return b.finish([image], [result])


def int8_model():
    """Full int8: weights per channel, biases in int32, softmax at its fixed scale."""
    rng = np.random.default_rng(5)
    b, op = Builder(), schema.BuiltinOperator
    image = b.tensor("image", np.int8, [1, 4, 4, 2], scale=0.02, zero_point=-3)
    scales = np.array([0.01, 0.02, 0.005], np.float32)
    kernel = b.tensor("kernel", np.int8, [3, 3, 3, 2],
                      rng.integers(-127, 128, (3, 3, 3, 2)), scale=scales)
    conv_bias = b.tensor("conv_bias", np.int32, [3], rng.integers(-500, 500, 3),
                         scale=scales * np.float32(0.02))
    features = b.tensor("features", np.int8, [1, 2, 2, 3], scale=0.03, zero_point=-128)
    pooled = b.tensor("pooled", np.int8, [1, 1, 1, 3], scale=0.03, zero_point=-128)
    flat = b.tensor("flat", np.int8, [1, 3], scale=0.03, zero_point=-128)
    weights = b.tensor("fc", np.int8, [4, 3], rng.integers(-127, 128, (4, 3)), scale=0.01)
    bias = b.tensor("bias", np.int32, [4], rng.integers(-500, 500, 4), scale=0.01 * 0.03)
    logits = b.tensor("logits", np.int8, [1, 4], scale=0.05, zero_point=4)
    result = b.tensor("probabilities", np.int8, [1, 4], scale=1 / 256, zero_point=-128)
    reshape = schema.ReshapeOptionsT()
    reshape.newShape = [1, -1]
    b.operator(op.CONV_2D, [image, kernel, conv_bias], [features],
               convolution(2, schema.ActivationFunctionType.RELU), version=3)
    b.operator(op.AVERAGE_POOL_2D, [features], [pooled], pool(2), version=2)
    b.operator(op.RESHAPE, [pooled], [flat], reshape)
    b.operator(op.FULLY_CONNECTED, [flat, weights, bias], [logits],
               schema.FullyConnectedOptionsT(), version=4)
    b.operator(op.SOFTMAX, [logits], [result], softmax(), version=2)
    return b.finish([image], [result])


def pack(model):
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def run_tflite(file, x):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=file, num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return {
        output["name"]: interpreter.get_tensor(output["index"])
        for output in interpreter.get_output_details()
    }
