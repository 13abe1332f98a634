# SPDX-License-Identifier: Apache-2.0
"""TFLite files that attack the importer: small models changed in one place."""

import struct

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from import_fixtures.tflite_models import Builder, pack, softmax

FILES = {}
OPERATORS = schema.BuiltinOperator


def hostile(make):
    FILES[make.__name__] = make
    return make


def base(dtype=np.float32, constant=None, **quantization):
    """x and a constant are added, the sum is y."""
    b = Builder()
    x = b.tensor("x", dtype, [1, 2], **quantization)
    data = np.zeros(2) if constant is None else constant
    c = b.tensor("c", dtype, [1, 2], data, **quantization)
    y = b.tensor("y", dtype, [1, 2], **quantization)
    b.operator(OPERATORS.ADD, [x, c], [y], schema.AddOptionsT())
    return b, b.finish([x], [y])


def patched(change):
    """The base model's file, changed in place."""
    file = bytearray(pack(base()[1]))
    change(file)
    return bytes(file)


def u32(file, at):
    return struct.unpack_from("<I", file, at)[0]


def field(file, table, number):
    """Where a field of a table stands in the file."""
    vtable = table - struct.unpack_from("<i", file, table)[0]
    return table + struct.unpack_from("<H", file, vtable + 4 + 2 * number)[0]


def follow(file, at):
    return at + u32(file, at)


def subgraph(file):
    """Where the table of the only subgraph stands."""
    subgraphs = follow(file, field(file, u32(file, 0), 2))
    return follow(file, subgraphs + 4)


def tensors(file):
    """Where the vector of tensors stands."""
    return follow(file, field(file, subgraph(file), 0))


@hostile
def only_the_identifier():
    """eight bytes: an offset to byte 28 and the identifier."""
    return b"\x1c\x00\x00\x00TFL3"


@hostile
def root_out_of_bounds():
    """the root table lies beyond the end."""
    return patched(lambda file: struct.pack_into("<I", file, 0, 0xFFFFFFF0))


@hostile
def vtable_out_of_bounds():
    """the root's vtable lies before the start."""
    return patched(lambda file: struct.pack_into("<i", file, u32(file, 0), 0x7FFFFFFF))


@hostile
def vtable_longer_than_file():
    """the root's vtable claims 65,534 bytes."""
    def change(file):
        root = u32(file, 0)
        struct.pack_into("<H", file, root - struct.unpack_from("<i", file, root)[0], 65534)
    return patched(change)


@hostile
def field_outside_table():
    """a field stands beyond the end of its table."""
    def change(file):
        root = u32(file, 0)
        vtable = root - struct.unpack_from("<i", file, root)[0]
        struct.pack_into("<H", file, vtable + 4 + 2 * 2, 65000)
    return patched(change)


@hostile
def vector_length_overflow():
    """the vector of tensors has 2^32 - 1 elements."""
    return patched(lambda file: struct.pack_into("<I", file, tensors(file), 0xFFFFFFFF))


@hostile
def cyclic_tables():
    """the first tensor is, by an offset that wraps around 2^32, the subgraph that holds it."""
    def change(file):
        slot = tensors(file) + 4
        target = (subgraph(file) - slot) % (1 << 32)
        struct.pack_into("<I", file, slot, target)
    return patched(change)


@hostile
def repeated_references():
    """500 tensors that are all one, with a name of 20,000 bytes: 10 MB to read from 40 KB."""
    b, model = base()
    b.graph.tensors[2].name = "y" * 20000
    for _ in range(500 - len(b.graph.tensors)):
        b.tensor("", np.float32, [1])
    file = bytearray(pack(model))
    vector = tensors(file)
    target = follow(file, vector + 4 + 4 * 2)
    # Offsets are unsigned: only slots before the table can refer to it.
    shared = [i for i in range(u32(file, vector)) if vector + 4 + 4 * i < target]
    for index in shared:
        slot = vector + 4 + 4 * index
        struct.pack_into("<I", file, slot, target - slot)
    return bytes(file)


