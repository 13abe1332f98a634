// SPDX-License-Identifier: Apache-2.0
import CKernels

extension uk_contract {
  /// The contract's name in `ukernels.inc`, for messages and reports.
  package var name: String {
    // SAFETY: rows of the table live forever and their names are string literals.
    guard let row = unsafe uk_contract_find(rawValue) else { return "unknown" }
    return unsafe String(cString: row.pointee.name)
  }
}
