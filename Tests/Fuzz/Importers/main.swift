// SPDX-License-Identifier: Apache-2.0
import CFuzzer
import Importers

// Any bytes are a model: an error or a graph, but never a trap. Run by tools/fuzz.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  _ = try? importModel(bytes)
  _ = try? ModelSummary(bytes)
  return 0
}
