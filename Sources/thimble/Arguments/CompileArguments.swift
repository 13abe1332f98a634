// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler

/// What a compilation may choose.
struct CompileArguments: ParsableArguments {
  @Option(
    name: .customLong("float"),
    help: "How float32 multiply-adds round; fma needs a CPU that has it.")
  var floatClass = FloatArgument.fma

  @Option(
    name: .customLong("arena"),
    help: ArgumentHelp("The most bytes the arena may take: 512KiB, 64MiB.", valueName: "size"))
  var arenaBudget: ByteSize?

  @Option(
    name: .customLong("memory"),
    help: ArgumentHelp("The most bytes the program may take altogether.", valueName: "size"))
  var memoryBudget: ByteSize?

  @Option(help: "Whether depthwise convolutions may write over their input, which costs time.")
  var inPlaceDepthwise = InPlaceDepthwise.auto

  @Option(
    name: .customLong("io"),
    help: "The type of inputs and outputs; the model's own unless told otherwise.")
  var portType: PortTypeArgument?

  enum PortTypeArgument: String, ExpressibleByArgument, CaseIterable {
    case float32, int8, uint8
  }

  enum FloatArgument: String, ExpressibleByArgument, CaseIterable {
    case fma, muladd
  }

  enum InPlaceDepthwise: String, ExpressibleByArgument, CaseIterable {
    case never, auto
  }

  /// Whether inputs and outputs are asked to be integers.
  var hasIntegerPorts: Bool { portType == .int8 || portType == .uint8 }

  func compileOptions(modelPath: String) -> CompileOptions {
    var options = CompileOptions()
    options.floatClass =
      switch floatClass {
      case .fma: .fma
      case .muladd: .muladd
      }
    options.arenaBudget = arenaBudget?.byteCount
    options.memoryBudget = memoryBudget?.byteCount
    options.inPlaceDepthwise =
      switch inPlaceDepthwise {
      case .never: .never
      case .auto: .whenItLowersThePeak
      }
    options.portType = portType.map {
      switch $0 {
      case .float32: .float32
      case .int8: .int8
      case .uint8: .uint8
      }
    }
    options.sourceName = modelName(modelPath)
    return options
  }
}
