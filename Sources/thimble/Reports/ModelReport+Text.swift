// SPDX-License-Identifier: Apache-2.0
import Importers

extension ModelReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    var sections = [heading, "inputs\n\(table(of: inputs))", "outputs\n\(table(of: outputs))"]
    sections.append("operators\n\(operatorTable)")
    if !unsupportedOperators.isEmpty {
      sections.append("not supported, so the model does not compile\n\(unsupportedTable)")
    }
    if let obstacle { sections.append("the model does not compile\n  \(obstacle)") }
    return sections.joined(separator: "\n\n")
  }

  private var heading: String {
    let origin = producer.isEmpty ? "" : ", by \(escaped(producer))"
    return """
      \(file): \(format), version \(version)\(origin)
      \(grouped(fileBytes)) bytes, \(grouped(parameters)) parameters in \
      \(grouped(parameterBytes)) bytes
      """
  }

  private func table(of ports: [Port]) -> String {
    var table = Table(("name", .left), ("dtype", .left), ("shape", .left))
    for port in ports {
      table.append(escaped(port.name), escaped(port.dtype ?? "unknown"), port.shape)
    }
    return table.text
  }

  private var operatorTable: String {
    var table = Table(("name", .left), ("count", .right))
    for item in operators { table.append(escaped(item.name), grouped(item.count)) }
    return table.text
  }

  private var unsupportedTable: String {
    var table = Table(
      ("name", .left), ("count", .right), ("first node", .left), ("at byte", .right))
    for item in unsupportedOperators {
      table.append(
        escaped(item.name), grouped(item.count), escaped(item.firstNode),
        grouped(item.byteOffset))
    }
    return table.text
  }
}
