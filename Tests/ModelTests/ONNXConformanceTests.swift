// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Foundation
import Graph
import Importers
import Operators
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// The node tests of the `onnx` package, for every ONNX operator that the catalogue spells.
@Suite(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
struct ONNXConformanceTests {
  /// One node test, as `tools/conformance` writes it.
  struct Case {
    let name: String
    let model: [UInt8]
    let inputs: [TensorData]
    let outputs: [TensorData]

    init(_ folder: URL) throws {
      name = folder.lastPathComponent
      model = try readFile(folder.appending(path: "model.onnx").path)
      func tensors(_ kind: String) throws -> [TensorData] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let count = files.count { $0.hasPrefix(kind) }
        return try (0..<count).map { number in
          try readNPY(readFile(folder.appending(path: "\(kind)_\(number).npy").path))
        }
      }
      inputs = try tensors("input")
      outputs = try tensors("output")
    }
  }

  /// What is refused, by a part of the test's name.
  static let refused = [
    // Dtypes that no kernel computes in: narrow integers without a scale, float16, float64.
    "add_int", "sub_int", "mul_int", "div_int8", "div_int16", "add_uint8", "sub_uint8",
    "mul_uint8", "div_uint8", "clip_default_int8", "pool_2d_uint8", "linear_int16",
    "pow_types", "FLOAT16", "DOUBLE", "float16", "float64",
    // Activations with a scale for each channel or block.
    "linear_axis", "linear_blocked",
    // More than two spatial axes; pools with gaps.
    "convtranspose_3d", "pool_3d", "pool_2d_dilations",
    // Reductions of booleans, of nothing, and of float64.
    "bool_inputs", "empty_set", "reduce_log_sum_exp",
    // Attribute values: interpolation and padding other than the common ones, training.
    "cubic", "antialias", "half_pixel_symmetric", "tf_crop_and_resize", "not_larger",
    "not_smaller", "edge_pad", "reflect_pad", "wrap_pad", "training_mode",
    // An exponent for each element.
    "test_pow_example", "pow_bcast_array", "pow_types",
    // A slope that is neither shared nor one for each channel.
    "prelu_broadcast", "prelu_example",
    // A variant of the cell.
    "lstm_with_peepholes",
    // Indices of maxima; tensors with no elements.
    "maxpool_with_argmax", "allowzero_reordered", "zero_size", "start_out_of_bounds",
  ]

  /// The same, by the whole name.
  static let refusedAlone: Set = ["test_pow"]

  /// What is not refused although its name says so.
  static let accepted = [
    "test_qlinearmatmul_2D_int8_float32", "test_qlinearmatmul_2D_uint8_float32",
    "test_qlinearmatmul_3D_int8_float32", "test_qlinearmatmul_3D_uint8_float32",
  ]

  /// Tests whose expected values ONNX Runtime contradicts, as we do.
  static let disputed = [
    // The expected values divide by the fractional extent 2.4 − 1, not by the output's, 2 − 1.
    "test_resize_downsample_scales_linear_align_corners"
  ]

  @Test func nodeTestsPassOrAreRefusedForAKnownReason() throws {
    try withTemporaryFolder { folder in
      let operators = Catalogue.spellingKeys.compactMap { key in
        if case .onnx(let name) = key { name } else { nil }
      }
      try PythonTools.run("conformance", [folder.path] + operators.sorted())
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names.count > 200, "the package has shrunk, or the tool writes too little")
      for name in names where !Self.disputed.contains(name) {
        let test = try Case(folder.appending(path: name))
        let isRefused =
          Self.refusedAlone.contains(name) || Self.refused.contains { name.contains($0) }
        if isRefused, !Self.accepted.contains(name) {
          #expect(throws: ImportError.self, "\(name)") { try importModel(test.model) }
        } else {
          #expect(throws: Never.self, "\(name)") { try check(test) }
        }
      }
    }
  }

  private func check(_ test: Case) throws {
    let graph = try importModel(test.model)
    try graph.verify()
    compare(stored(graph.reference(test.inputs), of: graph), test, "reference")
    for floatClass in [FloatClass.fma, .muladd] {
      var options = CompileOptions()
      options.floatClass = floatClass
      let program = try Program(copying: compile(graph, options: options).bytes)
      for limit in [InstructionSet.scalar, nil] {
        var options = Session.Options()
        options.instructionSetLimit = limit
        let session = try Session(program, options: options)
        for (index, input) in test.inputs.enumerated() {
          try session.setInput(index, to: input.bytes)
        }
        #expect(session.run() == .completed)
        let outputs = try graph.outputs.enumerated().map { index, port in
          let type = TensorType(graph.type(of: port.value).dtype, graph.type(of: port.value).shape)
          return TensorData(type, bytes: try session.outputBytes(index)).storedValues
        }
        compare(outputs, test, "program, \(floatClass), \(limit.map { "\($0)" } ?? "best")")
      }
    }
  }

  /// What the ports hold: of quantised outputs the stored values.
  private func stored(_ outputs: [ReferenceTensor], of graph: Graph) -> [[Double]] {
    zip(outputs, graph.outputs).map { output, port in
      let type = graph.type(of: port.value)
      guard type.quantization != nil, let data = output.stored(as: type) else {
        return output.values
      }
      return data.storedValues
    }
  }

  /// Compares with the tolerance that the suite itself sets: 10⁻⁷ + 10⁻³ of the expected value.
  private func compare(_ actual: [[Double]], _ test: Case, _ form: String) {
    #expect(actual.count <= test.outputs.count, "\(test.name), \(form)")
    for (values, expected) in zip(actual, test.outputs) {
      #expect(values.count == expected.type.shape.elementCount, "\(test.name), \(form)")
      for (value, expected) in zip(values, expected.storedValues)
      where !(abs(value - expected) <= 1e-7 + 1e-3 * abs(expected)) && value != expected {
        Issue.record("\(test.name), \(form): \(value), not \(expected)")
        return
      }
    }
  }
}
