// SPDX-License-Identifier: Apache-2.0
import CThimble

extension SessionError {
  /// The error as the C API numbers it.
  var status: thimble_status {
    switch self {
    case .noSuchEntryPoint: THIMBLE_NO_SUCH_ENTRY_POINT
    case .needsFusedMultiplyAdd: THIMBLE_NEEDS_FMA
    case .noKernel: THIMBLE_NO_KERNEL
    case .outOfMemory: THIMBLE_OUT_OF_MEMORY
    case .tooLarge: THIMBLE_TOO_LARGE
    case .arenaTooSmall: THIMBLE_ARENA_TOO_SMALL
    case .misalignedArena: THIMBLE_MISALIGNED_ARENA
    case .noSuchPort: THIMBLE_NO_SUCH_PORT
    case .wrongBufferSize: THIMBLE_WRONG_BUFFER_SIZE
    case .noOwnBuffer: THIMBLE_NO_OWN_BUFFER
    case .misalignedBuffer: THIMBLE_MISALIGNED_BUFFER
    }
  }

  /// Where the error is.
  var detail: thimble_detail {
    var detail = thimble_detail.none
    switch self {
    case .noSuchEntryPoint(let index): detail.entry_point = Int32(clamping: index)
    case .needsFusedMultiplyAdd(let step), .noKernel(let step): detail.step = Int32(clamping: step)
    case .outOfMemory(let byteCount): detail.needed = Int64(byteCount)
    case .arenaTooSmall(let needed, let given), .wrongBufferSize(let needed, let given):
      detail.needed = Int64(needed)
      detail.given = Int64(given)
    case .noSuchPort(let index): detail.port = Int32(clamping: index)
    case .tooLarge, .misalignedArena, .noOwnBuffer, .misalignedBuffer: break
    }
    return detail
  }
}

extension ThreadPoolError {
  /// The error as the C API numbers it.
  var status: thimble_status {
    switch self {
    case .invalidThreadCount: THIMBLE_INVALID_THREAD_COUNT
    case .outOfMemory: THIMBLE_OUT_OF_MEMORY
    case .cannotStartThread: THIMBLE_CANNOT_START_THREAD
    }
  }

  /// Where the error is.
  var detail: thimble_detail {
    var detail = thimble_detail.none
    switch self {
    case .invalidThreadCount(let count): detail.given = Int64(count)
    case .cannotStartThread(let errno): detail.system_error = errno
    case .outOfMemory: break
    }
    return detail
  }
}
