// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much memory of this process is resident, as the kernel counts it; see proc(5).
struct ResidentMemory {
  private let startKiB: Int

  /// Starts to watch: forgets the peak so far.
  init() {
    // 5 resets the peak, `VmHWM`.
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    startKiB = Self.kibibytes("VmRSS:") ?? 0
  }

  /// The peak since the start, less what was resident then.
  var peakGrowthKiB: Int { max((Self.kibibytes("VmHWM:") ?? 0) - startKiB, 0) }

  private static func kibibytes(_ field: String) -> Int? {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }
}
