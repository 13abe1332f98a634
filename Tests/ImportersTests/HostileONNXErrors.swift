// SPDX-License-Identifier: Apache-2.0
import Importers

/// What each hostile ONNX file must be refused with: name, operator and byte offset included.
let hostileONNXErrors: [String: ImportError] = [
  "axis_out_of_range.onnx":
    .node(
      NodeLocation(name: "y", operatorName: "Softmax", byteOffset: 6),
      .refused(.axis(-9_223_372_036_854_775_808, rank: 2))),
  "convolution_of_huge_stride.onnx":
    .node(
      NodeLocation(name: "y", operatorName: "Conv", byteOffset: 8),
      .refused(.attributeValue("stride", .int(4_611_686_018_427_387_904)))),
  "cycle.onnx":
    .structure(.cycle(NodeLocation(name: "y", operatorName: "Add", byteOffset: 6))),
  "dangling_input.onnx":
    .structure(
      .undefinedValue(
        name: "c", reader: NodeLocation(name: "y", operatorName: "Add", byteOffset: 6))),
  "dangling_output.onnx":
    .structure(.undefinedOutput(name: "z")),
  "data_in_two_fields.onnx":
    .tensor("c", .dataSize(expected: 8, actual: 16), byteOffset: 22),
  "data_shorter_than_shape.onnx":
    .tensor("c", .dataSize(expected: 4_000_000, actual: 8), byteOffset: 22),
  "dimension_2_63.onnx":
    .tensor("c", .invalidShape([-9_223_372_036_854_775_808]), byteOffset: 22),
  "dimensions_overflow.onnx":
    .tensor("c", .invalidShape([4_294_967_296, 4_294_967_296]), byteOffset: 22),
  "dropout_mask.onnx":
    .unsupportedFeature(.secondaryOutput, name: "m", byteOffset: 26),
  "duplicate_attributes.onnx":
    .structure(.duplicateName("axis", byteOffset: 36)),
  "duplicate_constants.onnx":
    .structure(.duplicateName("c", byteOffset: 43)),
  "empty.onnx":
    .unrecognizedFormat(byteCount: 0),
  "external_data.onnx":
    .unsupportedFeature(.externalData, name: "c", byteOffset: 22),
  "field_number_zero.onnx":
    .malformed(.invalidTag, byteOffset: 0),
  "future_opset.onnx":
    .unsupportedVersion(.onnxOpset, found: 4_611_686_018_427_387_904, supported: 7...21),
  "invalid_utf8.onnx":
    .malformed(.invalidUTF8, byteOffset: 44),
  "length_overflow.onnx":
    .malformed(.truncated(needed: 9_223_372_036_854_775_807, available: 0), byteOffset: 13),
  "length_past_end.onnx":
    .malformed(.truncated(needed: 1000, available: 0), byteOffset: 7),
  "local_function.onnx":
    .unsupportedFeature(.localFunctions, name: "", byteOffset: 67),
  "nameless_attribute.onnx":
    .fieldMissing(.onnxAttributeName, byteOffset: 23),
  "negative_dimension.onnx":
    .tensor("c", .invalidShape([-1, -2]), byteOffset: 22),
  "negative_input_dimension.onnx":
    .tensor("x", .invalidShape([1, -1]), byteOffset: 20),
  "nested_groups.onnx":
    .malformed(.nestingTooDeep(limit: 32), byteOffset: 128),
  "nested_sequences.onnx":
    .unsupportedFeature(.dtype("sequence"), name: "x", byteOffset: 43),
  "no_graph.onnx":
    .fieldMissing(.onnxGraph, byteOffset: 14),
  "no_opset.onnx":
    .fieldMissing(.onnxOpset, byteOffset: 60),
  "no_outputs.onnx":
    .structure(.noOutputs),
  "one_output_twice.onnx":
    .structure(.duplicateName("y", byteOffset: 62)),
  "output_overwrites_constant.onnx":
    .structure(.duplicateName("c", byteOffset: 22)),
  "output_overwrites_input.onnx":
    .structure(.duplicateName("x", byteOffset: 20)),
  "ragged_packed_floats.onnx":
    .malformed(.unexpectedWireType(field: 4), byteOffset: 31),
  "rank_bomb.onnx":
    .unsupportedFeature(.rank(2000, limit: 8), name: "x", byteOffset: 22),
  "reshape_to_huge_shape.onnx":
    .node(NodeLocation(name: "y", operatorName: "Reshape", byteOffset: 6), .refused(.tooLarge)),
  "self_loop.onnx":
    .structure(.cycle(NodeLocation(name: "y", operatorName: "Add", byteOffset: 6))),
  "sparse_constant.onnx":
    .unsupportedFeature(.sparseTensor, name: "", byteOffset: 60),
  "string_constant.onnx":
    .unsupportedFeature(.dtype("string"), name: "c", byteOffset: 22),
  "subgraph.onnx":
    .unsupportedFeature(.attribute("body"), name: "body", byteOffset: 20),
  "terminal_escape.onnx":
    .unsupportedOperators([
      UnsupportedOperator(operatorName: "\u{1B}[2J\u{7}", count: 1, firstNode: "y", byteOffset: 6)
    ]),
  "two_graphs.onnx":
    .malformed(.repeatedField, byteOffset: 64),
  "two_writers.onnx":
    .structure(.duplicateName("y", byteOffset: 20)),
  "unbalanced_group.onnx":
    .malformed(.unbalancedGroup, byteOffset: 0),
  "unknown_wire_type.onnx":
    .malformed(.unknownWireType(7), byteOffset: 0),
  "unsupported_operators.onnx":
    .unsupportedOperators([
      UnsupportedOperator(operatorName: "Frobnicate", count: 2, firstNode: "first", byteOffset: 7),
      UnsupportedOperator(
        operatorName: "com.example::Relu", count: 1, firstNode: "b", byteOffset: 34),
      UnsupportedOperator(operatorName: "Loop", count: 1, firstNode: "y", byteOffset: 81),
    ]),
  "varint_without_end.onnx":
    .malformed(.varintTooLong, byteOffset: 1),
  "wrong_wire_type.onnx":
    .malformed(.unexpectedWireType(field: 7), byteOffset: 2),
]
