// SPDX-License-Identifier: Apache-2.0
import CPlatform

/// Why a thread pool could not be made.
public enum ThreadPoolError: Error, Equatable, Sendable {
  /// Not between 1 and `ThreadPool.maximumThreadCount`.
  case invalidThreadCount(Int)
  /// No memory.
  case outOfMemory
  /// The system refused a thread; an errno.
  case cannotStartThread(errno: Int32)
}

/// Threads that sessions share.
///
/// The thread that runs a session takes part, so a pool of `n` starts `n - 1`. They spin for at
/// most 50 µs for the next step, then sleep. When several sessions run at once, each on a thread of
/// its own, the pool's threads join only as far as no more than `n` work; one that finds the pool
/// taken runs its step alone. The bits are the same.
@safe public final class ThreadPool: @unchecked Sendable {
  /// The most threads of a pool.
  public static let maximumThreadCount = Int(CP_GANG_MAX_THREADS)

  /// The stack of each thread the pool starts, in bytes.
  public static let stackByteCount = Int(CP_GANG_STACK_BYTES)

  /// CPUs this process may run on.
  public static var availableCPUCount: Int { Int(cp_cpu_count()) }

  /// The threads that share a step, the caller's included.
  public let threadCount: Int

  // SAFETY: made in `init`, freed in `deinit`; the gang does its own locking.
  let gang: OpaquePointer

  /// Starts the threads.
  ///
  /// - Throws: `ThreadPoolError`; no thread is left running then.
  public init(threads: Int) throws(ThreadPoolError) {
    guard threads >= 1, threads <= ThreadPool.maximumThreadCount else {
      throw .invalidThreadCount(threads)
    }
    var created: OpaquePointer?
    // SAFETY: the result is a variable of this scope.
    let error = unsafe cp_gang_create(UInt32(threads), &created)
    guard error == 0, let gang = unsafe created else {
      throw error == cp_error_no_memory ? .outOfMemory : .cannotStartThread(errno: error)
    }
    threadCount = threads
    unsafe self.gang = gang
  }

  deinit { unsafe cp_gang_free(gang) }

  /// A session begins a run on the calling thread, which is one of the pool's then.
  func enter() { unsafe cp_gang_enter(gang) }

  /// The run ended.
  func leave() { unsafe cp_gang_leave(gang) }
}
