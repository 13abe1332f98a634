// SPDX-License-Identifier: Apache-2.0
import Importers

extension ProgramReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    ([summary, "peak, at step \(peakStep)\n\(peakTable)"] + entryPoints.map(text)
      + ["steps\n\(stepTable)"])
      .joined(separator: "\n\n")
  }

  /// What the program is and what it takes.
  var summary: String {
    """
    \(file): \(escaped(model)), format \(formatVersion), float class \(floatClass)
    \(grouped(fileBytes)) bytes, \(grouped(steps.count)) steps, \
    \(grouped(macs)) multiply-accumulates

    memory
    \(memoryTable)
    """ + (quantization.map { "\n\n\($0)" } ?? "") + (storage.map { "\n\n\($0)" } ?? "")
  }

  private var memoryTable: String {
    var table = Table(("", .left), ("bytes", .right), ("", .left))
    table.append("constants", grouped(constantsBytes), "packed weights and tables, read-only")
    table.append("state", grouped(stateBytes), "")
    table.append(
      "arena", grouped(arenaBytes),
      "lower bound \(grouped(lowerBoundBytes)), gap \(grouped(gapBytes)); "
        + "\(grouped(naiveBytes)) without sharing")
    table.append("scratch", grouped(scratchBytesPerThread), "for each thread")
    table.append("calls", grouped(tableBytes), "prepared at load")
    table.append("inputs and outputs", grouped(ioBytes), "")
    table.append("together", grouped(totalBytes), "with one thread")
    table.append("stack", grouped(threadStackBytes), "for each further thread")
    return table.text
  }

  private var peakTable: String {
    var table = Table(("bytes", .right), ("at offset", .right), ("shape", .left), ("tensor", .left))
    for tensor in peakTensors {
      table.append(
        grouped(tensor.bytes), grouped(tensor.offset), shapeText(tensor.shape), escaped(tensor.name)
      )
    }
    return table.text
  }

  private func text(_ entryPoint: EntryPoint) -> String {
    var table = Table(("", .left), ("name", .left), ("dtype", .left), ("shape", .left), ("", .left))
    for (kind, ports) in [("input", entryPoint.inputs), ("output", entryPoint.outputs)] {
      for port in ports {
        table.append(
          kind, escaped(port.name), port.dtype, shapeText(port.shape), quantization(of: port))
      }
    }
    return "entry point \(escaped(entryPoint.name))\n\(table.text)"
  }

  private func quantization(of port: Port) -> String {
    guard let scale = port.scale, let zeroPoint = port.zeroPoint else { return "" }
    return "scale \(scale), zero point \(zeroPoint)"
  }

  private var stepTable: String {
    var table = Table(
      ("", .right), ("operator", .left), ("contract", .left), ("output", .left), ("MACs", .right),
      ("constants", .right), ("live bytes", .right), ("name", .left))
    for (index, step) in steps.enumerated() {
      table.append(
        "\(index)", escaped(step.operator ?? ""), step.contract, shapeText(step.outputShape),
        grouped(step.macs),
        grouped(step.constantsBytes), grouped(step.liveBytes), escaped(step.name))
    }
    return table.text
  }
}
