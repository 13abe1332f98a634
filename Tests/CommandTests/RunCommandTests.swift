// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import Testing

@Suite("thimble run")
struct RunCommandTests {
  private let folder: TemporaryFolder
  private let program: String
  private let input: String
  private static let x: [Float] = [1, -2, 3, 0.5]

  init() throws {
    folder = try TemporaryFolder()
    program = try folder.compile(TinyModel.dense)
    input = try folder.write("x.npy", [1, 4], Self.x)
  }

  /// What the program gives: sums of few exact products, so float32 has no rounding to differ in.
  private let expected = TensorData([1, 3], float32: TinyModel.denseOutput(x))

  // MARK: - Results

  @Test("writes one .npy file for each output")
  func writesFolder() throws {
    let result = try thimble(
      "run", program, "--input", "x=\(input)", "--output", folder.file("out"))
    #expect(result.exitCode == 0)
    #expect(try readNPY(folder.read("out/y.npy")) == expected)
    #expect(result.output.contains("y: float32 1x3"))
  }

  @Test("writes an .npz archive")
  func writesArchive() throws {
    let out = folder.file("out.npz")
    #expect(try thimble("run", program, "--input", "x=\(input)", "--output", out).exitCode == 0)
    #expect(try readNPZ(folder.read("out.npz")) == [NamedTensor("y", expected)])
  }

  @Test("takes and gives integers and truth values", arguments: ["thimble", "thimble-runner"])
  func integerPorts(tool: String) throws {
    let ids = TensorData([1, 3], int64: [3, 0, 1])
    let program = try folder.compile(TinyModel.lookup, "lookup.thimble")
    let result = try Invocation(
      [
        "run", program, "--input", "ids=\(try folder.write("ids.npy", writeNPY(ids)))", "--output",
        folder.file("out"),
      ], tool: tool)
    #expect(result.exitCode == 0, "\(result.errors)")
    func output(_ name: String) throws -> TensorData { try readNPY(folder.read("out/\(name).npy")) }
    #expect(try output("y") == TensorData([1, 3, 2], float32: [6, 7, 0, 1, 2, 3]))
    #expect(try output("m") == TensorData(TensorType(.bool, [1, 3]), bytes: [1, 0, 1]))
    #expect(try output("s") == TensorData([1, 3], int64: [6, 0, 2]))
  }

