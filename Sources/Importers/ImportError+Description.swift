// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The prose of import errors: what is wrong, where, and what to do about it.
extension ImportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unrecognizedFormat(let byteCount):
      return "This is neither a TFLite nor an ONNX model: it has only \(byteCount) bytes."
        + " Check that the download or copy is complete."
    case .malformed(let malformation, let byteOffset):
      return "The model file is damaged at \(place(byteOffset)): \(malformation)."
        + " Check that it is an .onnx or .tflite file and export or download it again."
    case .fieldMissing(let field, let byteOffset):
      return "\(field) (looked for until \(place(byteOffset)))."
        + " Check that it is an .onnx or .tflite file and export or download it again."
    case .unsupportedVersion(let thing, let found, let supported):
      return thing.describe(found: found, supported: supported)
    case .unsupportedFeature(let feature, let name, let byteOffset):
      return feature.describe(subject: quoted(name), at: place(byteOffset))
    case .unsupportedOperators(let operators):
      return describe(operators)
    case .structure(let problem): return problem.description
    case .tensor(let name, let problem, let byteOffset):
      return "Tensor \(quoted(name)) at \(place(byteOffset)) \(problem)"
    case .input(let problem): return problem.description
    case .node(let node, let problem): return "\(node): \(problem)"
    case .invalidGraph(let error):
      return "The imported graph does not verify: \(error). This is a fault of the importer, not"
        + " of the model; please report it with the model."
    }
  }
}

extension StructureProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .duplicateName(let name, let byteOffset):
      "The name \(quoted(name)) is defined twice, the second time at \(place(byteOffset))."
        + " Names of tensors and attributes must be unique; export the model again."
    case .undefinedValue(let name, let reader):
      "\(reader) reads \(quoted(name)), which no input, constant or node defines."
        + " The model is incomplete; export it again."
    case .undefinedOutput(let name):
      "The model's output \(quoted(name)) is written by no node."
        + " The model is incomplete; export it again."
    case .noOutputs:
      "The model has no outputs, so it computes nothing. Export it again with its outputs."
    case .cycle(let node):
      "\(node) depends on its own output. A model must not contain a cycle; export it again,"
        + " with loops unrolled."
    }
  }
}

extension TensorProblem: CustomStringConvertible {
  /// Completes the sentence that starts with the tensor.
  package var description: String {
    switch self {
    case .invalidShape(let extents):
      "has the impossible shape \(listed(extents.map { "\($0)" })): extents must not be negative"
        + " and a tensor holds at most \(Shape.maximumElementCount) elements."
    case .dataSize(let expected, let actual):
      "carries \(actual) bytes where its shape needs \(expected)."
        + " The file is damaged; export or download it again."
    case .scaleNotPositive(let scale):
      "has the quantisation scale \(scale), which is not a positive number."
        + " Convert the model again."
    case .zeroPointOutOfRange(let zeroPoint):
      "has the zero point \(zeroPoint), which its dtype cannot store. Convert the model again."
    case .channelCount(let scales, let zeroPoints, let channels):
      "has \(scales) scales and \(zeroPoints) zero points for \(channels) channels."
        + " Convert the model again."
    case .channelAxis(let axis, let rank):
      "has scales along axis \(axis) but only \(rank) axes. Convert the model again."
    }
  }
}

extension InputProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .freeDimensions(let dimensions): describe(dimensions)
    case .unknownName(let name, let known):
      "--input names \(quoted(name)), but the model's inputs are"
        + " \(listed(known.map(quoted)))."
    case .shapeMismatch(let name, let stated, let given):
      "--input gives \(quoted(name)) the shape \(given), but the model says"
        + " \(describe(stated)). Change only the dimensions that the model leaves free."
    }
  }
}

extension NodeProblem: CustomStringConvertible {
  /// Follows the node and a colon.
  package var description: String {
    switch self {
    case .refused(let error): prose(error)
    case .outputDType(let name, let stated, let inferred):
      "the model says that \(quoted(name)) is \(stated.name), but the operator makes"
        + " \(inferred.name) of its inputs. The model contradicts itself; export it again."
    case .outputShape(let name, let stated, let inferred):
      "the model says that \(quoted(name)) is \(stated), but the operator makes \(inferred)"
        + " of its inputs. The model contradicts itself; export it again."
    case .outputQuantization(let name):
      "the scale and zero point of \(quoted(name)) are not those this operator gives its output."
        + " Convert the model again with a current converter."
    }
  }
}

private func describe(_ operators: [UnsupportedOperator]) -> String {
  let lines = operators.prefix(50).map { entry in
    "  \(escaped(entry.operatorName)) (\(entry.count)x), first \(quoted(entry.firstNode))"
      + " at \(place(entry.byteOffset))"
  }
  let rest = operators.count > 50 ? ["  and \(operators.count - 50) more"] : []
  return
    (["The model uses operators that are not supported:"] + lines + rest + [
      "Replace them before export, or cut the model in front of them and run the rest elsewhere."
    ]).joined(separator: "\n")
}

private func describe(_ dimensions: [FreeDimension]) -> String {
  var flags: [String] = []
  for dimension in dimensions {
    let flag = "--input \(escaped(dimension.input))=\(describe(dimension.extents))"
    if flags.last != flag { flags.append(flag) }
  }
  let names = dimensions.map { dimension in
    let symbol = dimension.symbol.isEmpty ? "" : " (\(quoted(dimension.symbol)))"
    return "axis \(dimension.axis)\(symbol) of input \(quoted(dimension.input))"
  }
  return "The model leaves dimensions open: \(listed(names)). Fix them with"
    + " --input NAME=SHAPE, numbers in place of names: \(listed(flags))."
}

/// Dimensions as `1x3x224x224`, free ones by name or `?`.
func describe(_ extents: [ForeignExtent]) -> String {
  guard !extents.isEmpty else { return "scalar" }
  return extents.map { extent in
    switch extent {
    case .fixed(let count): "\(count)"
    case .free(let symbol): symbol.isEmpty ? "?" : escaped(symbol)
    }
  }.joined(separator: "x")
}
