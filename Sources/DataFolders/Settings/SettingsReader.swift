// SPDX-License-Identifier: Apache-2.0
import TensorFiles
import Yams

/// Reads `preprocess.yaml`.
struct SettingsReader {
  /// Its largest size, in bytes: the names of 20,000 classes fit.
  static let largestFile = 1 << 20

  /// The largest extent of a picture that settings may ask for, in pixels.
  private static let largestExtent = 1 << 14

  enum Key: String, CaseIterable {
    case size, resize, position, fill, crop, scale, mean, std, channels, layout, classes
    case labelOffset = "label_offset"
    case foreground, decoder
  }

  private let path: String
  private let folder: String
  private var values: [Key: Node] = [:]

  /// The settings of a folder; the defaults when it has no `preprocess.yaml`.
  static func settings(ofFolder folder: String) throws(DataFolderError) -> Preprocessing {
    let path = "\(folder)/preprocess.yaml"
    guard fileKind(path) != .nothing else { return Preprocessing() }
    return try SettingsReader(path: path, folder: folder).settings()
  }

  private init(path: String, folder: String) throws(DataFolderError) {
    self.path = path
    self.folder = folder
    let root = try Self.parse(path)
    guard let root else { return }
    guard case .mapping(let mapping) = root else { throw problem(.notMapping, at: root) }
    for (node, value) in mapping {
      guard let name = node.string else { throw problem(.notMapping, at: node) }
      guard let key = Key(rawValue: name) else { throw problem(.unknownKey(name), at: node) }
      guard values.updateValue(value, forKey: key) == nil else {
        throw problem(.duplicateKey(name), at: node)
      }
    }
  }

