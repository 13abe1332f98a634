// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles
import Testing

@Suite("npy files")
struct NPYTests {
  static let dtypes: [(String, DType)] = [
    ("f4", .float32), ("f2", .float16), ("f8", .float64), ("i1", .int8), ("u1", .uint8),
    ("i2", .int16), ("i4", .int32), ("i8", .int64),
  ]

  @Test("reads what NumPy saves", arguments: dtypes)
  func readsNumPy(code: String, dtype: DType) throws {
    let tensor = try readNPY(#require(fixtures["npy_\(code)"]))
    #expect(tensor.type == TensorType(dtype, [2, 3]))
    #expect(tensor.storedValues == [0, 1, 2, 3, 4, 5])
  }

  @Test("writes the bytes that NumPy saves", arguments: dtypes)
  func writesAsNumPy(code: String, dtype: DType) throws {
    let file = try #require(fixtures["npy_\(code)"])
    #expect(writeNPY(try readNPY(file)) == file)
  }

  @Test func readsSpecialForms() throws {
    let bool = try readNPY(#require(fixtures["npy_bool"]))
    #expect(bool.type == TensorType(.bool, [1, 3]) && bool.bytes == [0, 1, 1])
    let swapped = try readNPY(#require(fixtures["npy_bigEndian"]))
    #expect(swapped.float32Values == [0, 1, 2, 3, 4, 5])
    let fortran = try readNPY(#require(fixtures["npy_fortran"]))
    #expect(fortran.type.shape == [2, 3, 4])
    #expect(fortran.int32Values == Array(0..<24))
    let scalar = try readNPY(#require(fixtures["npy_scalar"]))
    #expect(scalar.type.shape == [] && scalar.int32Values == [7])
    let empty = try readNPY(#require(fixtures["npy_empty"]))
    #expect(empty.type.shape == [0, 3])
    for version in [2, 3] {
      let tensor = try readNPY(#require(fixtures["npy_version\(version)"]))
      #expect(tensor.float32Values == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test("refuses dtypes the engine does not have", arguments: ["npy_uint32", "npy_structured"])
  func refusesDtypes(name: String) throws {
    let file = try #require(fixtures[name])
    #expect(throws: TensorFileError.self) { try readNPY(file) }
  }

  @Test func survivesLongShapes() throws {
    let tensor = TensorData(Shape([Int](repeating: 1, count: 30_000)), int32: [5])
    let file = writeNPY(tensor)
    #expect(file[6] == 2, "a header of 90 kB needs version 2.0")
    #expect(try readNPY(file) == tensor)
  }

  @Test func everyTruncationIsAnError() throws {
    let file = try #require(fixtures["npy_f4"])
    for count in file.indices {
      #expect(throws: TensorFileError.self) { try readNPY(Array(file.prefix(count))) }
    }
    #expect(throws: TensorFileError.trailingBytes(.npy, offset: file.count, count: 1)) {
      try readNPY(file + [0])
    }
  }

  @Test func anyFlippedBitIsAnErrorOrAnArray() throws {
    let file = try #require(fixtures["npy_fortran"])
    for index in file.indices {
      for bit in 0..<8 {
        var damaged = file
        damaged[index] ^= 1 << bit
        if let tensor = try? readNPY(damaged) {
          #expect(tensor.type.byteCount <= file.count)
        }
      }
    }
  }

  /// Header text and the error it must give; the text starts at byte 10.
  static let hostileHeaders: [(String, NPYHeaderProblem, Int)] = [
    ("", .expected("{"), 10),
    ("{'descr': '<f4', 'fortran_order': False}", .missingKey("shape"), 50),
    ("{'shape': (1,), 'fortran_order': False}", .missingKey("descr"), 49),
    ("{'shape': (1,), 'descr': '<f4'}", .missingKey("fortran_order"), 41),
    ("{'shape': (1,), 'shape': (1,)}", .duplicateKey("shape"), 26),
    ("{'size': 3}", .unknownKey("size"), 11),
    ("{'descr': 3}", .string, 20),
    ("{'descr': 'abc", .string, 20),
    ("{'fortran_order': 1}", .boolean, 28),
    ("{'shape': [1]}", .expected("("), 20),
    ("{'shape': (-1,)}", .integer, 21),
    ("{'shape': (99999999999999999999,)}", .integer, 21),
    ("{'shape': (1 2)}", .expected(")"), 23),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536)}", .shapeTooLarge, 51),
    ("{'descr': '|f4', 'fortran_order': False, 'shape': ()}", .dtype("|f4"), 11),
    ("{'descr': '', 'fortran_order': False, 'shape': ()}", .dtype(""), 11),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", .trailingText, 64),
  ]

  @Test("hostile headers get located errors", arguments: hostileHeaders)
  func locatesProblems(text: String, problem: NPYHeaderProblem, offset: Int) {
    #expect(throws: TensorFileError.npyHeader(problem, offset: offset)) {
      try readNPY(file(header: text))
    }
  }

  private func file(header: String) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
  }

  @Test func refusesOtherFilesAndVersions() {
    #expect(throws: TensorFileError.signature(.npy)) { try readNPY(Array("PK".utf8)) }
    let unknown = [0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0]
    #expect(throws: TensorFileError.npyVersion(major: 4, minor: 0)) { try readNPY(unknown) }
  }

  @Test func aLargeClaimIsRefusedBeforeAnythingIsAllocated() {
    let file = file(header: "{'descr': '<f8', 'fortran_order': True, 'shape': (2147483647,)}")
    let expected = TensorFileError.truncated(
      .npy, offset: file.count, needed: 2_147_483_647 * 8, available: 0)
    #expect(throws: expected) { try readNPY(file) }
  }

  @Test func errorsReadAsProse() {
    let error = TensorFileError.npyHeader(.dtype("<u4"), offset: 11)
    #expect(
      "\(error)"
        == "the npy header is wrong at byte 11: elements of type \"<u4\" are not supported")
  }
}
