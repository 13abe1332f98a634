// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Proves that running a program touches nothing but its own tensors.
///
/// What it lets pass the run loop does without checking again. It trusts no byte: not the compiler
/// that may have written the file, and not the checksum.
struct ProgramVerifier {
  let tables: ProgramTables
  let header: ProgramHeader
  let floatClass: FloatClass

  init(_ tables: ProgramTables, header: ProgramHeader) throws(ProgramError) {
    guard let floatClass = FloatClass(rawValue: header.floatClass) else { throw .invalidHeader }
    self.tables = tables
    self.header = header
    self.floatClass = floatClass
  }

  func verify() throws(ProgramError) {
    try verifyNames()
    try verifyTensors()
    try verifySteps()
    try verifyEntryPoints()
    try verifyMemoryReport()
  }

  private func verifyNames() throws(ProgramError) {
    let names = tables.bytes(of: .names)
    let kind = ProgramFormat.Section.names.rawValue
    guard names.count > 0, names[names.count - 1] == 0 else {
      throw .section(kind: kind, .invalidText)
    }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: names)
    } catch {
      throw .section(kind: kind, .invalidText)
    }
  }

  private func verifyMemoryReport() throws(ProgramError) {
    let kind = ProgramFormat.Section.memoryReport.rawValue
    guard tables.range(of: .memoryReport).count == MemoryReportRecord.byteCount else {
      throw .section(kind: kind, .wrongSize)
    }
    guard let report = tables.memoryReport, report.peakStep <= tables.stepCount else {
      throw .section(kind: kind, .invalidRecord)
    }
  }
}
