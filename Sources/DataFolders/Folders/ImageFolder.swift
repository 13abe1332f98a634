// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// Samples in picture files, read one by one: a sub-folder for each class, or `labels.csv`.
struct ImageFolder {
  /// The largest picture file, in bytes: 256 MiB.
  private static let largestFile = 1 << 28

  /// The largest `labels.csv`, in bytes: 64 MiB.
  private static let largestTable = 1 << 26

  private struct Entry {
    let path: String
    var label: Int?
    var box: Box?
    var mask: String?
  }

  private let entries: [Entry]
  private let settings: Preprocessing
  private let input: ImageInput
  let kinds: Set<Truth.Kind>

  var count: Int { entries.count }

  /// The pictures that a table names.
  init(table path: String, in folder: String, _ settings: Preprocessing, inputs: [InputPort])
    throws(DataFolderError)
  {
    let table = try LabelTable(read(path, limit: Self.largestTable), path: path)
    var entries: [Entry] = []
    for row in table.rows {
      var entry = Entry(path: "\(folder)/\(row.file)", box: row.box)
      entry.mask = row.mask.map { "\(folder)/\($0)" }
      do throws(LabelProblem) {
        if let label = row.label { entry.label = try settings.classes.index(of: label) }
      } catch {
        throw .table(path: path, line: row.line, .label(error))
      }
      entries.append(entry)
    }
    self.entries = entries
    self.settings = settings
    kinds = table.kinds
    input = try Self.input(inputs, settings, folder: folder)
  }

  /// The pictures of sub-folders that are called as their classes.
  ///
  /// Without names of classes in the settings, folders count in order from 0, or are the classes'
  /// numbers when all are called so.
  init(
    classFolders names: [String], in folder: String, _ settings: Preprocessing,
    inputs: [InputPort]
  ) throws(DataFolderError) {
    var classes = settings.classes
    if classes.names.isEmpty && !names.allSatisfy({ Int($0) != nil }) {
      classes = ClassNames(names)
    }
    var entries: [Entry] = []
    for name in names {
      let path = "\(folder)/\(name)"
      let label: Int
      do throws(LabelProblem) {
        label = try classes.index(of: name)
      } catch {
        throw .classFolder(path: path, error)
      }
      let files: [String]
      do throws(TensorFileError) {
        files = try listFolder(path)
      } catch {
        throw .system(error)
      }
      entries += files.filter(isPicture).map { Entry(path: "\(path)/\($0)", label: label) }
    }
    guard !entries.isEmpty else { throw .nothing(path: folder) }
    self.entries = entries
    self.settings = settings
    kinds = [.label]
    input = try Self.input(inputs, settings, folder: folder)
  }

  /// Pictures of which nothing needs to be known: those of the folder itself and of its
  /// sub-folders.
  init(
    unlabelled names: [String], in folder: String, _ settings: Preprocessing, inputs: [InputPort]
  ) throws(DataFolderError) {
    var files = names.filter(isPicture)
    for name in names where fileKind("\(folder)/\(name)") == .folder {
      do throws(TensorFileError) {
        files += try listFolder("\(folder)/\(name)").filter(isPicture).map { "\(name)/\($0)" }
      } catch {
        throw .system(error)
      }
    }
    guard !files.isEmpty else { throw .nothing(path: folder) }
    entries = files.map { Entry(path: "\(folder)/\($0)") }
    self.settings = settings
    kinds = []
    input = try Self.input(inputs, settings, folder: folder)
  }

  func sample(_ index: Int, truth kind: Truth.Kind) throws(DataFolderError) -> Sample {
    let entry = entries[index]
    let image = try picture(entry.path)
    let truth = try truth(of: entry, kind, picture: image.size)
    let (tensor, placement) = try arranged(image, path: entry.path)
    return Sample(name: entry.path, runs: [[tensor]], truth: truth, placement: placement)
  }

  func inputs(_ index: Int) throws(DataFolderError) -> (name: String, runs: [[TensorData]]) {
    let path = entries[index].path
    return (path, [[try arranged(try picture(path), path: path).tensor]])
  }

  private func arranged(
    _ image: Image, path: String
  ) throws(DataFolderError) -> (tensor: TensorData, placement: Placement) {
    let size = PixelSize(height: input.height, width: input.width)
    do throws(PictureProblem) {
      let (arranged, placement) = try settings.arranged(image, for: size)
      return (input.tensor(of: arranged), placement)
    } catch {
      throw .picture(path: path, error)
    }
  }

  // MARK: - Parts

  private static func input(
    _ inputs: [InputPort], _ settings: Preprocessing, folder: String
  ) throws(DataFolderError) -> ImageInput {
    guard inputs.count == 1, let port = inputs.first,
      let plain = ImageInput(
        TensorType(.float32, port.type.shape), layout: settings.layout)
    else { throw .picture(path: folder, .inputs(inputs)) }
    let channels = max(settings.normalization.mean.count, settings.normalization.std.count)
    guard [1, plain.channels].contains(channels) else {
      throw .picture(path: folder, .channels(settings: channels, input: plain.channels))
    }
    guard
      let input = ImageInput(
        port.type, normalization: settings.normalization, channelOrder: settings.channelOrder,
        layout: settings.layout)
    else { throw .picture(path: folder, .dtype(input: port.name, port.type)) }
    return input
  }

  private func picture(_ path: String) throws(DataFolderError) -> Image {
    let bytes = try read(path, limit: Self.largestFile)
    do throws(TensorFileError) {
      return try readImage(bytes)
    } catch {
      throw .file(path: path, error)
    }
  }

  private func truth(
    of entry: Entry, _ kind: Truth.Kind, picture size: PixelSize
  ) throws(DataFolderError) -> Truth {
    switch (kind, entry.label, entry.box, entry.mask) {
    case (.label, let label?, _, _): return .label(label)
    case (.box, let label?, let box?, _): return .box(box, label: label)
    case (.mask, _, _, let path?): return .mask(try mask(path, picture: size))
    case (.label, _, _, _), (.box, _, _, _), (.mask, _, _, _), (.values, _, _, _):
      preconditionFailure("the folder does not say that")
    }
  }

  /// A mask's classes: its grey levels, or whether they are above 0 when it shows a foreground.
  private func mask(_ path: String, picture size: PixelSize) throws(DataFolderError) -> ClassMap {
    let image = try picture(path)
    guard image.size == size else {
      throw .picture(path: path, .maskSize(found: image.size, picture: size))
    }
    var classes: [Int32] = []
    classes.reserveCapacity(image.height * image.width)
    for pixel in 0..<image.height * image.width {
      let samples = image.samples[3 * pixel..<3 * pixel + 3]
      guard samples.allSatisfy({ $0 == samples.first }) else {
        let (y, x) = pixel.quotientAndRemainder(dividingBy: image.width)
        throw .picture(path: path, .maskColour(x: x, y: y))
      }
      let grey = image.samples[3 * pixel]
      classes.append(settings.foreground.isEmpty ? Int32(grey) : grey > 0 ? 1 : 0)
    }
    return ClassMap(height: image.height, width: image.width, classes: classes)
  }
}

/// Whether a file is called as pictures are.
func isPicture(_ name: String) -> Bool {
  let name = name.lowercased()
  return [".png", ".jpg", ".jpeg", ".ppm"].contains { name.hasSuffix($0) }
}
