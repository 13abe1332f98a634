// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// `run`: inputs from `.npy` files, outputs to `DIR/NAME.npy`.
func runCommand(_ options: RunnerOptions) throws(RunnerError) {
  guard let folder = options.output else { throw .usage("run needs --output DIR", argument: nil) }
  let loaded = try LoadedProgram(options)
  for input in options.inputs
  where !loaded.entry.inputs.contains(where: { $0.name.isText(input.name) }) {
    throw .usage("the program has no such input", argument: input.name)
  }
  for (index, port) in loaded.entry.inputs.enumerated() {
    guard let input = options.inputs.last(where: { $0.name.isText(port.name) }) else {
      throw .missingInput(port)
    }
    try loaded.setInput(index, to: elements(of: port, in: input.path))
  }
  try loaded.run()
  do throws(SystemError) {
    try SystemFile.makeFolder(folder)
  } catch {
    throw .file(error, path: folder)
  }
  for (index, port) in loaded.entry.outputs.enumerated() {
    let name = fileName(of: index, among: loaded.entry.outputs)
    let path = "\(folder)/\(name).npy"
    let file = numPyFile(port.type, try loaded.outputBytes(index))
    do throws(SystemError) {
      try SystemFile.write(file, to: path)
    } catch {
      throw .file(error, path: path)
    }
  }
}

/// The elements of an array file that must have the port's dtype and shape.
private func elements(of port: Port, in path: String) throws(RunnerError) -> [UInt8] {
  let file: [UInt8]
  do throws(SystemError) {
    file = try SystemFile.read(path)
  } catch {
    throw .file(error, path: path)
  }
  let header: NumPyHeader
  do throws(NumPyError) {
    header = try NumPyHeader(file)
  } catch {
    throw .array(error, path: path)
  }
  guard header.type.dtype == port.type.dtype, header.type.shape.extents == port.type.shape.extents
  else { throw .wrongArray(input: port, found: header) }
  return Array(file[header.dataOffset...])
}

/// The port's name as a file name: `/` becomes `_`, and a name that an earlier port has by then
/// gets the port's index.
private func fileName(of index: Int, among ports: [Port]) -> String {
  func plain(_ port: Port) -> [UInt8] {
    port.name.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
  }
  let name = plain(ports[index])
  let isTaken = ports[..<index].contains { plain($0) == name }
  return String(decoding: name, as: UTF8.self) + (isTaken ? "-\(index)" : "")
}
