// SPDX-License-Identifier: Apache-2.0

/// The memory of one entry point, to the byte: the engine uses this and no more.
public struct MemoryRequirements: Equatable, Sendable {
  /// Weights and other constants, read-only in the file; shared by all sessions.
  public let constantsByteCount: Int
  /// The whole file, which is mapped or copied once for all sessions.
  public let fileByteCount: Int
  /// Activations, of each session.
  public let arenaByteCount: Int
  /// Trainable parameters and the like, of each session.
  public let stateByteCount: Int
  /// Input and output buffers, of each session unless the caller binds others.
  public let portByteCount: Int
  /// Scratch, of each thread of each session.
  public let scratchByteCountPerThread: Int
  /// Calls prepared for the run loop, of each session.
  public let tableByteCount: Int
  /// The stack of each thread that a `ThreadPool` starts.
  public let stackByteCountPerThread: Int

  /// What one session takes from the heap when it owns arena and buffers.
  public func sessionByteCount(threads: Int) -> Int {
    tableByteCount + stateByteCount + scratchByteCountPerThread * threads + arenaByteCount
      + portByteCount
  }
}

extension Program {
  /// What an entry point takes, or `nil` when the index is out of range or the sizes are more than
  /// this machine can address.
  public func memory(of entryPoint: Int) -> MemoryRequirements? {
    guard entryPoint >= 0, entryPoint < tables.entryPointCount,
      let layout = SessionLayout(
        self, entryPointRecord(entryPoint), threads: 1, ownsArena: true, ownsState: true,
        ownsBuffers: true)
    else { return nil }
    return MemoryRequirements(
      constantsByteCount: byteCount(of: .constants), fileByteCount: fileByteCount,
      arenaByteCount: layout.arena.count, stateByteCount: layout.state.count,
      portByteCount: layout.buffers.count, scratchByteCountPerThread: layout.scratchStride,
      tableByteCount: layout.calls.count + layout.ports.count,
      stackByteCountPerThread: ThreadPool.stackByteCount)
  }
}
