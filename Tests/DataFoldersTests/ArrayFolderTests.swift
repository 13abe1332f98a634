// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore
import Testing

@Suite("folders of arrays")
struct ArrayFolderTests {
  private let fixture: FolderFixture

  init() throws { fixture = try FolderFixture() }

  @Test("gives each sample in the input's type, with its label or values")
  func samples() throws {
    try fixture.write("x.npy", TensorData([2, 3], float32: [1, 2, 3, 4, 5, 6]))
    try fixture.write("y.npy", TensorData([2], int64: [7, 8]))
    let folder = try fixture.open(.vector)
    #expect(folder.count == 2 && folder.kinds == [.label, .values] && !folder.isPaired)
    let second = try folder.sample(1, truth: .label)
    #expect(second.runs == [[TensorData([1, 3], float32: [4, 5, 6])]])
    #expect(second.truth == .label(8))
    #expect(try folder.sample(0, truth: .values).truth == .values([7]))
  }

  @Test("quantises floats with the input's scale, and keeps stored integers")
  func quantises() throws {
    let type = TensorType(
      .int8, [1, 3], quantization: QuantizationParameters(scale: 0.5, zeroPoint: -1))
    let port = InputPort(name: "x", type: type)
    try fixture.write("y.npy", TensorData([2], int64: [0, 1]))
    // 0.25 and 0.75 are halfway between steps; 1000 and NaN are beyond and nowhere.
    try fixture.write("x.npy", TensorData([2, 3], float32: [0.25, 0.75, 1, 1000, -1000, .nan]))
    let folder = try fixture.open(port)
    #expect(try folder.sample(0, truth: .label).runs[0][0].int8Values == [-1, 1, 1])
    #expect(try folder.sample(1, truth: .label).runs[0][0].int8Values == [127, -128, -1])

    try fixture.write("x.npy", TensorData([2, 1, 3], int8: [1, 2, 3, 4, 5, 6]))
    #expect(try fixture.open(port).sample(1, truth: .label).runs[0][0].int8Values == [4, 5, 6])
  }

  @Test("reads several inputs by name, as pairs, and widens integers")
  func pairs() throws {
    let ports = ["a/b", "c"].map { InputPort(name: $0, type: TensorType(.int64, [1, 2])) }
    let tokens: [Int32] = [1, 2, 3, 4, 5, 6, 7, 8]
    try fixture.write("a_b.npy", TensorData([2, 2, 2], int32: tokens))
    try fixture.write("c.npy", TensorData([2, 2, 2], int64: tokens.map { 10 * Int64($0) }))
    try fixture.write("y.npy", TensorData([2], float32: [0.5, 4]))
    let folder = try DataFolder(fixture.path, inputs: ports)
    #expect(folder.isPaired && folder.count == 2 && folder.kinds == [.values])
    let sample = try folder.sample(1, truth: .values)
    #expect(sample.truth == .values([4]))
    #expect(
      sample.runs == [
        [TensorData([1, 2], int64: [5, 6]), TensorData([1, 2], int64: [50, 60])],
        [TensorData([1, 2], int64: [7, 8]), TensorData([1, 2], int64: [70, 80])],
      ])
  }

  @Test("says which file is wrong, and how")
  func errors() throws {
    try fixture.write("y.npy", TensorData([2], int64: [0, -1]))
    #expect(
      try fixture.message(.vector)
        == "DATA/x.npy: there is no such file, which the input \"x\" needs")

    try fixture.write("x.npy", TensorData([2, 4], float32: [Float](repeating: 0, count: 8)))
    #expect(
      try fixture.message(.vector).hasPrefix(
        "DATA/x.npy: the array is 2x4; the input \"x\" takes N x 1x3"))

    try fixture.write("x.npy", TensorData([1, 3], float32: [1, 2, 3]))
    #expect(
      try fixture.message(.vector)
        == "DATA/y.npy: there are 2 samples, but 1 in DATA/x.npy")

    try fixture.write("x.npy", TensorData([2, 3], float32: [1, 2, 3, 4, 5, 6]))
    #expect(
      try fixture.message(.vector, truth: .label)
        == "DATA/y.npy: the label of sample 1 is less than 0 or too large")

    let tokens = InputPort(name: "x", type: TensorType(.uint8, [1, 3]))
    try fixture.write("x.npy", TensorData([2, 3], float32: [1, 2, 3, 4, 5, 600]))
    #expect(
      try fixture.message(tokens, truth: .values)
        == "DATA/x.npy: sample 1 holds a number that the input \"x\" cannot take as uint8")

    try fixture.write("x.npy", "no array")
    #expect(try fixture.message(.vector).hasPrefix("DATA/x.npy: "))
  }

  @Test("refuses integers for an input of another stored type")
  func refusesOtherIntegers() throws {
    let type = TensorType(
      .uint8, [1, 3], quantization: QuantizationParameters(scale: 1, zeroPoint: 0))
    try fixture.write("y.npy", TensorData([1], int64: [0]))
    try fixture.write("x.npy", TensorData([1, 3], int8: [1, 2, 3]))
    #expect(
      try fixture.message(InputPort(name: "x", type: type)).contains(
        "the array is int8; the input \"x\" takes uint8 as stored, or float32"))
  }
}