  /// The document's root; `nil` for an empty file.
  private static func parse(_ path: String) throws(DataFolderError) -> Node? {
    let bytes: [UInt8]
    do throws(TensorFileError) {
      bytes = try readFile(path, limit: largestFile)
    } catch .fileTooLarge {
      throw .settings(path: path, line: nil, .tooLarge)
    } catch {
      throw .system(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .settings(path: path, line: nil, .notText)
    }
    do {
      return try compose(yaml: text)
    } catch let error as YamlError {
      let (line, words) = error.location
      throw .settings(path: path, line: line, .syntax(words))
    } catch {
      throw .settings(path: path, line: nil, .syntax("\(error)"))
    }
  }

  private func settings() throws(DataFolderError) -> Preprocessing {
    var result = Preprocessing()
    result.size = try value(.size, "a number of pixels, or [height, width]", extent)
    result.crop = try value(.crop, "a number of pixels, or [height, width]", extent)
    result.resize = try choice(.resize) ?? result.resize
    if let node = values[.size], result.resize == .none {
      throw problem(.noResizeRule, at: node)
    }
    result.position = try choice(.position) ?? result.position
    result.fill = try value(.fill, "a number of 0 to 255, or three", colour) ?? result.fill
    result.channelOrder = try choice(.channels) ?? result.channelOrder
    result.layout = try choice(.layout)
    result.decoder = try choice(.decoder)
    result.normalization.scale =
      try value(.scale, "a number other than 0") { number($0).flatMap { $0 == 0 ? nil : $0 } }
      ?? result.normalization.scale
    result.normalization.mean =
      try value(.mean, "a number, or one for each channel", channelNumbers)
      ?? result.normalization.mean
    result.normalization.std =
      try value(.std, "a number above 0, or one for each channel") {
        channelNumbers($0).flatMap { $0.allSatisfy { $0 > 0 } ? $0 : nil }
      } ?? result.normalization.std
    result.classes = try classes()
    result.classes.offset =
      try value(.labelOffset, "a whole number") { node in
        node.int.flatMap { (-1_000_000...1_000_000).contains($0) ? $0 : nil }
      } ?? 0
    result.foreground = try foreground(result.classes)
    return result
  }

  // MARK: - Values

  private func value<Value>(
    _ key: Key, _ expected: String, _ convert: (Node) -> Value?
  ) throws(DataFolderError) -> Value? {
    guard let node = values[key] else { return nil }
    guard let value = convert(node) else {
      throw problem(.value(key: key.rawValue, expected: expected), at: node)
    }
    return value
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: Key
  ) throws(DataFolderError) -> Choice? {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(key, names) { $0.string.flatMap(Choice.init) }
  }

  private func extent(_ node: Node) -> PixelSize? {
    let numbers = node.sequence.map { $0.map(\.int) } ?? [node.int, node.int]
    guard numbers.count == 2, let height = numbers[0], let width = numbers[1],
      (1...Self.largestExtent).contains(height), (1...Self.largestExtent).contains(width),
      height * width <= Image.maximumPixelCount
    else { return nil }
    return PixelSize(height: height, width: width)
  }

  private func colour(_ node: Node) -> [UInt8]? {
    let numbers = node.sequence.map { $0.map(\.int) } ?? [node.int, node.int, node.int]
    let samples = numbers.compactMap { $0.flatMap(UInt8.init(exactly:)) }
    return numbers.count == 3 && samples.count == 3 ? samples : nil
  }

  private func number(_ node: Node) -> Double? {
    node.float.flatMap { $0.isFinite ? $0 : nil }
  }

  private func channelNumbers(_ node: Node) -> [Double]? {
    let nodes = node.sequence.map(Array.init) ?? [node]
    let numbers = nodes.compactMap(number)
    return [1, 3].contains(nodes.count) && numbers.count == nodes.count ? numbers : nil
  }

  /// Names, or the name of a file in the folder with one name a line.
  private func classes() throws(DataFolderError) -> ClassNames {
    let expected = "a list of names, or a text file of the folder with one name a line"
    guard let node = values[.classes] else { return ClassNames() }
    if node.sequence != nil { return ClassNames(try value(.classes, expected, names) ?? []) }
    guard let file = node.string, isInside(file) else {
      throw problem(.value(key: Key.classes.rawValue, expected: expected), at: node)
    }
    let bytes: [UInt8]
    do throws(TensorFileError) {
      bytes = try readFile("\(folder)/\(file)", limit: Self.largestFile)
    } catch {
      throw .system(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .settings(path: "\(folder)/\(file)", line: nil, .notText)
    }
    return ClassNames(lines(of: text))
  }

  private func names(_ node: Node) -> [String]? {
    node.sequence.flatMap { nodes in
      let names = nodes.compactMap(\.string)
      return names.count == nodes.count && !names.isEmpty ? names : nil
    }
  }

  private func foreground(_ classes: ClassNames) throws(DataFolderError) -> [Int] {
    let expected = "a list of classes, by name or number"
    guard let node = values[.foreground] else { return [] }
    var indices: [Int] = []
    for label in try value(.foreground, expected, names) ?? [] {
      do throws(LabelProblem) {
        indices.append(try classes.index(of: label))
      } catch {
        throw problem(.label(key: Key.foreground.rawValue, error), at: node)
      }
    }
    return indices
  }

  private func problem(_ problem: SettingsProblem, at node: Node) -> DataFolderError {
    .settings(path: path, line: node.mark?.line, problem)
  }
}

extension YamlError {
  /// Where the parser stopped, and its words.
  fileprivate var location: (line: Int?, words: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .reader(let problem, _, _, _): (nil, problem)
    case .duplicatedKeysInMapping(let names, let context):
      (context.mark.line, "\(names.joined(separator: ", ")) is there twice")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      (nil, "\(self)")
    }
  }
}

/// Whether a relative path stays inside its folder.
func isInside(_ path: String) -> Bool {
  !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    && !path.unicodeScalars.contains("\0")
}

/// The lines of a text, without their ends; an empty one after the last end is none.
func lines(of text: String) -> [String] {
  var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    .map(String.init)
  if lines.last == "" { lines.removeLast() }
  return lines
}