@hostile
def no_subgraph():
    """a model without a subgraph."""
    _, model = base()
    model.subgraphs = []
    return pack(model)


@hostile
def two_subgraphs():
    """a model with two subgraphs."""
    b, model = base()
    model.subgraphs = [b.graph, b.graph]
    return pack(model)


@hostile
def future_schema():
    """schema version 4."""
    _, model = base()
    model.version = 4
    return pack(model)


@hostile
def buffer_out_of_range():
    """a tensor refers to buffer 1,000,000."""
    b, model = base()
    b.graph.tensors[1].buffer = 1_000_000
    return pack(model)


@hostile
def tensor_out_of_range():
    """a node reads tensor 1,000."""
    b, model = base()
    b.graph.operators[0].inputs = [0, 1000]
    return pack(model)


@hostile
def negative_tensor():
    """the model's input is tensor -1."""
    b, model = base()
    b.graph.inputs = [-1]
    return pack(model)


@hostile
def operator_code_out_of_range():
    """a node refers to operator code 7 of 1."""
    b, model = base()
    b.graph.operators[0].opcodeIndex = 7
    return pack(model)


@hostile
def options_of_another_operator():
    """an addition with the options of a softmax, whose float would be read as an activation."""
    b, model = base()
    b.graph.operators[0].builtinOptionsType = schema.BuiltinOptions.SoftmaxOptions
    b.graph.operators[0].builtinOptions = softmax()
    return pack(model)


@hostile
def data_shorter_than_shape():
    """a constant of 8 bytes with the shape 1000x1000."""
    b, model = base()
    b.graph.tensors[1].shape = [1000, 1000]
    return pack(model)


@hostile
def negative_dimension():
    """a constant of -1 by -2 elements."""
    b, model = base()
    b.graph.tensors[1].shape = [-1, -2]
    return pack(model)


@hostile
def dimensions_overflow():
    """an input of (2^31 - 1)^3 elements."""
    b, model = base()
    b.graph.tensors[0].shape = [0x7FFFFFFF] * 3
    return pack(model)


@hostile
def contradicting_shape():
    """the sum of two 1x2 tensors is said to be 1x3."""
    b, model = base()
    b.graph.tensors[2].shape = [1, 3]
    return pack(model)


@hostile
def contradicting_dtype():
    """the sum of two float32 tensors is said to be int32."""
    b, model = base()
    b.graph.tensors[2].type = schema.TensorType.INT32
    return pack(model)


@hostile
def two_writers():
    """two nodes write one tensor."""
    b, model = base()
    b.graph.operators.append(b.graph.operators[0])
    return pack(model)


@hostile
def cycle():
    """two nodes that wait for each other."""
    b = Builder()
    x, a, y = (b.tensor(name, np.float32, [1, 2]) for name in "xay")
    b.operator(OPERATORS.ADD, [x, a], [y], schema.AddOptionsT())
    b.operator(OPERATORS.RELU, [y], [a])
    return pack(b.finish([x], [y]))


@hostile
def dangling_input():
    """a node reads a tensor that nothing writes."""
    b, model = base()
    b.graph.tensors[1].buffer = 0
    return pack(model)


@hostile
def constant_input():
    """the model's input is a constant."""
    b, model = base()
    b.graph.inputs = [1]
    return pack(model)


@hostile
def duplicate_ports():
    """two inputs of one name."""
    b = Builder()
    x, z, y = (b.tensor(name, np.float32, [1, 2]) for name in "xxy")
    b.operator(OPERATORS.ADD, [x, z], [y], schema.AddOptionsT())
    return pack(b.finish([x, z], [y]))


@hostile
def scale_not_a_number():
    """a quantized tensor whose scale is NaN."""
    b, model = base(np.int8, scale=1)
    b.graph.tensors[0].quantization.scale = np.array([np.nan], np.float32)
    return pack(model)


@hostile
def zero_point_out_of_range():
    """an int8 tensor with the zero point 2^62."""
    b, model = base(np.int8, scale=1)
    b.graph.tensors[0].quantization.zeroPoint = np.array([1 << 62], np.int64)
    return pack(model)


