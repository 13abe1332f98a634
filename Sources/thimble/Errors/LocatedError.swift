// SPDX-License-Identifier: Apache-2.0

/// An error and the file it is about.
struct LocatedError: Error, CustomStringConvertible {
  let path: String
  let cause: any Error

  var description: String { "\(path): \(cause)" }
}

/// Runs `body`; its errors are told together with the path.
func locating<Result>(_ path: String, _ body: () throws -> Result) throws(LocatedError) -> Result {
  do {
    return try body()
  } catch {
    throw LocatedError(path: path, cause: error)
  }
}
