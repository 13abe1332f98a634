// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore
import Testing

/// How far the forms of one model may be apart.
package struct FormTolerance: Sendable {
  /// Of float outputs: the largest difference as a part of the output's largest magnitude.
  ///
  /// A sum of k products errs by at most k·2⁻²⁴ of the sum of their magnitudes, in practice by its
  /// square root, and the layers after it pass that on; 2⁻¹⁴ leaves room for networks of some fifty
  /// layers of a thousand products.
  package var relative = 0x1p-14

  /// Of quantised outputs: the largest difference in steps of the scale.
  ///
  /// The kernels' multiply by a float32 scale turns a tie of the exact arithmetic either way.
  package var steps = 1.0

  /// Of integers without a scale: the part of the elements that may differ at all.
  package var unequalShare = 0.0

  /// Whether the outputs are detections, of which the same ones must be found.
  ///
  /// One step of a score may exchange two of them, or let one go that covered others.
  package var comparesDetections = false

  package init() {}

  package init(relative: Double) { self.relative = relative }

  package init(steps: Double) { self.steps = steps }

  package init(unequalShare: Double) { self.unequalShare = unequalShare }

  package static let detections = {
    var tolerance = FormTolerance()
    tolerance.comparesDetections = true
    return tolerance
  }()
}

/// The one body of every model test: the graph as imported, as optimised, and as a program must
/// mean the same.
///
/// Both graphs run in `Double`. The program runs in each float class, on every instruction set of
/// this machine and with one, two and three threads; within a class its bits must be equal.
///
/// - Parameters:
///   - graph: the graph as imported.
///   - inputs: one tensor for each input.
///   - tolerance: how far the forms may be apart.
///   - sourceLocation: where a failure is reported.
/// - Returns: the outputs of the program of class `fma`, or of `muladd` where the CPU lacks FMA.
/// - Throws: `CompileError`, and what loading and running throw.
@discardableResult
package func checkThreeForms(
  _ graph: Graph, _ inputs: [TensorData], tolerance: FormTolerance = FormTolerance(),
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> [TensorData] {
  let raw = graph.reference(inputs)
  let optimized = try optimize(graph).reference(inputs)
  let types = graph.outputs.map { graph.type(of: $0.value) }
  func expectClose(_ results: [ReferenceTensor], _ form: String) {
    if tolerance.comparesDetections {
      expectSameDetections(results.map(\.values), raw.map(\.values))
      return
    }
    for (index, type) in types.enumerated() {
      expect(
        results[index], isNear: raw[index], type, tolerance,
        "\(form), output \(graph.outputs[index].name)", sourceLocation)
    }
  }
  expectClose(optimized, "optimized")
  let classes: [FloatClass] = CPUFeatures.current.contains(.fma) ? [.fma, .muladd] : [.muladd]
  var outputs: [[TensorData]] = []
  for floatClass in classes {
    var options = CompileOptions()
    options.floatClass = floatClass
    let program = try Program(copying: compile(graph, options: options).bytes)
    let first = try run(program, inputs, instructionSet: .scalar)
    expectClose(first.map { ReferenceTensor($0) }, "program \(floatClass)")
    for instructionSet in testedInstructionSets {
      for threads in 1...3 {
        let again = try run(
          program, inputs, instructionSet: instructionSet, threads: threads)
        #expect(
          again == first, "\(floatClass), \(instructionSet.name), \(threads) threads",
          sourceLocation: sourceLocation)
      }
    }
    outputs.append(first)
  }
  return outputs[0]
}

private func expect(
  _ actual: ReferenceTensor, isNear expected: ReferenceTensor, _ type: TensorType,
  _ tolerance: FormTolerance, _ form: String, _ sourceLocation: SourceLocation
) {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  if !type.dtype.isFloat, type.quantization == nil {
    let unequal = zip(actual.values, expected.values).count { $0 != $1 }
    #expect(
      Double(unequal) <= tolerance.unequalShare * Double(expected.values.count),
      "\(form): \(unequal) of \(expected.values.count) differ", sourceLocation: sourceLocation)
    return
  }
  let magnitude = expected.values.reduce(0) { max($0, abs($1)) }
  let limit =
    type.quantization?.perTensor.map { tolerance.steps * Double($0.scale) * (1 + 0x1p-40) }
    ?? tolerance.relative * magnitude
  let difference = zip(actual.values, expected.values).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
  #expect(
    difference <= limit, "\(form): largest magnitude \(magnitude)", sourceLocation: sourceLocation)
}
