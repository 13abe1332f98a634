// SPDX-License-Identifier: Apache-2.0
import CThimble

extension ProgramError: CustomStringConvertible {
  /// The error in a sentence, with its place.
  public var description: String { describe(status, detail) }
}

extension SessionError: CustomStringConvertible {
  /// The error in a sentence, with its place.
  public var description: String { describe(status, detail) }
}

extension ThreadPoolError: CustomStringConvertible {
  /// The error in a sentence, with its place.
  public var description: String { describe(status, detail) }
}

/// Place, meaning and numbers: `step 3, operand 1: the tensor is too small`.
private func describe(_ status: thimble_status, _ detail: thimble_detail) -> String {
  var text = ""
  func place(_ name: StaticString, _ index: Int32) {
    guard index >= 0 else { return }
    text += "\(text.isEmpty ? "" : ", ")\(name.description) \(index)"
  }
  place("section", detail.section)
  place("tensor", detail.tensor)
  place("entry point", detail.entry_point)
  place("step", detail.step)
  place("operand", detail.operand)
  place("port", detail.port)
  if !text.isEmpty { text += ": " }
  text += status.message.description
  if let numbers = numbers(status, detail) { text += " (\(numbers))" }
  return text
}

private func numbers(_ status: thimble_status, _ detail: thimble_detail) -> String? {
  switch status {
  case THIMBLE_NEWER_VERSION, THIMBLE_UNKNOWN_VERSION:
    return "format \(detail.needed).\(detail.given)"
  case THIMBLE_STEP_UNKNOWN_CONTRACT: return "contract \(detail.given)"
  case THIMBLE_INVALID_THREAD_COUNT: return "\(detail.given)"
  default: break
  }
  if detail.system_error >= 0 { return "errno \(detail.system_error)" }
  switch (detail.needed >= 0, detail.given >= 0) {
  case (true, true): return "\(detail.needed) bytes wanted, \(detail.given) there"
  case (true, false): return "\(detail.needed) bytes"
  case (false, true): return "\(detail.given) bytes"
  case (false, false): return nil
  }
}
