// SPDX-License-Identifier: Apache-2.0
import Yams

/// Keys with values at one place of a recipe, every one of them known.
struct RecipeSection {
  /// What a number may be, and how messages say it.
  struct Bounds: Sendable {
    let words: String
    let contains: @Sendable (Double) -> Bool

    static let positive = Bounds(words: "above 0") { $0 > 0 }
    static let notNegative = Bounds(words: "0 or more") { $0 >= 0 }
    /// A part that is never the whole.
    static let properPart = Bounds(words: "from 0 to below 1") { (0..<1).contains($0) }
    static let part = Bounds(words: "from 0 to 1") { (0...1).contains($0) }
    static let innerPart = Bounds(words: "above 0 and below 1") { $0 > 0 && $0 < 1 }
  }

  let path: String
  /// The key that holds the section; empty for the file.
  private let place: String
  private var values: [String: Node] = [:]
  private let node: Node

  /// Reads a mapping whose keys are all among `allowed`.
  init(_ node: Node, path: String, place: String, allowed: [String]) throws(TrainingError) {
    self.path = path
    self.place = place
    self.node = node
    guard case .mapping(let mapping) = node else { throw problem(.notMapping(key: place), node) }
    for (key, value) in mapping {
      guard let name = key.string else { throw problem(.notMapping(key: place), key) }
      guard allowed.contains(name) else {
        throw problem(.unknownKey(name, place: place, allowed: allowed), key)
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw problem(.duplicateKey(name), key)
      }
    }
  }

  subscript(key: String) -> Node? { values[key] }

  /// The value of a key after `convert`, or an error that says what was expected.
  func value<Value>(
    _ key: String, _ expected: String, _ convert: (Node) -> Value?
  ) throws(TrainingError) -> Value? {
    guard let node = values[key] else { return nil }
    guard let value = convert(node) else {
      throw problem(.value(key: name(of: key), expected: expected), node)
    }
    return value
  }

  func number(_ key: String, _ bounds: Bounds) throws(TrainingError) -> Double? {
    try value(key, "a number \(bounds.words)") { Self.number($0, bounds) }
  }

  func integer(_ key: String, _ bounds: ClosedRange<Int>) throws(TrainingError) -> Int? {
    try value(key, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") { node in
      node.int.flatMap { bounds.contains($0) ? $0 : nil }
    }
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, as type: Choice.Type = Choice.self
  ) throws(TrainingError) -> Choice? {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(key, "one of \(names)") { $0.scalar.flatMap { Choice(rawValue: $0.string) } }
  }

  /// The value of a key that must be there.
  func required<Value>(_ key: String, _ value: Value?) throws(TrainingError) -> Value {
    guard let value else { throw problem(.missingKey(key, place: place), node) }
    return value
  }

  static func number(_ node: Node, _ bounds: Bounds) -> Double? {
    node.float.flatMap { $0.isFinite && bounds.contains($0) ? $0 : nil }
  }

  /// A key as messages call it: with the section in front.
  func name(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  func problem(_ problem: RecipeProblem, _ node: Node) -> TrainingError {
    .recipe(path: path, line: node.mark?.line, problem)
  }

  // MARK: - Sections within

  /// The section under a key.
  func section(_ key: String, allowed: [String]) throws(TrainingError) -> RecipeSection? {
    guard let node = values[key] else { return nil }
    return try RecipeSection(node, path: path, place: name(of: key), allowed: allowed)
  }

  /// One of several kinds of things, as its name alone or as a mapping whose `kind` is the name
  /// and whose other keys are those of the kind.
  func tagged<Kind: RawRepresentable<String> & CaseIterable>(
    _ key: String, keys: (Kind) -> [String]
  ) throws(TrainingError) -> (kind: Kind, section: RecipeSection)? {
    guard let node = values[key] else { return nil }
    return try tagged(node, name(of: key), keys: keys)
  }

  /// As the other, for a node that is no value of a key.
  func tagged<Kind: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ place: String, keys: (Kind) -> [String]
  ) throws(TrainingError) -> (kind: Kind, section: RecipeSection) {
    let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .mapping(let mapping) = node else {
      guard let kind = node.scalar.flatMap({ Kind(rawValue: $0.string) }) else {
        throw problem(.value(key: place, expected: "one of \(names)"), node)
      }
      let empty = Node.mapping(Node.Mapping([], .implicit, .any, node.mark))
      return (kind, try RecipeSection(empty, path: path, place: place, allowed: []))
    }
    guard let tag = mapping.first(where: { $0.key.string == "kind" })?.value else {
      throw problem(.missingKey("kind", place: place), node)
    }
    guard let kind = tag.scalar.flatMap({ Kind(rawValue: $0.string) }) else {
      throw problem(.value(key: "\(place).kind", expected: "one of \(names)"), tag)
    }
    let section = try RecipeSection(
      node, path: path, place: place, allowed: ["kind"] + keys(kind))
    return (kind, section)
  }
}
