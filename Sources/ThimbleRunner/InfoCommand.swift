// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// `info`: what a program takes and gives, and what memory it needs.
func infoCommand(_ options: RunnerOptions) throws(RunnerError) {
  let program = try RunnerError.loading(options.path)
  var text = "program  \(program.name)\n"
  for entry in program.entryPoints {
    text += "entry    \(entry.name)\n"
    for port in entry.inputs { text += "  input  \(port.name)  \(port.type.text)\n" }
    for port in entry.outputs { text += "  output \(port.name)  \(port.type.text)\n" }
    guard let memory = program.memory(of: entry.index) else { throw .session(.tooLarge) }
    text += """
        constants \(memory.constantsByteCount) bytes
        arena     \(memory.arenaByteCount) bytes
        state     \(memory.stateByteCount) bytes
        ports     \(memory.portByteCount) bytes
        scratch   \(memory.scratchByteCountPerThread) bytes a thread
        tables    \(memory.tableByteCount) bytes
        stack     \(memory.stackByteCountPerThread) bytes for each thread beyond the first

      """
  }
  SystemProcess.write(text, to: .output)
}
