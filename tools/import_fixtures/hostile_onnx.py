# SPDX-License-Identifier: Apache-2.0
"""ONNX files that attack the importer; written byte by byte, as no library would write them."""

FLOAT, INT64, STRING = 1, 7, 8
FILES = {}


def hostile(make):
    FILES[make.__name__] = make
    return make


def varint(value):
    value %= 1 << 64
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, dims, raw=b"", dtype=FLOAT, more=b""):
    shape = b"".join(number(1, dim) for dim in dims)
    return shape + number(2, dtype) + block(8, name) + (block(9, raw) if raw else b"") + more


def value_info(name, dims, dtype=FLOAT):
    shape = b"".join(block(1, number(1, dim)) for dim in dims)
    return block(1, name) + block(2, block(1, number(1, dtype) + block(2, shape)))


def node(operator, inputs, outputs, more=b""):
    names = b"".join(block(1, name) for name in inputs) + b"".join(block(2, n) for n in outputs)
    return names + block(4, operator) + more


def graph(nodes=(), constants=(), inputs=(("x", [1, 2]),), outputs=("y",), more=b""):
    return (
        b"".join(block(1, n) for n in nodes) + b"".join(block(5, t) for t in constants)
        + b"".join(block(11, value_info(name, dims)) for name, dims in inputs)
        + b"".join(block(12, value_info(name, [1, 2])) for name in outputs) + more)


def model(content, opset=13, more=b""):
    return number(1, 8) + block(7, content) + block(8, number(2, opset)) + more


RELU = node("Relu", ["x"], ["y"])
ADD = node("Add", ["x", "c"], ["y"])


def with_constant(constant):
    return model(graph([ADD], [constant]))


@hostile
def empty():
    """no bytes at all."""
    return b""


@hostile
def length_overflow():
    """the graph announces 2^63 bytes, which overflow a signed length."""
    return number(1, 8) + varint(7 << 3 | 2) + varint(1 << 63)


@hostile
def length_past_end():
    """a node announces more bytes than its graph has."""
    return model(varint(1 << 3 | 2) + varint(1000))


@hostile
def varint_without_end():
    """an integer of eleven bytes, all of which say that another follows."""
    return b"\x08" + b"\xff" * 11 + b"\x00"


@hostile
def field_number_zero():
    """a tag with the field number 0, which does not exist."""
    return b"\x00\x01" + model(graph([RELU]))


@hostile
def unknown_wire_type():
    """a tag with wire type 7."""
    return b"\x0f" + model(graph([RELU]))


@hostile
def nested_groups():
    """10,000 unknown groups inside one another, for a reader that recurses."""
    return model(graph([RELU]), more=(varint(99 << 3 | 3)) * 10_000)


@hostile
def unbalanced_group():
    """a group ends that never started."""
    return varint(99 << 3 | 4) + model(graph([RELU]))


@hostile
def nested_sequences():
    """an input whose type is a sequence of sequences, 1,000 deep."""
    kind = b""
    for _ in range(1000):
        kind = block(4, block(1, kind))
    return model(graph([RELU], inputs=[], more=block(11, block(1, "x") + block(2, kind))))


@hostile
def wrong_wire_type():
    """the graph is a number."""
    return number(1, 8) + number(7, 5) + block(8, number(2, 13))


@hostile
def two_graphs():
    """two graphs in one model."""
    return model(graph([RELU]), more=block(7, graph([RELU])))


@hostile
def no_graph():
    """an operator set and no graph."""
    return number(1, 8) + block(2, "nobody") + block(8, number(2, 13))


@hostile
def no_opset():
    """a graph and no operator set."""
    return number(1, 8) + block(7, graph([RELU]))


@hostile
def future_opset():
    """operator set 2^62."""
    return model(graph([RELU]), opset=1 << 62)


@hostile
def invalid_utf8():
    """a tensor name that is not UTF-8."""
    return model(graph([node("Relu", ["x"], [b"\xff\xfe"])], outputs=[b"\xff\xfe"]))


@hostile
def dimension_2_63():
    """a constant with a dimension of 2^63, negative in a signed integer."""
    return with_constant(tensor("c", [1 << 63], b"\0" * 8))


@hostile
def dimensions_overflow():
    """a constant of 2^32 by 2^32 elements: their product is 0 in 64 bits."""
    return with_constant(tensor("c", [1 << 32, 1 << 32], b"\0" * 8))


@hostile
def negative_dimension():
    """a constant of -1 by -2 elements, whose product is positive."""
    return with_constant(tensor("c", [-1, -2], b"\0" * 8))


@hostile
def negative_input_dimension():
    """an input of 1 by -1 elements."""
    return model(graph([RELU], inputs=[("x", [1, -1])]))


@hostile
def data_shorter_than_shape():
    """a constant of 1,000,000 elements with 8 bytes."""
    return with_constant(tensor("c", [1000, 1000], b"\0" * 8))


@hostile
def data_in_two_fields():
    """a constant with raw data and typed data."""
    return with_constant(tensor("c", [1, 2], b"\0" * 8, more=block(4, b"\0" * 8)))


