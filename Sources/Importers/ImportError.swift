// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Why a model file did not become a graph, and where.
///
/// Byte offsets count from the start of the file. The prose is in `ImportError+Description.swift`.
package enum ImportError: Error, Equatable, Sendable {
  case unrecognizedFormat(byteCount: Int)
  case malformed(Malformation, byteOffset: Int)
  case fieldMissing(ModelField, byteOffset: Int)
  case unsupportedVersion(VersionedThing, found: Int, supported: ClosedRange<Int>)
  case unsupportedFeature(UnsupportedFeature, name: String, byteOffset: Int)

  /// Every operator of the model that no spelling covers, in order of first use.
  case unsupportedOperators([UnsupportedOperator])

  case structure(StructureProblem)
  case tensor(String, TensorProblem, byteOffset: Int)
  case input(InputProblem)
  case node(NodeLocation, NodeProblem)

  /// A fault of the importer or of an operator rather than of the file.
  case invalidGraph(GraphError)
}

/// How the names of a model do not make a graph.
package enum StructureProblem: Equatable, Sendable {
  /// The name is defined by two inputs, constants, nodes or attributes.
  case duplicateName(String, byteOffset: Int)
  case undefinedValue(name: String, reader: NodeLocation)
  case undefinedOutput(name: String)
  case noOutputs
  case cycle(NodeLocation)
}

/// What is wrong with a tensor.
package enum TensorProblem: Equatable, Sendable {
  case invalidShape([Int])
  case dataSize(expected: Int, actual: Int)
  case scaleNotPositive(Float)
  case zeroPointOutOfRange(Int)
  case channelCount(scales: Int, zeroPoints: Int, channels: Int)
  case channelAxis(Int, rank: Int)
}

/// How model and user together do not fix the inputs.
package enum InputProblem: Equatable, Sendable {
  /// Every dimension that neither the model nor the user fixes.
  case freeDimensions([FreeDimension])
  case unknownName(String, known: [String])
  case shapeMismatch(name: String, stated: [ForeignExtent], given: Shape)
}

/// Why a node cannot be imported although its operator is known.
package enum NodeProblem: Equatable, Sendable {
  case refused(OperatorError)

  // The file says otherwise of an output than the operator computes.
  case outputDType(name: String, stated: DType, inferred: DType)
  case outputShape(name: String, stated: Shape, inferred: Shape)
  case outputQuantization(name: String)
}

/// A node of the foreign file, for messages.
package struct NodeLocation: Equatable, Sendable {
  /// The node's own name, or that of its first output.
  package let name: String

  /// The operator as the format calls it, such as `Conv` or `CONV_2D`.
  package let operatorName: String
  package let byteOffset: Int

  package init(name: String, operatorName: String, byteOffset: Int) {
    self.name = name
    self.operatorName = operatorName
    self.byteOffset = byteOffset
  }
}

/// An operator that no spelling covers.
package struct UnsupportedOperator: Equatable, Sendable {
  package let operatorName: String
  package let count: Int

  /// The first node that uses it.
  package let firstNode: String
  package let byteOffset: Int

  package init(operatorName: String, count: Int, firstNode: String, byteOffset: Int) {
    self.operatorName = operatorName
    self.count = count
    self.firstNode = firstNode
    self.byteOffset = byteOffset
  }
}

/// What is wrong with the bytes at an offset, below the level of meaning.
package enum Malformation: Equatable, Sendable {
  case truncated(needed: Int, available: Int)
  case invalidUTF8
  /// A field that may stand once stands twice.
  case repeatedField
  /// The bytes describe more work than their size justifies: parts are referenced over and over.
  case workLimit

  // Protocol Buffers
  case varintTooLong
  case invalidTag
  case unknownWireType(Int)
  case unexpectedWireType(field: Int)
  case unbalancedGroup
  case nestingTooDeep(limit: Int)

  // FlatBuffers
  case offsetOutOfBounds(target: Int)
  case invalidVTable
  case indexOutOfBounds(index: Int, count: Int)
  /// The options table is not the one of the operator.
  case unexpectedOptions(type: Int)
  /// The options of a custom operator are not the map that they should be.
  case unexpectedFlexBuffer(type: Int)
}

/// A part of a model file that must be there.
package enum ModelField: Equatable, Sendable {
  case onnxGraph, onnxOpset, onnxAttributeName
  case tfliteSubgraph
}

/// What carries a version number that the importer checks.
package enum VersionedThing: Equatable, Sendable {
  case onnxOpset, tfliteSchema
}

/// What the formats can say and the importer does not read.
package enum UnsupportedFeature: Equatable, Sendable {
  case dtype(String)
  case customQuantization
  case externalData
  case sparseTensor
  case localFunctions
  case subgraphs
  case attribute(String)
  case variableTensor
  case constantInput
  /// An output beyond those the operator computes at inference, such as a dropout mask.
  case secondaryOutput
  case rank(Int, limit: Int)
}

/// One dimension of an input that the model leaves open.
package struct FreeDimension: Equatable, Sendable {
  package let input: String
  package let axis: Int

  /// The model's name for it, or empty.
  package let symbol: String

  /// All dimensions of the input, to show what to fill in.
  package let extents: [ForeignExtent]

  package init(input: String, axis: Int, symbol: String, extents: [ForeignExtent]) {
    self.input = input
    self.axis = axis
    self.symbol = symbol
    self.extents = extents
  }
}

/// One dimension as a foreign file states it.
package enum ForeignExtent: Equatable, Sendable {
  case fixed(Int)

  /// Open; with the model's name for it, or empty.
  case free(String)
}
