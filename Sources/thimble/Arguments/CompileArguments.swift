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

  enum FloatArgument: String, ExpressibleByArgument, CaseIterable {
    case fma, muladd
  }

  enum InPlaceDepthwise: String, ExpressibleByArgument, CaseIterable {
    case never, auto
  }

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
    options.sourceName = modelName(modelPath)
    return options
  }
}
