// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// A loss that is the mean of what each element of a sample loses.
///
/// Inputs: prediction and target, `[B, …]` of one shape.
package protocol ElementLoss: Loss {
  /// What an element loses by its prediction and target.
  func callAsFunction(_ x: Double, _ t: Double) -> Double

  func checkAttributes() throws(OperatorError)

  /// The nodes that compute it for all elements.
  func elements(
    _ x: Value, _ t: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value

  /// `dy` times the derivative by the prediction, input 0, or the target, input 1.
  ///
  /// `dy` is `[B, 1, …]`.
  func slope(
    by input: Int, _ x: Value, _ t: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value
}

extension ElementLoss {
  package static var inputCount: ClosedRange<Int> { 2...2 }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkAttributes()
    return try inferLosses(inputs, rank: 1...ProgramFormat.maximumRank)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let means = zip(inputs[0].samples, inputs[1].samples).map { x, t in
      zip(x, t).reduce(0) { $0 + self($1.0, $1.1) } / Double(x.count)
    }
    return [ReferenceTensor([means.count], means)]
  }

  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    [try builder.ofSamples(.mean, try elements(inputs[0], inputs[1], &builder))]
  }

  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, t) = (node.inputs[0], node.inputs[1])
    let shape = builder.shape(of: x)
    let factor = Float(1 / Double(shape.elementCount / shape[0]))
    let dy = try builder.scaled(
      try builder.forSamples(node.outputGradient, rank: shape.rank), by: factor)
    return try node.each { (input) throws(OperatorError) in
      try slope(by: input, x, t, times: dy, &builder)
    }
  }
}

/// A loss of elements by the difference of prediction and target alone.
package protocol DifferenceLoss: ElementLoss {
  /// What an element loses by its difference d.
  func callAsFunction(_ d: Double) -> Double

  func elements(
    by difference: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value

  /// `dy` times the derivative by the difference.
  func slope(
    of difference: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value
}

extension DifferenceLoss {
  package func callAsFunction(_ x: Double, _ t: Double) -> Double { self(x - t) }

  package func elements(
    _ x: Value, _ t: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try elements(by: try builder.difference(x, t), &builder)
  }

  package func slope(
    by input: Int, _ x: Value, _ t: Value, times dy: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let slope = try slope(of: try builder.difference(x, t), times: dy, &builder)
    return input == 0 ? slope : try builder.negated(slope)
  }
}