  @Test("runs a model without a program file")
  func runsModel() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let out = folder.file("out")
    #expect(try thimble("run", model, "--input", "x=\(input)", "--output", out).exitCode == 0)
    #expect(try readNPY(folder.read("out/y.npy")) == expected)
  }

  @Test("gives the same with threads and with every instruction set", arguments: 1...3)
  func sameBits(threads: Int) throws {
    for isa in ["scalar", "sse41", "avx2", "avxvnni", "avx512", "avx512vnni", "neon"] {
      let out = folder.file("out")
      let result = try thimble(
        "run", program, "--input", "x=\(input)", "--output", out, "--threads", "\(threads)",
        environment: ["THIMBLE_ISA": isa])
      if result.errors.contains("which this CPU does not have") { continue }
      #expect(result.exitCode == 0)
      #expect(try readNPY(folder.read("out/y.npy")) == expected)
    }
  }

  @Test("fills an input with the samples of an image")
  func readsImage() throws {
    let program = try folder.compile(TinyModel.image, "image.thimble")
    let samples = (0..<24).map { UInt8($0 * 10) }
    let image = try folder.write("image.ppm", Array("P6 4 2 255\n".utf8) + samples)
    let out = folder.file("out")
    #expect(try thimble("run", program, "--input", "x=\(image)", "--output", out).exitCode == 0)
    let planes = (0..<3).flatMap { channel in (0..<8).map { Float(samples[3 * $0 + channel]) } }
    #expect(try readNPY(folder.read("out/y.npy")) == TensorData([1, 3, 2, 4], float32: planes))
  }

  // MARK: - Names of inputs

  @Test("names that are unknown, given twice or missing")
  func badNames() throws {
    let unknown = try thimble("run", program, "--input", "z=\(input)")
    #expect(unknown.exitCode == 2)
    #expect(unknown.errors.contains("there is no input \"z\"; the inputs are \"x\""))

    let twice = try thimble("run", program, "--input", "x=\(input)", "--input", "x=\(input)")
    #expect(twice.exitCode == 2)
    #expect(twice.errors.contains("the input \"x\" is given twice"))

    let missing = try thimble("run", program)
    #expect(missing.exitCode == 2)
    #expect(missing.errors.contains("no file is given for \"x\""))

    let nameless = try thimble("run", program, "--input", input)
    #expect(nameless.exitCode == 2)
  }

  // MARK: - Contents of inputs

  @Test("an array of another shape")
  func wrongShape() throws {
    let other = try folder.write("other.npy", [4, 1], Self.x)
    let result = try thimble("run", program, "--input", "x=\(other)")
    #expect(result.exitCode == 1)
    #expect(
      result.errors.contains("other.npy\" holds float32 4x1; the input \"x\" takes float32 1x4"))
  }

  @Test("an array of another dtype")
  func wrongDType() throws {
    let array = TensorData([1, 4], int8: [1, 2, 3, 4])
    let other = try folder.write("other.npy", writeNPY(array))
    let result = try thimble("run", program, "--input", "x=\(other)")
    #expect(result.exitCode == 1)
    #expect(
      result.errors.contains("other.npy\" holds int8 1x4; the input \"x\" takes float32 1x4"))
  }

  @Test("a file that is not there, and one that is neither array nor image")
  func unreadableInput() throws {
    let missing = try thimble("run", program, "--input", "x=\(folder.file("none.npy"))")
    #expect(missing.exitCode == 1)
    #expect(missing.errors.contains("none.npy: No such file or directory"))

    let text = try folder.write("text.npy", Array("hello, world".utf8))
    let other = try thimble("run", program, "--input", "x=\(text)")
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("text.npy: the image is neither PNG, JPEG nor binary PPM"))
  }

  @Test("an image for an input that is none, and one of another size")
  func wrongImage() throws {
    let image = try folder.write("image.ppm", Array("P6 1 2 255\n".utf8) + [1, 2, 3, 4, 5, 6])
    let none = try thimble("run", program, "--input", "x=\(image)")
    #expect(none.exitCode == 1)
    #expect(none.errors.contains("image.ppm\" is an image; the input \"x\" takes float32 1x4"))

    let imageProgram = try folder.compile(TinyModel.image, "image.thimble")
    let size = try thimble("run", imageProgram, "--input", "x=\(image)")
    #expect(size.exitCode == 1)
    #expect(size.errors.contains("image.ppm\" has 1 x 2 pixels; the input \"x\" takes 4 x 2"))
  }

  // MARK: - Outputs and settings

  @Test("an output that would destroy the program or an input")
  func outputIsInput() throws {
    let input = try folder.write("y.npy", [1, 4], Self.x)
    let result = try thimble("run", program, "--input", "x=\(input)", "--output", folder.path)
    #expect(result.exitCode == 2)
    #expect(result.errors.contains("y.npy\" is the input; choose another output"))
    #expect(try readNPY(readFile(input)) == TensorData([1, 4], float32: Self.x))
  }

  @Test("a file where the folder should be")
  func outputFolderIsFile() throws {
    let result = try thimble("run", program, "--input", "x=\(input)", "--output", program)
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("the folder \"\(program)\" cannot be made"))
  }

  @Test("thread counts and instruction sets that are none")
  func badSettings() throws {
    for threads in ["0", "-1", "65", "two"] {
      #expect(try thimble("run", program, "--threads", threads).exitCode == 2)
    }
    let result = try thimble(
      "run", program, "--input", "x=\(input)", environment: ["THIMBLE_ISA": "mmx"])
    #expect(result.exitCode == 2)
    #expect(result.errors.contains("THIMBLE_ISA is \"mmx\"; it may be scalar"))
  }
}
