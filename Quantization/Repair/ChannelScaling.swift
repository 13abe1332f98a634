// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// A set of values whose channels can be scaled together without changing what a model computes:
/// what writes them divides by the factors, what reads them multiplies.
///
/// Values are in one set when an addition or a pooling connects them. A set is free when everything
/// around it can take factors: linear and ReLU layers and normalisations write, layers read.
package struct ScalingSet {
  package let values: [Value]
  /// Nodes whose output is scaled: layers and normalisations.
  let writers: [Int]
  /// Layers whose input is scaled.
  let readers: [Int]
}

extension Graph {
  /// All sets that are free, in order of their first value.
  package var freeScalingSets: [ScalingSet] {
    var sets = DisjointSets(count: values.count)
    for node in nodes where node.carriesChannels {
      for input in node.inputs where constant(input) == nil {
        sets.join(input.id, node.outputs[0].id)
      }
    }
    let consumers = consumers
    let outputs = Set(outputs.map(\.value))
    var members: [Int: [Value]] = [:]
    for id in values.indices where constant(Value(id: id)) == nil {
      members[sets.representative(id), default: []].append(Value(id: id))
    }
    return members.values.sorted { $0[0] < $1[0] }.compactMap { values in
      guard !values.contains(where: { outputs.contains($0) }) else { return nil }
      return scalingSet(values, consumers)
    }
  }

  private func scalingSet(_ values: [Value], _ consumers: [[Int]]) -> ScalingSet? {
    let channels = type(of: values[0]).shape.channels
    var (writers, readers): ([Int], [Int]) = ([], [])
    for value in values {
      guard type(of: value).dtype == .float32, type(of: value).shape.channels == channels,
        let producer = producer(of: value)
      else { return nil }
      if !nodes[producer].carriesChannels {
        guard canDivide(node: producer) else { return nil }
        writers.append(producer)
      }
      for reader in consumers[value.id] where !nodes[reader].carriesChannels {
        guard let layer = Layer(self, node: reader), layer.input == value,
          layer.inputChannelCount == channels
        else { return nil }
        readers.append(reader)
      }
      guard !consumers[value.id].isEmpty else { return nil }
    }
    return readers.isEmpty ? nil : ScalingSet(values: values, writers: writers, readers: readers)
  }

  /// Whether a node can divide each output channel by a factor greater than 0.
  private func canDivide(node index: Int) -> Bool {
    let node = nodes[index]
    if let layer = Layer(self, node: index) { return layer.operation.activation.isHomogeneous }
    guard node.operation is LayerNormalization || node.operation is RMSNormalization else {
      return false
    }
    return node.inputs.dropFirst().allSatisfy { constant($0)?.type.dtype == .float32 }
  }

  /// The graph with the channels of sets divided by factors where they are written and multiplied
  /// where they are read.
  package func scaled(_ factors: [(set: ScalingSet, factors: [Double])]) throws(OperatorError)
    -> Graph
  {
    var divisors: [Int: [Double]] = [:]
    var multipliers: [Int: [Double]] = [:]
    for (set, values) in factors {
      for writer in set.writers { divisors[writer] = values }
      for reader in set.readers { multipliers[reader] = values }
    }
    return try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let index = producer(of: node.outputs[0]),
        divisors[index] != nil || multipliers[index] != nil
      else { return nil }
      var operands = inputs
      if let layer = Layer(self, node: index) {
        let (weights, bias) = layer.scaled(
          output: divisors[index], input: multipliers[index])
        operands = [
          inputs[0], builder.constant(weights, name: "\(node.name)/weights"),
          builder.constant(bias, name: "\(node.name)/bias"),
        ]
      } else if let divisors = divisors[index] {
        for position in 1..<inputs.count {
          guard let data = constant(node.inputs[position]) else { continue }
          let values = zip(data.float32Values, divisors).map { Float(Double($0) / $1) }
          operands[position] = builder.constant(
            TensorData(data.type.shape, float32: values), name: name(of: node.inputs[position]))
        }
      }
      return try builder.add(node.operation, operands, name: node.name)
    }
  }
}

extension Node {
  /// Whether scaling the channels of all activations that go in scales those that come out.
  fileprivate var carriesChannels: Bool {
    switch operation {
    case let add as Add: add.activation.isHomogeneous
    case let pool as AveragePool: pool.activation.isHomogeneous
    case let pool as MaxPool: pool.activation.isHomogeneous
    default: false
    }
  }
}

extension ActivationRange {
  /// Whether it commutes with factors greater than 0.
  fileprivate var isHomogeneous: Bool { [0, -.infinity].contains(min) && max == .infinity }
}

extension Layer {
  var inputChannelCount: Int { shape[inputAxis] }

  /// Weights and bias with output channels divided and input channels multiplied.
  fileprivate func scaled(
    output: [Double]?, input: [Double]?
  ) -> (weights: TensorData, bias: TensorData) {
    let weights = weights.indices.map { index in
      let factor =
        (input?[inputChannel(of: index)] ?? 1) / (output?[outputChannel(of: index)] ?? 1)
      return Float(Double(self.weights[index]) * factor)
    }
    let bias = bias.indices.map { Float(Double(self.bias[$0]) / (output?[$0] ?? 1)) }
    return (
      TensorData(shape, float32: weights), TensorData(Shape([bias.count]), float32: bias)
    )
  }
}
