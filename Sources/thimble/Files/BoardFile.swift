// SPDX-License-Identifier: Apache-2.0
import Boards
import TensorFiles

/// The board that a file describes.
func readBoard(_ path: String) throws -> Board {
  let bytes = try readFile(path)
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw LocatedError(path: path, cause: BoardError.syntax("it is not text"))
  }
  return try locating(path) { try Board(yaml: text) }
}
