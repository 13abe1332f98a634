// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// `thimble quantize` and `thimble compile --int8`: the same arguments, the same refusals.
@Suite("thimble quantize, compile --int8")
struct QuantizeCommandTests {
  enum Command: String, CaseIterable {
    case quantize, compile

    /// The command and what makes it quantise.
    var arguments: [String] { self == .quantize ? ["quantize"] : ["compile", "--int8"] }
  }

  private let folder: TemporaryFolder
  private let model: String
  private let data: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("model.onnx", TinyModel.deep)
    data = folder.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    _ = try folder.write("data/x.npy", [16, 4], Self.numbers(64))
  }

  private static func numbers(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 * 37 % 101) / 50 - 1 }
  }

  private func run(
    _ command: Command, _ model: String, _ more: [String] = [], output: String? = nil,
    data: String? = nil
  ) throws -> Invocation {
    try Invocation(
      command.arguments + [
        model, "-o", output ?? folder.file("out"), "--calibration", data ?? self.data,
      ] + more)
  }

  /// What a program gives for an input, in bytes.
  private func result(of program: String, _ input: String, port: String) throws -> [UInt8] {
    let results = try TemporaryFolder()
    let run = try thimble("run", program, "--input", input, "--output", results.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    return try results.read("\(port).npy")
  }

  // MARK: - Results

  @Test("writes an ONNX model, and says what became of the float one")
  func report() throws {
    let result = try run(.quantize, model, ["--json"])
    #expect(result.exitCode == 0 && result.errors.isEmpty, "no progress bar without a terminal")
    let report = try result.json()
    #expect(report["model_bytes"] as? Int == TinyModel.deep.count)
    let file = try folder.read("out")
    #expect(report["file_bytes"] as? Int == file.count)
    #expect(file.count < TinyModel.deep.count / 2)
    try expectQuantization(report)
    #expect(try folder.contents == ["data", "model.onnx", "out"])
  }

  @Test("compile tells the same of what it quantised")
  func compileReport() throws {
    try expectQuantization(run(.compile, model, ["--json"]).json())
    #expect(try run(.compile, model).output.contains("4 layers in integers, 0 in float\n"))
  }

  private func expectQuantization(_ report: [String: Any]) throws {
    let quantization = try #require(report["quantization"] as? [String: Any])
    #expect(quantization["method"] as? String == "mse")
    #expect(quantization["samples"] as? Int == 16)
    #expect(quantization["integer_layers"] as? Int == 4)
    #expect(quantization["float_layers"] as? [String] == [])
    let outputs = try #require(quantization["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["name"] as? String } == ["y"])
    #expect(try #require(outputs[0]["decibels"] as? Double) > 25)
  }

  @Test("every option: what is asked for is done and said")
  func options() throws {
    let result = try run(
      .quantize, model,
      [
        "--samples", "5", "--calibration-method", "minmax", "--effort", "high", "--keep-float",
        "widest", "--keep-float", "narrowest", "--no-equalize", "--no-learn-rounding",
      ])
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output.contains("ranges by minmax of 5 samples"))
    #expect(result.output.contains("2 layers in integers, 2 in float: widest, narrowest\n"))
  }

  @Test("layers stay float until the ratio asked for is reached, and their price is told")
  func leastRatio() throws {
    let result = try run(.quantize, model, ["--min-snr", "60", "--json"])
    let quantization = try #require(try result.json()["quantization"] as? [String: Any])
    let kept = try #require(quantization["kept_layers"] as? [[String: Any]])
    let names = try #require(quantization["float_layers"] as? [String])
    #expect(!kept.isEmpty)
    for layer in kept {
      let isFloat = layer["precision"] as? String == "float32"
      #expect(names.contains(layer["name"] as? String ?? "") == isFloat)
      #expect(layer["macs"] as? Int ?? 0 > 0)
      #expect((layer["extra_bytes"] as? Int ?? 0 > 0) == isFloat)
    }
    let outputs = try #require(quantization["outputs"] as? [[String: Any]])
    #expect(kept.count == 4 || outputs[0]["decibels"] as? Double ?? 0 >= 60)
    let text = try run(.quantize, model, ["--min-snr", "60"]).output
    #expect(text.contains("for accuracy in "))
  }

  private static let board = """
    name: slow
    cpu: one that is slow in integers
    kernels:
      s8_gemm_requant: {gmacs: 0.001}
      f32_gemm_clamp_fma: {gmacs: 50}
    """

  @Test("what is faster in float on the board stays float; the time is told")
  func board() throws {
    let slow = try folder.write("slow.yaml", Array(Self.board.utf8))
    try expect(
      run(.quantize, model, ["--board", slow]), 1, "no layer of the model is faster in integers")
    let fast = try folder.write(
      "fast.yaml", Array(Self.board.replacing("0.001", with: "500").utf8))
    let result = try run(.quantize, model, ["--board", fast, "--json"])
    let quantization = try #require(try result.json()["quantization"] as? [String: Any])
    #expect(quantization["faster_in_float"] as? [String] == [])
    #expect(try #require(quantization["milliseconds"] as? Double) > 0)
    #expect(try #require(quantization["program_bytes"] as? Int) > 0)
  }

  @Test("limits: as much accuracy as they allow; what int8 alone exceeds does not fit")
  func limits() throws {
    let plain = try run(.compile, model, ["--json"]).json()["file_bytes"] as? Int ?? 0
    let result = try run(.compile, model, ["--max-bytes", "\(plain + 600)", "--json"]).json()
    let quantization = try #require(result["quantization"] as? [String: Any])
    let kept = try #require(quantization["kept_layers"] as? [[String: Any]])
    #expect((1...3).contains(kept.count))
    #expect(quantization["program_bytes"] as? Int ?? .max <= plain + 600)
    #expect(quantization["program_bytes"] as? Int == result["file_bytes"] as? Int)
    try FileManager.default.removeItem(atPath: folder.file("out"))
    try expect(
      run(.compile, model, ["--max-bytes", "100"]), 3, "in int8 throughout the model takes")
  }

  @Test("answers that may change: as many as were allowed are expected to")
  func answers() throws {
    let result = try run(.quantize, model, ["--max-drop", "0.1%", "--json"]).json()
    let quantization = try #require(result["quantization"] as? [String: Any])
    let kept = try #require(quantization["kept_layers"] as? [[String: Any]])
    let changed = try #require(quantization["changed_answers"] as? Double)
    #expect(kept.count == 4 || changed <= 0.001)
  }

  @Test("the same file from any number of threads; compiled, it gives what compile --int8 gives")
  func isTheSame() throws {
    let files = try ["1", "2"].map { threads in
      _ = try run(.quantize, model, ["--threads", threads], output: folder.file("q.onnx"))
      return try folder.read("q.onnx")
    }
    #expect(files[0] == files[1])
    #expect(try run(.compile, model, output: folder.file("direct")).exitCode == 0)
    let again = try thimble("compile", folder.file("q.onnx"), "-o", folder.file("again"))
    #expect(again.exitCode == 0, "\(again.errors)")
    let x = try "x=" + folder.write("x.npy", [1, 4], [0.3, -0.9, 0.7, 0.1])
    #expect(
      try result(of: folder.file("direct"), x, port: "y")
        == result(of: folder.file("again"), x, port: "y"))
  }

  @Test(
    "keywords keep their accuracy on clips that they were not calibrated on",
    .enabled(if: Assets.isAvailable, Assets.skipMessage))
  func keywords() throws {
    let model = try Assets.url("models/mlperf-tiny/kws01_dscnn_fp32.tflite").path
    for calibrating in [true, false] {
      let name = calibrating ? "calibrate" : "test"
      let words = try Keywords(calibrating: calibrating)
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: false)
      _ = try folder.write(
        "\(name)/x.npy", Shape([words.labels.count, 49, 10, 1]), words.spectra.flatMap(\.self))
      _ = try folder.write(
        "\(name)/y.npy", writeNPY(TensorData([words.labels.count], int64: words.labels)))
    }
    for command in Command.allCases {
      let result = try run(
        command, model, ["--effort", "low", "--threads", "2"], output: folder.file("\(command)"),
        data: folder.file("calibrate"))
      #expect(result.exitCode == 0, "\(result.errors)")
    }
    let reports = try [model, folder.file("quantize"), folder.file("compile")].map {
      try thimble("evaluate", $0, "--data", folder.file("test"), "--json").json()
    }
    let right = try reports.map { report in
      let metrics = try #require(report["metrics"] as? [[String: Any]])
      return try #require(metrics[0]["value"] as? Double)
    }
    #expect(right[1] >= right[0] - 6.0 / 800 && right[1] == right[2])
    #expect(reports[1]["predictions"] as? [Int] == reports[2]["predictions"] as? [Int])
  }

  @Test(
    "each layer of what is written is within a step of ONNX Runtime's",
    .enabled(if: Assets.isAvailable && PythonTools.isAvailable, "needs both assets and Python"))
  func agreesInONNXRuntime() throws {
    let pets = folder.file("pets")
    try FileManager.default.createDirectory(atPath: pets, withIntermediateDirectories: false)
    try Pets.fill(URL(filePath: pets), preprocess: Pets.efficientNet)
    let model = try Assets.url("models/classification/efficientnet_lite0_fp32.onnx").path
    let result = try run(
      .quantize, model, ["--samples", "4", "--effort", "low"], output: folder.file("q.onnx"),
      data: pets)
    #expect(result.exitCode == 0, "\(result.errors)")
    let compared = try thimble(
      "compare", folder.file("q.onnx"), "--python", PythonTools.interpreter.path)
    #expect(compared.exitCode == 0, "\(compared.errors)")
    #expect(compared.output.contains("53 of 53 layers compared"))
  }

  @Test("a seed chooses other samples, the same each time")
  func seed() throws {
    func noise(_ arguments: [String]) throws -> Double {
      let report = try run(.quantize, model, ["--samples", "4", "--json"] + arguments).json()
      let quantization = try #require(report["quantization"] as? [String: Any])
      #expect(quantization["samples"] as? Int == 4)
      let outputs = try #require(quantization["outputs"] as? [[String: Any]])
      return try #require(outputs[0]["signal"] as? Double)
    }
    let chosen = try ["1", "1", "2"].map { try noise(["--seed", $0]) }
    #expect(chosen[0] == chosen[1] && chosen[0] != chosen[2])
    #expect(try noise([]) != chosen[0])
  }

  @Test("says whether the samples were enough")
  func enoughSamples() throws {
    let text = try run(.quantize, model).output
    #expect(text.contains("\nranges moved by "))
    #expect(
      try run(.quantize, model, ["--samples", "1"]).output
        .contains("one sample tells little of ranges: give more\n"))
  }

  // MARK: - Diagnosis

  @Test("a diagnosis needs no file to write", arguments: Command.allCases)
  func diagnosis(_ command: Command) throws {
    let arguments = command.arguments + [model, "--calibration", data, "--diagnose"]
    let result = try Invocation(arguments)
    #expect(result.exitCode == 0, "\(result.errors)")
    for line in ["\ndiagnosis, by 16 samples\n", "\nwhat was tried", "\nlayers\n", "keep-float"] {
      #expect(result.output.contains(line), "\(line)")
    }
    #expect(try folder.contents == ["data", "model.onnx"])
    let report = try Invocation(arguments + ["--json"]).json()
    let quantization = try #require(report["quantization"] as? [String: Any])
    let diagnosis = try #require(quantization["diagnosis"] as? [String: Any])
    let layers = try #require(diagnosis["layers"] as? [[String: Any]])
    #expect(layers.count == 4)
    #expect(layers.allSatisfy { $0["ms"] is Double && $0["float_ms"] is Double })
    let cures = try #require(diagnosis["cures"] as? [[String: Any]])
    #expect(cures.contains { $0["action"] as? String == "equalize" })
    let kept = cures.filter { $0["action"] as? String == "keep-float" }
    #expect(kept.count == 3 && kept.allSatisfy { $0["extra_ms"] is Double })
  }

  @Test("black pictures are named", arguments: Command.allCases)
  func blackSamples(_ command: Command) throws {
    _ = try folder.write("data/x.npy", [16, 4], [Float](repeating: 0.5, count: 64))
    let result = try Invocation(
      command.arguments + [model, "--calibration", data, "--diagnose"])
    #expect(result.output.contains("\nsamples without contents\n"), "\(result.output)")
    #expect(result.output.contains("1 thing is wrong\n"))
  }

  @Test("a diagnosis does not change what is written")
  func diagnosisChangesNothing() throws {
    let files = try [[], ["--diagnose", "--html", folder.file("page.html")]].map { more in
      #expect(try run(.quantize, model, more, output: folder.file("q.onnx")).exitCode == 0)
      return try folder.read("q.onnx")
    }
    #expect(files[0] == files[1])
    #expect(try folder.contents.contains("page.html"))
  }

  // MARK: - Refusals

  @Test("pages without a diagnosis, nothing to write", arguments: Command.allCases)
  func idleDiagnosis(_ command: Command) throws {
    try expect(run(command, model, ["--html", folder.file("out.html")]), 2, "--diagnose")
    try expect(Invocation(command.arguments + [model, "--calibration", data]), 2, "--output")
    try expect(run(command, model, ["--diagnose", "--html", model]), 2, "is the input")
    try expect(
      thimble("compile", model, "-o", folder.file("out"), "--diagnose"), 2, "--int8")
  }

  /// Expects a refusal that leaves nothing behind.
  private func expect(
    _ result: Invocation, _ exitCode: Int32, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(result.exitCode == exitCode, sourceLocation: sourceLocation)
    #expect(
      result.errors.contains(message), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(!(try folder.contents.contains("out")), sourceLocation: sourceLocation)
  }

  @Test("bad usage", arguments: Command.allCases)
  func badUsage(_ command: Command) throws {
    try expect(
      Invocation(command.arguments + [model, "-o", folder.file("out")]), 2, "--calibration")
    for arguments in [
      ["--samples", "0"], ["--calibration-method", "luck"], ["--effort", "none"],
      ["--threads", "0"], ["--input", "nobody=1x4"], ["--min-snr", "nan"],
      ["--max-drop", "101%"], ["--max-drop", "x"], ["--max-bytes", "1XB"], ["--max-ms", "3"],
    ] {
      try expect(run(command, model, arguments), 2, "rror: ")
    }
    try expect(
      run(command, model, ["--keep-float", "nowhere"]), 2,
      "model.onnx: there is no node nowhere")
    try expect(
      run(command, model, ["--board", folder.file("none.yaml")]), 1, "none.yaml: No such file")
    let broken = try folder.write("broken.yaml", Array("name: x".utf8))
    try expect(
      run(command, model, ["--board", broken]), 1, "broken.yaml: this does not describe a board")
  }

  @Test("calibration that would do nothing")
  func idleCalibration() throws {
    try expect(
      thimble("compile", model, "-o", folder.file("out"), "--calibration", data), 2, "--int8")
  }

  @Test("folders without samples", arguments: Command.allCases)
  func noSamples(_ command: Command) throws {
    try expect(run(command, model, data: folder.file("none")), 1, "none: No such file")
    let empty = folder.file("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    try expect(run(command, model, data: empty), 1, "empty")
    _ = try folder.write("empty/x.npy", [0, 4], [])
    try expect(run(command, model, data: empty), 1, "empty/x.npy: there are no samples")
  }

  @Test("samples that do not fit, or are no numbers", arguments: Command.allCases)
  func badSamples(_ command: Command) throws {
    _ = try folder.write("data/x.npy", [16, 5], Self.numbers(80))
    try expect(run(command, model), 1, "data/x.npy: the array is")
    var values = Self.numbers(64)
    values[9] = .nan
    _ = try folder.write("data/x.npy", [16, 4], values)
    try expect(run(command, model), 1, "x.npy, sample 2: input x holds NaN or an infinity")
  }

  @Test("models that cannot be quantised", arguments: Command.allCases)
  func badModels(_ command: Command) throws {
    try expect(run(command, folder.file("none.onnx")), 1, "none.onnx: No such file")
    let broken = try folder.write("broken.onnx", Array(TinyModel.deep.prefix(100)))
    try expect(run(command, broken), 1, "broken.onnx: ")
    #expect(try run(.quantize, model, output: folder.file("int8.onnx")).exitCode == 0)
    try expect(run(command, folder.file("int8.onnx")), 1, "is quantised already")
    let image = try folder.write("image.onnx", TinyModel.image)
    _ = try folder.write("data/x.npy", [2, 3, 2, 4], Self.numbers(48))
    try expect(run(command, image), 1, "image.onnx: no layer of the model has a form in integers")
  }

  @Test("the model itself as output", arguments: Command.allCases)
  func outputIsInput(_ command: Command) throws {
    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    for output in [model, link] {
      try expect(
        run(command, model, output: output), 2, "is the input; choose another output")
    }
    #expect(try folder.read("model.onnx") == TinyModel.deep)
  }

  @Test("outputs that cannot be written", arguments: Command.allCases)
  func unwritableOutput(_ command: Command) throws {
    let nowhere = folder.file("none/out")
    try expect(run(command, model, output: nowhere), 1, "none/out: No such file or directory")
    try expect(run(command, model, output: "/dev/full"), 1, "No space left on device")
    // Files may not grow beyond one block of 512 bytes, and that is no signal but an error.
    let old = try folder.write("old", [1, 2, 3])
    let interrupted = try Invocation(
      command.arguments + [model, "-o", old, "--calibration", data],
      prelude: "trap '' XFSZ; ulimit -f 1; ")
    try expect(interrupted, 1, "old: File too large")
    #expect(try folder.read("old") == [1, 2, 3])
    #expect(try folder.contents == ["data", "model.onnx", "old"])
  }
}
