// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import Engine
import Graph
import Importers
import TensorCore
import TensorFiles

/// `thimble compare`: where a program and the model's own runtime part.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare a program layer by layer with the runtime its model comes from.",
    discussion: """
      Every layer runs twice: on what the program's own layers before it gave, and alone, on the \
      numbers of the other side, which shows where a difference comes from. Exit code 1 when a \
      layer alone is off by more than rounding explains.
      """)

  @Argument(help: "The model: an .onnx or .tflite file.")
  var model: String

  @Argument(help: "A program of the model, or another form of the model; the model itself if none.")
  var file: String?

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "What an input holds, an array or an image, or its shape: image=1x3x224x224.",
      valueName: "name=file|shape"))
  var inputs: [InputArgument] = []

  @Option(help: "Where the numbers of inputs without a file come from.")
  var seed: UInt64 = 1

  @Option(
    help: "What to compare with: the model's own runtime, or the operators' meaning in Double.")
  var against = Oracle.runtime

  @Option(
    help: ArgumentHelp(
      "A Python interpreter with ONNX Runtime or LiteRT; found if made by tools/setup test.",
      valueName: "path"))
  var python: String?

  @OptionGroup var arguments: SessionArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  enum Oracle: String, ExpressibleByArgument, CaseIterable {
    case runtime, reference
  }

  func run() throws {
    let progress = ProgressBar()
    let inputs = CompareInputs(arguments: self.inputs, seed: seed)
    let options = try inputs.importOptions()
    let bytes = try readFile(model)
    let (foreign, graph) = try locating(model) {
      (try ForeignModel(bytes), try importModel(bytes, options: options))
    }
    let compiled = try locating(model) { try optimize(graph) }
    let program = try loadProgram(compiled, options)

    let map = LayerMap(foreign, graph)
    let layers = map.layers(of: program)
    let ports = program.entryPoints[0].inputs
    guard graph.hasInputs(ports) else {
      throw CommandError.nothingToCompare(model: model, file: file ?? model)
    }
    let contents = try inputs.tensors(for: ports)
    let runs = LayerRuns(
      session: try arguments.makeSession(program), layers: layers, inputs: contents)
    let named = zip(ports, contents).map { NamedTensor($0.name, $1) }
    let peer = try makePeer(graph, foreign, named, layers.map(\.foreignTensor), progress)
    let comparison = Comparison(
      imported: graph, compiled: compiled, map: map, runs: runs, peer: peer)
    let results = try comparison.compare(progress: progress)
    guard results.contains(where: { $0.compared != nil }) else {
      throw CommandError.nothingToCompare(model: model, file: file ?? model)
    }
    let report = CompareReport(
      model: model, file: file ?? model, peer: peer.name, results)
    if json { try printJSON(report) } else { print(report) }
    if let first = report.first {
      throw CommandError.layerDiffers(step: first.step, name: first.name)
    }
  }

  private func loadProgram(_ graph: Graph, _ options: ImportOptions) throws -> Program {
    guard let file else {
      return try locating(model) {
        try Program(copying: lower(graph, options: CompileOptions()).bytes)
      }
    }
    if isProgram(file) { return try locating(file) { try Program(path: file) } }
    let bytes = try readFile(file)
    return try locating(file) {
      let other = try importModel(bytes, options: options)
      return try Program(copying: compile(other).bytes)
    }
  }

  private func makePeer(
    _ graph: Graph, _ foreign: ForeignModel, _ inputs: [NamedTensor], _ wanted: [String],
    _ progress: ProgressBar
  ) throws -> Peer {
    switch against {
    case .runtime:
      progress.begin("running the model's own runtime", of: 1)
      let runtime = try RuntimePeer(
        PythonEnvironment(named: python), model: model, isTFLite: foreign.format == .tflite,
        inputs: inputs, wanted: wanted)
      return Peer(name: runtime.name, isExact: false, values: runtime.value)
    case .reference:
      progress.begin("computing the reference", of: 1)
      let reference = ReferencePeer(
        graph, foreign, inputs: inputs.map(\.tensor), wanted: Set(wanted))
      return Peer(name: "the reference", isExact: true, values: reference.value)
    }
  }
}

extension Graph {
  /// Whether a program's inputs are the graph's.
  fileprivate func hasInputs(_ ports: [Engine.Port]) -> Bool {
    inputs.count == ports.count
      && zip(inputs, ports).allSatisfy { input, port in
        let type = type(of: input.value)
        return input.name == port.name && type.dtype == port.type.dtype
          && type.shape == port.type.shape
      }
  }
}
