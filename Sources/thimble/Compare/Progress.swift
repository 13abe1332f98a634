// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One line on standard error that tells how far long work is, when that is a terminal.
final class Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var task = ""
  private var count = 0

  /// Starts a task of so many parts.
  func begin(_ task: String, of count: Int) {
    (self.task, self.count) = (task, count)
    show("\(task) …")
  }

  /// Tells that a part of the task is at hand.
  func reach(_ part: Int) {
    show("\(task) \(part + 1)/\(count)")
  }

  /// Clears the line.
  func end() { show("") }

  private func show(_ line: String) {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K\(line)".utf8))
  }
}
