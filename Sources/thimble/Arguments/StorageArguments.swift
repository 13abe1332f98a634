// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Graph
import Quantization

/// What the weights of a float model become, and what its activations.
struct StorageArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Store the weights of dense layers and pointwise convolutions as int8, int4 or float16.",
      discussion: "Needs no --calibration; with it, they are rounded so that outputs change least."
    ))
  var weights: WeightArgument?

  @Option(
    help: ArgumentHelp(
      "float computes in float32; dynamic rounds each row of a dense layer's input to int8 as it "
        + "comes; int8 and int16 compute all in integers, in ranges told from --calibration."))
  var activations: ActivationArgument?

  enum WeightArgument: String, ExpressibleByArgument, CaseIterable {
    case int8, int4, float16, float32

    /// `nil` for what float models have.
    var format: StorageFormat? {
      switch self {
      case .int8: .int8
      case .int4: .int4
      case .float16: .float16
      case .float32: nil
      }
    }
  }

  enum ActivationArgument: String, ExpressibleByArgument, CaseIterable {
    case float, dynamic, int8, int16
  }

  func validate() throws {
    guard let activations, activations != .float else { return }
    guard weights == nil || weights == .int8 else {
      throw ValidationError("--activations \(activations.rawValue) takes --weights int8.")
    }
  }

  /// What is to be done with a model.
  enum Plan: Equatable {
    /// Nothing but computing with weights of float32.
    case expand
    case integers(activations: Precision)
    case store(StorageFormat, isDynamic: Bool)
  }

  /// `nil` when nothing is asked for.
  ///
  /// Weights alone leave activations float; activations alone take weights of int8.
  var plan: Plan? {
    switch activations ?? (weights == nil ? nil : .float) {
    case nil: nil
    case .int8: .integers(activations: .int8)
    case .int16: .integers(activations: .int16)
    case .dynamic: .store(.int8, isDynamic: true)
    case .float: weights?.format.map { .store($0, isDynamic: false) } ?? .expand
    }
  }
}

extension StorageArguments.Plan {
  /// Whether ranges are told from samples.
  var needsCalibration: Bool {
    if case .integers = self { true } else { false }
  }

  /// Does it to a model, read from a file; the reports say what became of it.
  func quantize(
    _ model: Graph, from path: String, _ calibration: CalibrationArguments,
    _ diagnosis: DiagnosisArguments, hasIntegerPorts: Bool = false
  ) throws -> (graph: Graph, quantization: QuantizationReport?, storage: StorageReport?) {
    switch self {
    case .expand: return (model, nil, nil)
    case .integers(let activations):
      let quantized = try calibration.quantize(
        model, from: path, activations: activations, hasIntegerPorts: hasIntegerPorts,
        diagnosing: diagnosis.diagnose)
      let report = try diagnosis.report(quantized, of: model, calibration)
      return (quantized.graph, QuantizationReport(quantized, diagnosis: report), nil)
    case .store(let format, let isDynamic):
      let stored = try calibration.store(model, from: path, as: format, isDynamic: isDynamic)
      return (stored.graph, nil, StorageReport(stored))
    }
  }
}
