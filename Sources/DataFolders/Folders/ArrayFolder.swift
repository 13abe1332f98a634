// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// Samples in arrays: one file for each input, and `y.npy` with what is known of them.
///
/// The only input may be called `x.npy`. A file holds N × the input's shape (an outermost extent
/// of 1 may be left out), or N × 2 × the shape without it for pairs.
struct ArrayFolder {
  private let path: String
  private let columns: [Column]
  /// `nil` when only the inputs are wanted.
  private let truth: TensorData?
  let count: Int
  let isPaired: Bool

  /// The samples of one input.
  private struct Column {
    let port: InputPort
    let path: String
    let data: TensorData
    let isPaired: Bool
    var count: Int { data.type.shape[0] }
  }

  /// Where the truth lies.
  private var truthPath: String { "\(path)/y.npy" }

  init(_ path: String, inputs: [InputPort], isLabelled: Bool) throws(DataFolderError) {
    self.path = path
    var columns: [Column] = []
    for port in inputs {
      columns.append(try Self.column(of: port, in: path, isOnly: inputs.count == 1))
    }
    truth = isLabelled ? try Self.array("\(path)/y.npy", input: "y") : nil
    self.columns = columns
    isPaired = columns.allSatisfy(\.isPaired) && !columns.isEmpty
    count = columns.first?.count ?? 0
    for column in columns {
      guard column.count == count else {
        throw .array(
          path: column.path,
          .count(found: column.count, expected: count, other: columns[0].path))
      }
      guard column.isPaired == isPaired else {
        throw .array(
          path: column.path,
          .shape(
            found: column.data.type.shape, input: column.port.name,
            expected: column.port.type.shape))
      }
    }
    guard count > 0 else { throw .array(path: columns.first?.path ?? path, .empty) }
    guard let truth else { return }
    let truths = truth.type.shape.rank == 0 ? 0 : truth.type.shape[0]
    guard truths == count else {
      throw .array(
        path: truthPath, .count(found: truths, expected: count, other: columns[0].path))
    }
  }

  /// What `y.npy` can serve as: labels only when it has one integer for each sample.
  var kinds: Set<Truth.Kind> {
    guard let truth else { return [] }
    let dtype = truth.type.dtype
    let isLabel = truth.type.shape.elementCount == count && !dtype.isFloat
    return isLabel ? [.label, .values] : [.values]
  }

  func sample(_ index: Int, truth kind: Truth.Kind) throws(DataFolderError) -> Sample {
    guard let truth else { preconditionFailure("only the inputs were wanted") }
    let (name, inputs) = try inputs(index)
    let values = slice(truth, part: index, of: count).storedValues
    guard kind == .label else { return Sample(name: name, runs: inputs, truth: .values(values)) }
    guard let label = values.first.flatMap(Int.init(exactly:)), (0...Int(Int32.max)) ~= label else {
      throw .array(path: truthPath, .label(sample: index))
    }
    return Sample(name: name, runs: inputs, truth: .label(label))
  }

  func inputs(_ index: Int) throws(DataFolderError) -> (name: String, runs: [[TensorData]]) {
    var inputs: [[TensorData]] = isPaired ? [[], []] : [[]]
    for column in columns {
      for run in inputs.indices {
        let part = isPaired ? 2 * index + run : index
        inputs[run].append(try input(column, part: part, sample: index))
      }
    }
    return ("\(columns[0].path), sample \(index)", inputs)
  }

  // MARK: - Files

  private static func column(
    of port: InputPort, in folder: String, isOnly: Bool
  ) throws(DataFolderError) -> Column {
    // The same name as `thimble run --output` gives: a `/` cannot lead out of the folder.
    let name = String(port.name.map { $0 == "/" ? "_" : $0 })
    let named = "\(folder)/\(name).npy"
    let path = isOnly && fileKind(named) == .nothing ? "\(folder)/x.npy" : named
    let data = try array(path, input: port.name)
    let (found, expected) = (data.type.shape, port.type.shape)
    let isSingle = [expected.extents, withoutBatch(expected).extents].contains {
      Array(found.extents.dropFirst()) == $0
    }
    let isPaired = Array(found.extents.dropFirst()) == [2] + withoutBatch(expected).extents
    guard found.rank > 0, isSingle || isPaired else {
      throw .array(path: path, .shape(found: found, input: port.name, expected: expected))
    }
    guard isStorable(data.type.dtype, as: port.type) else {
      throw .array(
        path: path, .dtype(found: data.type.dtype, input: port.name, expected: port.type))
    }
    return Column(port: port, path: path, data: data, isPaired: !isSingle)
  }

  private static func array(_ path: String, input: String) throws(DataFolderError) -> TensorData {
    guard fileKind(path) != .nothing else { throw .array(path: path, .missing(input: input)) }
    let bytes = try read(path)
    do throws(TensorFileError) {
      return try readNPY(bytes)
    } catch {
      throw .file(path: path, error)
    }
  }

  /// Stored elements serve as they are; floats are quantised; plain inputs take any numbers.
  private static func isStorable(_ dtype: DType, as type: TensorType) -> Bool {
    if dtype == type.dtype { return true }
    guard type.quantization?.perTensor == nil else { return dtype.isFloat }
    return type.dtype != .float16
  }

  // MARK: - Samples

  private func input(
    _ column: Column, part: Int, sample: Int
  ) throws(DataFolderError) -> TensorData {
    let type = column.port.type
    let parts = isPaired ? 2 * count : count
    let data = slice(column.data, part: part, of: parts)
    if data.type.dtype == type.dtype { return TensorData(type, bytes: data.bytes) }
    guard let bytes = storedBytes(of: data.storedValues, as: type) else {
      throw .array(
        path: column.path, .value(sample: sample, input: column.port.name, expected: type.dtype))
    }
    return TensorData(type, bytes: bytes)
  }

  /// One of `parts` equal pieces of an array, as a vector.
  private func slice(_ data: TensorData, part: Int, of parts: Int) -> TensorData {
    let byteCount = data.bytes.count / parts
    let shape = Shape([data.type.shape.elementCount / parts])
    return TensorData(
      TensorType(data.type.dtype, shape),
      bytes: Array(data.bytes[part * byteCount..<(part + 1) * byteCount]))
  }
}

/// A shape without an outermost extent of 1.
func withoutBatch(_ shape: Shape) -> Shape {
  shape.extents.first == 1 ? Shape(Array(shape.extents.dropFirst())) : shape
}

/// The bytes of a file.
func read(_ path: String, limit: Int = defaultFileLimit) throws(DataFolderError) -> [UInt8] {
  do throws(TensorFileError) {
    return try readFile(path, limit: limit)
  } catch {
    throw .system(error)
  }
}
