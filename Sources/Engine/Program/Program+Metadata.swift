// SPDX-License-Identifier: Apache-2.0
import CPlatform
import TensorCore

extension Program {
  /// The name of the model the program was made from.
  public var name: String { tables.name(0) }

  /// The entry points, in the order of the file.
  public var entryPoints: [EntryPoint] {
    (0..<tables.entryPointCount).map { EntryPoint(self, index: $0) }
  }

  /// The index of an entry point, or `nil` when no entry point has the name.
  public func entryPoint(named name: String) -> Int? {
    // Byte by byte: string equality would bring Unicode tables to boards.
    (0..<tables.entryPointCount).first {
      tables.name(entryPointRecord($0).name).utf8.elementsEqual(name.utf8)
    }
  }
}

/// A way to run a program: `infer`, for most the only one.
public struct EntryPoint: Sendable {
  /// The position among the program's entry points.
  public let index: Int

  /// The name, unique in the program.
  public let name: String

  /// What the caller writes before a run.
  public let inputs: [Port]

  /// What the caller reads after a run.
  public let outputs: [Port]

  init(_ program: Program, index: Int) {
    let record = program.entryPointRecord(index)
    let inputs = Int(record.inputCount)
    let ports = (0..<inputs + Int(record.outputCount)).map {
      Port(program, tensor: program.tables.port(Int(record.firstPort) + $0))
    }
    self.index = index
    self.name = program.tables.name(record.name)
    self.inputs = Array(ports[..<inputs])
    self.outputs = Array(ports[inputs...])
  }
}

/// An input or output: a contiguous tensor, outermost axis first.
public struct Port: Sendable {
  /// The name in the model.
  public let name: String

  /// Dtype, shape and, for quantised tensors, scale and zero point.
  public let type: TensorType

  /// The index of the tensor in the program.
  package let tensor: Int

  init(_ program: Program, tensor: Int) {
    let record = program.tensor(tensor)
    self.name = program.tables.name(record.name)
    self.type = record.type
    self.tensor = tensor
  }

  /// The size of the buffer, in bytes.
  public var byteCount: Int { type.byteCount }
}

extension TensorRecord {
  /// The type of a verified record.
  package var type: TensorType {
    guard let dtype = DType(rawValue: dtype) else { preconditionFailure("verified at load") }
    let quantization =
      scale == 0 ? nil : QuantizationParameters(scale: scale, zeroPoint: zeroPoint)
    return TensorType(dtype, Shape(extents.map { Int($0) }), quantization: quantization)
  }
}
