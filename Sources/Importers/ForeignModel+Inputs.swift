// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension ForeignModel {
  /// The concrete type of each input, free dimensions filled in.
  func inputTypes(_ options: ImportOptions) throws(ImportError) -> [TensorType] {
    let names = inputs.map { values[$0].name }
    for name in options.inputShapes.keys.sorted() where !names.contains(name) {
      throw .input(.unknownName(name, known: names))
    }
    var free: [FreeDimension] = []
    var types: [TensorType] = []
    for input in inputs {
      let value = values[input]
      let given = options.inputShapes[value.name]
      let dtype = try value.supportedDType()
      let extents: [Int]
      if let given {
        guard value.accepts(given) else {
          throw .input(
            .shapeMismatch(name: value.name, stated: value.extents ?? [], given: given))
        }
        extents = given.extents
      } else {
        extents = value.defaultExtents(&free)
      }
      guard let shape = Shape(checking: extents) else {
        throw .tensor(value.name, .invalidShape(extents), byteOffset: value.byteOffset)
      }
      types.append(TensorType(dtype, shape, quantization: value.quantization))
    }
    guard free.isEmpty else { throw .input(.freeDimensions(free)) }
    return types
  }
}

extension ForeignValue {
  fileprivate func supportedDType() throws(ImportError) -> DType {
    switch dtype {
    case .supported(let dtype): return dtype
    case .unsupported(let other):
      throw .unsupportedFeature(.dtype(other), name: name, byteOffset: byteOffset)
    case nil: throw .unsupportedFeature(.dtype("unknown"), name: name, byteOffset: byteOffset)
    }
  }

  /// Whether a shape fits every dimension that the file fixes; no stated shape accepts any.
  fileprivate func accepts(_ shape: Shape) -> Bool {
    guard let extents else { return true }
    return extents.count == shape.rank
      && zip(extents, shape.extents).allSatisfy { stated, given in
        switch stated {
        case .fixed(let extent): extent == given
        case .free: true
        }
      }
  }

  /// The stated extents, 1 for a free batch; other free dimensions are added to the list.
  fileprivate func defaultExtents(_ free: inout [FreeDimension]) -> [Int] {
    guard let extents else {
      free.append(FreeDimension(input: name, axis: 0, symbol: "", extents: []))
      return []
    }
    return extents.enumerated().map { axis, extent in
      switch extent {
      case .fixed(let extent): return extent
      case .free(let symbol):
        if axis > 0 || !Self.isBatch(symbol) {
          free.append(FreeDimension(input: name, axis: axis, symbol: symbol, extents: extents))
        }
        return 1
      }
    }
  }

  /// Whether a leading dimension of this name counts samples.
  ///
  /// Exporters say `N`, `batch`, `batch_size`, or nothing.
  private static func isBatch(_ symbol: String) -> Bool {
    let name = symbol.lowercased()
    return name.isEmpty || name == "n" || name.contains("batch")
  }
}