@hostile
def ragged_packed_floats():
    """packed floats of 7 bytes."""
    return with_constant(tensor("c", [1, 2], more=block(4, b"\0" * 7)))


@hostile
def rank_bomb():
    """an input of rank 2,000 that every node would have to walk."""
    return model(graph([RELU], inputs=[("x", [1] * 2000)]))


@hostile
def duplicate_constants():
    """two constants of one name."""
    return model(graph([ADD], [tensor("c", [1, 2], b"\0" * 8)] * 2))


@hostile
def duplicate_attributes():
    """a node with one attribute twice."""
    axis = block(5, block(1, "axis") + number(3, 1) + number(20, 2))
    return model(graph([node("Softmax", ["x"], ["y"], axis * 2)]))


@hostile
def nameless_attribute():
    """an attribute without a name."""
    return model(graph([node("Softmax", ["x"], ["y"], block(5, number(3, 1) + number(20, 2)))]))


@hostile
def two_writers():
    """two nodes write one tensor."""
    return model(graph([RELU, RELU]))


@hostile
def output_overwrites_input():
    """a node writes the model's input."""
    return model(graph([RELU, node("Relu", ["y"], ["x"])]))


@hostile
def output_overwrites_constant():
    """a node writes a constant."""
    return model(graph([ADD, node("Relu", ["y"], ["c"])], [tensor("c", [1, 2], b"\0" * 8)]))


@hostile
def dangling_input():
    """a node reads a tensor that nothing writes."""
    return model(graph([ADD]))


@hostile
def dangling_output():
    """the model's output is a tensor that nothing writes."""
    return model(graph([RELU], outputs=["z"]))


@hostile
def no_outputs():
    """a graph without outputs."""
    return model(graph([RELU], outputs=[]))


@hostile
def one_output_twice():
    """the model's only output is listed twice."""
    return model(graph([RELU], outputs=["y", "y"]))


@hostile
def cycle():
    """two nodes that wait for each other."""
    return model(graph([node("Add", ["x", "b"], ["y"]), node("Relu", ["y"], ["b"])]))


@hostile
def self_loop():
    """a node that reads its own output."""
    return model(graph([node("Add", ["x", "y"], ["y"])]))


@hostile
def external_data():
    """a constant whose contents are to be read from /etc/passwd."""
    location = block(13, block(1, "location") + block(2, "/etc/passwd"))
    return with_constant(tensor("c", [1, 2], more=location + number(14, 1)))


@hostile
def string_constant():
    """a constant of strings."""
    return with_constant(tensor("c", [1], dtype=STRING, more=block(6, "text")))


@hostile
def sparse_constant():
    """a sparse constant."""
    return model(graph([RELU], more=block(15, b"")))


@hostile
def local_function():
    """a function of the model's own that redefines Relu."""
    return model(graph([RELU]), more=block(25, block(1, "Relu")))


@hostile
def subgraph():
    """a supported operator that carries a subgraph as an attribute."""
    attribute = block(1, "body") + block(6, graph([RELU])) + number(20, 5)
    return model(graph([node("Relu", ["x"], ["y"], block(5, attribute))]))


@hostile
def unsupported_operators():
    """three operators that nobody supports, one of a foreign domain, one twice."""
    return model(graph([
        node("Frobnicate", ["x"], ["a"], block(3, "first")),
        node("Relu", ["a"], ["b"], block(7, "com.example")),
        node("Frobnicate", ["b"], ["c"]),
        node("Loop", ["c"], ["y"]),
    ]))


@hostile
def dropout_mask():
    """a node reads the mask of a dropout, which exists in training only."""
    return model(graph([node("Dropout", ["x"], ["a", "m"]), node("Relu", ["m"], ["y"])]))


@hostile
def terminal_escape():
    """a name that clears the terminal when printed."""
    return model(graph([node("\x1b[2J\x07", ["x"], ["y"])]))


@hostile
def convolution_of_huge_stride():
    """a convolution with strides, pads and dilations of 2^62."""
    huge = [
        ("strides", [1 << 62] * 2), ("pads", [1 << 62] * 4), ("dilations", [1 << 62] * 2),
    ]
    attributes = b"".join(
        block(5, block(1, name) + b"".join(number(8, v) for v in values) + number(20, 7))
        for name, values in huge)
    weights = tensor("w", [1, 1, 1, 1], b"\0" * 4)
    return model(graph(
        [node("Conv", ["x", "w"], ["y"], attributes)], [weights],
        inputs=[("x", [1, 1, 4, 4])]))


@hostile
def reshape_to_huge_shape():
    """a reshape to 2^62 by 4 elements."""
    shape = b"".join(v.to_bytes(8, "little") for v in [1 << 62, 4])
    return model(graph(
        [node("Reshape", ["x", "s"], ["y"])], [tensor("s", [2], shape, dtype=INT64)]))


@hostile
def axis_out_of_range():
    """a softmax over axis -2^63."""
    axis = block(5, block(1, "axis") + number(3, -(1 << 63)) + number(20, 2))
    return model(graph([node("Softmax", ["x"], ["y"], axis)]))
