// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("thimble inspect")
struct InspectCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("counts the memory of a program to the byte")
  func programMemory() throws {
    let program = try folder.compile(TinyModel.dense)
    let report = try thimble("inspect", program, "--json").json()
    func bytes(_ key: String) throws -> Int { try #require(report["\(key)_bytes"] as? Int) }

    #expect(try bytes("file") == folder.read("program.thimble").count)
    #expect(
      try bytes("total")
        == bytes("constants") + bytes("state") + bytes("arena") + bytes("io")
        + bytes("table") + #require(report["scratch_bytes_per_thread"] as? Int))
    #expect(try bytes("gap") == bytes("arena") - bytes("lower_bound"))
    #expect(try bytes("naive") >= bytes("arena"))
    #expect(try bytes("arena") >= bytes("lower_bound"))
    #expect(try bytes("thread_stack") > 0)
  }

  @Test("says where the peak is and what is live there")
  func peak() throws {
    let program = try folder.compile(TinyModel.deep)
    let report = try thimble("inspect", program, "--json").json()
    let steps = try #require(report["steps"] as? [[String: Any]])
    let live = steps.compactMap { $0["live_bytes"] as? Int }
    let peak = try #require(report["peak_step"] as? Int)
    let tensors = try #require(report["peak_tensors"] as? [[String: Any]])
    #expect(live.count == steps.count)
    #expect(live[peak] == live.max())
    #expect(live[peak] == tensors.compactMap { $0["bytes"] as? Int }.reduce(0, +))
  }

  @Test("names ports and steps for people")
  func programText() throws {
    let program = try folder.compile(TinyModel.dense)
    let result = try thimble("inspect", program)
    #expect(result.exitCode == 0)
    for part in ["program.thimble.onnx", "arena", "lower bound", "float32", "1x4", "f32_gemm"] {
      #expect(result.output.contains(part))
    }
  }

  @Test("lists what a model needs, supported or not")
  func model() throws {
    let model = try folder.write("model.onnx", TinyModel.unsupported)
    let result = try thimble("inspect", model)
    #expect(result.exitCode == 0)
    for part in ["ONNX", "Relu", "Frobnicate", "Grault", "first", "third", "not supported"] {
      #expect(result.output.contains(part))
    }
    let report = try thimble("inspect", model, "--json").json()
    let unsupported = try #require(report["unsupported_operators"] as? [[String: Any]])
    #expect(unsupported.compactMap { $0["name"] as? String } == ["Frobnicate", "Grault"])
  }

  @Test("prints the graph after each pass")
  func passes() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let result = try thimble("inspect", model, "--passes")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("── imported\n"))
    #expect(result.output.contains("FullyConnected("))
    #expect(try thimble("inspect", model, "--passes", "--json").exitCode == 2)
  }
}
