// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Bytes with an inaccessible page right after their last one, or right before their first one.
///
/// A kernel that reads or writes a single byte past that end crashes the test.
final class GuardedBuffer {
  /// Which end touches the inaccessible page.
  enum Placement: CaseIterable {
    case beforeGuard
    case afterGuard
  }

  let bytes: UnsafeMutableRawBufferPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  /// A buffer of `count` bytes, each `filler`.
  init(count: Int, placement: Placement, filler: UInt8 = 0xA5) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let usable = max(page, (count + page - 1) / page * page)
    mappedBytes = usable + 2 * page
    guard
      let mapping = mmap(
        nil, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mapping != MAP_FAILED,
      mprotect(mapping + page, usable, PROT_READ | PROT_WRITE) == 0
    else { fatalError("no memory for a guarded buffer") }
    self.mapping = mapping
    let offset = placement == .beforeGuard ? page + usable - count : page
    bytes = UnsafeMutableRawBufferPointer(start: mapping + offset, count: count)
    bytes.initializeMemory(as: UInt8.self, repeating: filler)
  }

  /// A buffer that holds a copy of `contents`.
  convenience init(_ contents: [UInt8], placement: Placement) {
    self.init(count: contents.count, placement: placement)
    bytes.copyBytes(from: contents)
  }

  deinit { munmap(mapping, mappedBytes) }
}
