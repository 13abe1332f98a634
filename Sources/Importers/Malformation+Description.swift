// SPDX-License-Identifier: Apache-2.0

extension Malformation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let needed, let available):
      "\(needed) bytes are announced and \(available) are left"
    case .invalidUTF8: "a text is not UTF-8"
    case .repeatedField: "a part that may occur once occurs twice"
    case .workLimit: "it refers to the same bytes again and again, more than any real model does"
    case .varintTooLong: "a number is longer than 10 bytes"
    case .invalidTag: "a field has an impossible number"
    case .unknownWireType(let type): "a field has the unknown wire type \(type)"
    case .unexpectedWireType(let field): "field \(field) is encoded as another type"
    case .unbalancedGroup: "a group ends that did not start"
    case .nestingTooDeep(let limit): "groups are nested more than \(limit) deep"
    case .offsetOutOfBounds(let target): "an offset leads to byte \(target), outside the file"
    case .invalidVTable: "the layout of a table does not fit the table"
    case .indexOutOfBounds(let index, let count): "it refers to number \(index) of \(count)"
    case .unexpectedOptions(let type): "the operator carries the options of another (\(type))"
    case .unexpectedFlexBuffer(let type):
      "the options of the custom operator are no map of names to values (\(type))"
    }
  }
}

extension NodeLocation: CustomStringConvertible {
  package var description: String {
    "Node \(quoted(name)) (\(escaped(operatorName))) at \(place(byteOffset))"
  }
}

extension ModelField: CustomStringConvertible {
  package var description: String {
    switch self {
    case .onnxGraph: "The file holds no ONNX graph"
    case .onnxOpset: "The ONNX model does not say which operator set it uses"
    case .onnxAttributeName: "An attribute of an ONNX node has no name"
    case .tfliteSubgraph: "The TFLite model has no subgraph"
    }
  }
}

extension VersionedThing {
  func describe(found: Int, supported: ClosedRange<Int>) -> String {
    switch self {
    case .onnxOpset:
      "The model uses ONNX operator set \(found); versions \(supported.lowerBound) to"
        + " \(supported.upperBound) are supported. Export it with opset_version"
        + " \(supported.upperBound), or convert it with onnx.version_converter."
    case .tfliteSchema:
      "The model uses TFLite schema version \(found); only \(supported.lowerBound) is supported."
    }
  }
}

extension UnsupportedFeature {
  /// One sentence on what is not read, where, and the way round it.
  func describe(subject: String, at place: String) -> String {
    switch self {
    case .dtype(let name):
      "Tensor \(subject) at \(place) has elements of type \(escaped(name)), which is not"
        + " supported. Convert the model to float32 or int8."
    case .customQuantization:
      "Tensor \(subject) uses a custom quantisation at \(place). Only scale and zero point, per"
        + " tensor or per channel, are supported; convert the model again."
    case .externalData:
      "The contents of \(subject) (\(place)) are kept in another file. Save the model as a"
        + " single file: onnx.save_model(model, path, save_as_external_data=False)."
    case .sparseTensor:
      "The model stores a tensor sparsely at \(place). Export it with dense weights."
    case .localFunctions:
      "The model defines functions of its own at \(place). Inline them first:"
        + " onnx.inliner.inline_local_functions."
    case .subgraphs:
      "The model has more than one subgraph, the second at \(place): control flow or several"
        + " signatures. Convert it with a single signature and without control flow."
    case .attribute(let name):
      "The attribute \(quoted(name)) at \(place) is of a kind that is not supported: a subgraph, a"
        + " list of strings or a sparse tensor. Export the model without control flow."
    case .variableTensor:
      "Tensor \(subject) at \(place) is a variable that keeps its contents between runs. Convert"
        + " the model with its state as inputs and outputs."
    case .constantInput:
      "The input \(subject) at \(place) has contents of its own. Convert the model again."
    case .secondaryOutput:
      "The node at \(place) reads \(subject), an output that exists only in training. Export the"
        + " model for inference."
    case .rank(let rank, let limit):
      "Tensor \(subject) at \(place) has \(rank) axes; at most \(limit) are supported."
    }
  }
}