@hostile
def channel_axis_out_of_range():
    """scales along axis 9 of a matrix."""
    b, model = base(np.int8, scale=[1, 1], axis=9)
    return pack(model)


@hostile
def channel_count_mismatch():
    """three scales for two channels."""
    b, model = base(np.int8, scale=[1, 1, 1], axis=1)
    return pack(model)


@hostile
def uint8_zero_point_out_of_range():
    """a uint8 tensor whose zero point is 256."""
    return pack(base(np.uint8, scale=1, zero_point=256)[1])


@hostile
def variable_tensor():
    """a tensor that keeps its contents between runs."""
    b, model = base()
    b.graph.tensors[1].buffer = 0
    b.graph.tensors[1].isVariable = True
    return pack(model)


@hostile
def custom_operators():
    """two custom operators."""
    b = Builder()
    x, a, y = (b.tensor(name, np.float32, [1, 2]) for name in "xay")
    b.operator(OPERATORS.CUSTOM, [x], [a])
    b.operator(OPERATORS.CUSTOM, [a], [y])
    for entry in b.model.operatorCodes:
        entry.customCode = "Frobnicate"
    return pack(b.finish([x], [y]))


def detector(options):
    """A detector's last operator with these bytes for options."""
    b = Builder()
    inputs = [b.tensor("codes", np.float32, [1, 2, 4]), b.tensor("scores", np.float32, [1, 2, 2]),
              b.tensor("anchors", np.float32, [2, 4], np.ones(8))]
    outputs = [b.tensor(name, np.float32, []) for name in ["boxes", "classes", "best", "count"]]
    b.operator(OPERATORS.CUSTOM, inputs, outputs)
    b.model.operatorCodes[0].customCode = "TFLite_Detection_PostProcess"
    b.graph.operators[0].customOptions = np.frombuffer(options, np.uint8)
    return pack(b.finish(inputs[:2], outputs))


@hostile
def options_no_map():
    """the options of a custom operator are a list."""
    return detector(flexbuffers.Dumps([1, 2, 3]))


@hostile
def options_offset_out_of_range():
    """the options of a custom operator refer to what stands before them."""
    options = bytearray(flexbuffers.Dumps({"max_detections": 4}))
    options[-3] = 0xFF
    return detector(bytes(options))


@hostile
def detections_without_end():
    """a detector of 2^31 - 1 detections."""
    return detector(flexbuffers.Dumps({
        "max_detections": 2**31 - 1, "max_classes_per_detection": 1, "num_classes": 2,
        "nms_score_threshold": 0.5, "nms_iou_threshold": 0.5, "y_scale": 10.0, "x_scale": 10.0,
        "h_scale": 5.0, "w_scale": 5.0,
    }))


@hostile
def contents_outside_the_buffer():
    """a constant whose contents stand at an offset of the whole file."""
    b, model = base()
    model.buffers[1].data = None
    model.buffers[1].offset, model.buffers[1].size = 1 << 40, 1 << 40
    return pack(model)


@hostile
def pool_of_huge_window():
    """a pool with window and stride of 2^31 - 1."""
    b = Builder()
    x = b.tensor("x", np.float32, [1, 4, 4, 1])
    y = b.tensor("y", np.float32, [1, 1, 1, 1])
    options = schema.Pool2DOptionsT()
    options.padding = schema.Padding.VALID
    options.filterWidth = options.filterHeight = 0x7FFFFFFF
    options.strideW = options.strideH = 0x7FFFFFFF
    b.operator(OPERATORS.AVERAGE_POOL_2D, [x], [y], options)
    return pack(b.finish([x], [y]))


@hostile
def pool_of_stride_zero():
    """a pool with stride 0."""
    b = Builder()
    x = b.tensor("x", np.float32, [1, 4, 4, 1])
    y = b.tensor("y", np.float32, [1, 4, 4, 1])
    options = schema.Pool2DOptionsT()
    options.filterWidth = options.filterHeight = 1
    b.operator(OPERATORS.AVERAGE_POOL_2D, [x], [y], options)
    return pack(b.finish([x], [y]))
