// SPDX-License-Identifier: Apache-2.0

/// Runs of bytes laid one after another, each distinct run once.
///
/// The order is that of the first request, so the same requests give the same bytes.
struct BytePool {
  /// What the offset of each run is a multiple of.
  let alignment: Int

  private(set) var bytes: [UInt8] = []

  /// Looked up, never listed: hash order does not show.
  private var offsets: [Run: Int] = [:]

  init(alignment: Int) { self.alignment = alignment }

  /// The offset of a run, added if it is new.
  mutating func add(_ run: [UInt8]) -> Int {
    if let offset = offsets[Run(bytes: run)] { return offset }
    let padding = (alignment - bytes.count % alignment) % alignment
    bytes.append(contentsOf: [UInt8](repeating: 0, count: padding))
    let offset = bytes.count
    bytes.append(contentsOf: run)
    offsets[Run(bytes: run)] = offset
    return offset
  }

  /// The offset of a text, stored as UTF-8 with a NUL behind it.
  mutating func add(_ text: String) -> Int { add(text.utf8.filter { $0 != 0 } + [0]) }
}

/// Bytes that are told apart by few of them first: an array would hash all, one by one.
private struct Run: Hashable {
  let bytes: [UInt8]

  func hash(into hasher: inout Hasher) {
    hasher.combine(bytes.count)
    let step = max(1, bytes.count / Self.hashedCount)
    for index in stride(from: 0, to: bytes.count, by: step) { hasher.combine(bytes[index]) }
  }

  private static let hashedCount = 256
}
