// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorFiles
import Testing

@Suite("file access")
struct FileAccessTests {
  /// Runs `body` with a new, empty folder that is removed afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("thimble-files-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func contents(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func writesAndReadsBack() throws {
    try withFolder { folder in
      for count in [0, 1, 65_535, 65_536, 300_001] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try writeFileAtomically("\(folder)/a", bytes)
        #expect(try readFile("\(folder)/a") == bytes)
      }
      #expect(try contents(of: folder) == ["a"], "no temporary file is left")
    }
  }

  @Test func missingFilesAndFoldersAreNamed() throws {
    try withFolder { folder in
      let path = "\(folder)/none"
      #expect(throws: TensorFileError.system(.open, path: path, code: ENOENT)) {
        try readFile(path)
      }
      #expect(throws: TensorFileError.system(.read, path: folder, code: EISDIR)) {
        try readFile(folder)
      }
      #expect(throws: TensorFileError.system(.open, path: "\(path)/x", code: ENOENT)) {
        try writeFileAtomically("\(path)/x", [1])
      }
      let error = TensorFileError.system(.open, path: "x.npy", code: ENOENT)
      #expect("\(error)" == "cannot open x.npy: No such file or directory")
    }
  }

  @Test("whether a file can be written is told before; what is there stays")
  func writability() throws {
    try withFolder { folder in
      try writeFileAtomically("\(folder)/a", [7])
      try checkWritable("\(folder)/a")
      try checkWritable("\(folder)/b")
      try checkWritable("/dev/full")
      #expect(try contents(of: folder) == ["a"])
      #expect(try readFile("\(folder)/a") == [7])
      #expect(throws: TensorFileError.system(.open, path: "\(folder)/none/x", code: ENOENT)) {
        try checkWritable("\(folder)/none/x")
      }
      #expect(throws: TensorFileError.system(.rename, path: folder, code: EISDIR)) {
        try checkWritable(folder)
      }
    }
  }

  @Test func largeFilesAreRefused() throws {
    try withFolder { folder in
      try writeFileAtomically("\(folder)/a", [1, 2, 3])
      #expect(throws: TensorFileError.fileTooLarge(path: "\(folder)/a", limit: 2)) {
        try readFile("\(folder)/a", limit: 2)
      }
    }
    // A device has no size and never ends.
    #expect(throws: TensorFileError.fileTooLarge(path: "/dev/zero", limit: 100_000)) {
      try readFile("/dev/zero", limit: 100_000)
    }
  }

  @Test func aFullDiskIsReported() {
    #expect(throws: TensorFileError.system(.write, path: "/dev/full", code: ENOSPC)) {
      try writeFileAtomically("/dev/full", [1, 2, 3])
    }
  }

  @Test("a failed write keeps the old file and leaves no other")
  func failedWrites() async throws {
    // The limit and its signal are the process's own, so another process has to meet them.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let folder = "/tmp/thimble-full-\(getpid())"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try writeFileAtomically("\(folder)/a", [1, 2, 3])

      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #expect(throws: TensorFileError.system(.write, path: "\(folder)/a", code: EFBIG)) {
        try writeFileAtomically("\(folder)/a", [UInt8](repeating: 0, count: 10_000))
      }
      #expect(try readFile("\(folder)/a") == [1, 2, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    }
  }

  @Test func aLinkStaysALink() throws {
    try withFolder { folder in
      try writeFileAtomically("\(folder)/target", [1])
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "target")
      try writeFileAtomically("\(folder)/link", [2])
      #expect(try readFile("\(folder)/target") == [2])
      #expect(try contents(of: folder) == ["link", "target"])
    }
  }
}
