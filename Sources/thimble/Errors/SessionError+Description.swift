// SPDX-License-Identifier: Apache-2.0
import Engine

extension SessionError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .noSuchEntryPoint(let index): "the program has no entry point \(index)"
    case .needsFusedMultiplyAdd(let step):
      "step \(step) needs fused multiply-add, which this CPU lacks; compile with --float muladd"
    case .noKernel(let step): "no kernel of step \(step) runs on this CPU"
    case .outOfMemory(let byteCount): "there is no memory for \(grouped(byteCount)) bytes"
    case .tooLarge: "the program needs more memory than this machine can address"
    case .arenaTooSmall(let needed, let given):
      "the arena has \(grouped(given)) bytes, the program needs \(grouped(needed))"
    case .misalignedArena: "the arena does not start at a multiple of 64"
    case .noSuchPort(let index): "the program has no port \(index)"
    case .wrongBufferSize(let needed, let given):
      "a buffer has \(grouped(given)) bytes, the port \(grouped(needed))"
    case .noOwnBuffer: "the session has no buffer for the port"
    case .misalignedBuffer: "a buffer does not start at a multiple of its elements' size"
    }
  }
}

extension ThreadPoolError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .invalidThreadCount(let count):
      "there cannot be \(count) threads, only 1 to \(ThreadPool.maximumThreadCount)"
    case .outOfMemory: "there is no memory for the threads"
    case .cannotStartThread(let errno): "a thread cannot be started: error \(errno)"
    }
  }
}
