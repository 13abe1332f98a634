// SPDX-License-Identifier: Apache-2.0
import Importers

/// What each hostile TFLite file must be refused with: name, operator and byte offset included.
let hostileTFLiteErrors: [String: ImportError] = [
  "buffer_out_of_range.tflite":
    .malformed(.indexOutOfBounds(index: 1_000_000, count: 2), byteOffset: 288),
  "channel_axis_out_of_range.tflite":
    .tensor("x", .channelAxis(9, rank: 2), byteOffset: 516),
  "channel_count_mismatch.tflite":
    .tensor("x", .channelCount(scales: 3, zeroPoints: 3, channels: 2), byteOffset: 532),
  "constant_input.tflite":
    .unsupportedFeature(.constantInput, name: "c", byteOffset: 288),
  "contents_outside_the_buffer.tflite":
    .unsupportedFeature(.externalData, name: "c", byteOffset: 296),
  "contradicting_dtype.tflite":
    .node(
      NodeLocation(name: "y", operatorName: "ADD", byteOffset: 168),
      .outputDType(name: "y", stated: .int32, inferred: .float32)),
  "contradicting_shape.tflite":
    .node(
      NodeLocation(name: "y", operatorName: "ADD", byteOffset: 168),
      .outputShape(name: "y", stated: [1, 3], inferred: [1, 2])),
  "custom_operators.tflite":
    .unsupportedOperators([
      UnsupportedOperator(
        operatorName: "custom Frobnicate", count: 2, firstNode: "a", byteOffset: 184)
    ]),
  "cycle.tflite":
    .structure(.cycle(NodeLocation(name: "y", operatorName: "ADD", byteOffset: 184))),
  "cyclic_tables.tflite":
    .malformed(.offsetOutOfBounds(target: 4_294_967_420), byteOffset: 232),
  "dangling_input.tflite":
    .structure(
      .undefinedValue(
        name: "c", reader: NodeLocation(name: "y", operatorName: "ADD", byteOffset: 168))),
  "data_shorter_than_shape.tflite":
    .tensor("c", .dataSize(expected: 4_000_000, actual: 8), byteOffset: 80),
  "detections_without_end.tflite":
    .node(
      NodeLocation(
        name: "boxes", operatorName: "custom TFLite_Detection_PostProcess", byteOffset: 196),
      .refused(.attributeValue("max_detections", .int(2_147_483_647)))),
  "dimensions_overflow.tflite":
    .tensor("x", .invalidShape([2_147_483_647, 2_147_483_647, 2_147_483_647]), byteOffset: 336),
  "duplicate_ports.tflite":
    .structure(.duplicateName("x", byteOffset: 248)),
  "field_outside_table.tflite":
    .malformed(.invalidVTable, byteOffset: 18),
  "future_schema.tflite":
    .unsupportedVersion(.tfliteSchema, found: 4, supported: 3...3),
  "negative_dimension.tflite":
    .tensor("c", .invalidShape([-1, -2]), byteOffset: 288),
  "negative_tensor.tflite":
    .malformed(.indexOutOfBounds(index: -1, count: 3), byteOffset: 124),
  "no_subgraph.tflite":
    .fieldMissing(.tfliteSubgraph, byteOffset: 24),
  "only_the_identifier.tflite":
    .malformed(.offsetOutOfBounds(target: 28), byteOffset: 0),
  "operator_code_out_of_range.tflite":
    .malformed(.indexOutOfBounds(index: 7, count: 1), byteOffset: 168),
  "options_no_map.tflite":
    .malformed(.unexpectedFlexBuffer(type: 10), byteOffset: 216),
  "options_of_another_operator.tflite":
    .malformed(.unexpectedOptions(type: 9), byteOffset: 160),
  "options_offset_out_of_range.tflite":
    .malformed(.offsetOutOfBounds(target: -233), byteOffset: 216),
  "pool_of_huge_window.tflite":
    .node(
      NodeLocation(name: "y", operatorName: "AVERAGE_POOL_2D", byteOffset: 140),
      .refused(.emptyOutput)),
  "pool_of_stride_zero.tflite":
    .node(
      NodeLocation(name: "y", operatorName: "AVERAGE_POOL_2D", byteOffset: 140),
      .refused(.attributeValue("stride", .int(0)))),
  "repeated_references.tflite":
    .malformed(.workLimit, byteOffset: 16164),
  "root_out_of_bounds.tflite":
    .malformed(.offsetOutOfBounds(target: 4_294_967_280), byteOffset: 0),
  "scale_not_a_number.tflite":
    .tensor("x", .scaleNotPositive(.nan), byteOffset: 464),
  "tensor_out_of_range.tflite":
    .malformed(.indexOutOfBounds(index: 1000, count: 3), byteOffset: 168),
  "two_subgraphs.tflite":
    .unsupportedFeature(.subgraphs, name: "", byteOffset: 116),
  "two_writers.tflite":
    .structure(.duplicateName("y", byteOffset: 156)),
  "uint8_zero_point_out_of_range.tflite":
    .tensor("x", .zeroPointOutOfRange(256), byteOffset: 464),
  "variable_tensor.tflite":
    .unsupportedFeature(.variableTensor, name: "c", byteOffset: 292),
  "vector_length_overflow.tflite":
    .malformed(.truncated(needed: 17_179_869_180, available: 152), byteOffset: 232),
  "vtable_longer_than_file.tflite":
    .malformed(.invalidVTable, byteOffset: 10),
  "vtable_out_of_bounds.tflite":
    .malformed(.offsetOutOfBounds(target: -2_147_483_623), byteOffset: 24),
  "zero_point_out_of_range.tflite":
    .tensor("x", .zeroPointOutOfRange(4_611_686_018_427_387_904), byteOffset: 464),
]
