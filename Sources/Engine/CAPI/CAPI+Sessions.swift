// SPDX-License-Identifier: Apache-2.0
import CThimble

// The functions of thimble.h, which documents them.

/// See `thimble.h`.
@c @implementation
public func thimble_pool_create(
  _ threads: UInt32, _ pool: UnsafeMutablePointer<OpaquePointer?>,
  _ detail: UnsafeMutablePointer<thimble_detail>?
) -> thimble_status {
  unsafe pool.pointee = nil
  do throws(ThreadPoolError) {
    unsafe pool.pointee = handle(for: try ThreadPool(threads: Int(threads)))
    return THIMBLE_OK
  } catch {
    return unsafe report(error.status, error.detail, detail)
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_pool_free(_ pool: OpaquePointer?) {
  unsafe release(pool, as: ThreadPool.self)
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_create(
  _ program: OpaquePointer, _ options: UnsafePointer<thimble_session_options>?,
  _ session: UnsafeMutablePointer<OpaquePointer?>, _ detail: UnsafeMutablePointer<thimble_detail>?
) -> thimble_status {
  unsafe session.pointee = nil
  let program = unsafe object(program, as: Program.self)
  let given = unsafe options?.pointee ?? thimble_session_options()
  var choices = Session.Options()
  choices.entryPoint = Int(unsafe given.entry_point)
  choices.ownsPortBuffers = unsafe given.binds_ports == 0
  switch unsafe given.isa_limit {
  case THIMBLE_ISA_BEST: choices.instructionSetLimit = nil
  case THIMBLE_ISA_SCALAR: choices.instructionSetLimit = .scalar
  case THIMBLE_ISA_SSE41: choices.instructionSetLimit = .sse41
  case THIMBLE_ISA_AVX2: choices.instructionSetLimit = .avx2
  case THIMBLE_ISA_AVX512: choices.instructionSetLimit = .avx512
  case THIMBLE_ISA_AVXVNNI: choices.instructionSetLimit = .avxvnni
  case THIMBLE_ISA_AVX512VNNI: choices.instructionSetLimit = .avx512vnni
  case THIMBLE_ISA_NEON: choices.instructionSetLimit = .neon
  default: return THIMBLE_INVALID_ARGUMENT
  }
  if let pool = unsafe given.pool {
    choices.pool = unsafe object(pool, as: ThreadPool.self)
  }
  do throws(SessionError) {
    let made =
      if let arena = unsafe given.arena {
        unsafe try Session(
          program, options: choices,
          arena: UnsafeMutableRawBufferPointer(start: arena, count: given.arena_bytes))
      } else {
        try Session(program, options: choices)
      }
    unsafe session.pointee = handle(for: made)
    return THIMBLE_OK
  } catch {
    return unsafe report(error.status, error.detail, detail)
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_free(_ session: OpaquePointer?) {
  unsafe release(session, as: Session.self)
}

// MARK: - Buffers

/// See `thimble.h`.
@c @implementation
public func thimble_session_input(
  _ session: OpaquePointer, _ index: UInt32, _ bytes: UnsafeMutablePointer<Int>?
) -> UnsafeMutableRawPointer? {
  do throws(SessionError) {
    let buffer = unsafe try object(session, as: Session.self).inputBuffer(Int(index))
    unsafe bytes?.pointee = buffer.count
    return buffer.baseAddress
  } catch {
    return nil
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_output(
  _ session: OpaquePointer, _ index: UInt32, _ bytes: UnsafeMutablePointer<Int>?
) -> UnsafeRawPointer? {
  do throws(SessionError) {
    let buffer = unsafe try object(session, as: Session.self).outputBuffer(Int(index))
    unsafe bytes?.pointee = buffer.count
    return buffer.baseAddress
  } catch {
    return nil
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_bind_input(
  _ session: OpaquePointer, _ index: UInt32, _ data: UnsafeRawPointer, _ bytes: Int
) -> thimble_status {
  do throws(SessionError) {
    let buffer = unsafe UnsafeRawBufferPointer(start: data, count: bytes)
    unsafe try object(session, as: Session.self).bindInput(Int(index), to: buffer)
    return THIMBLE_OK
  } catch {
    return error.status
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_bind_output(
  _ session: OpaquePointer, _ index: UInt32, _ data: UnsafeMutableRawPointer, _ bytes: Int
) -> thimble_status {
  do throws(SessionError) {
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: data, count: bytes)
    unsafe try object(session, as: Session.self).bindOutput(Int(index), to: buffer)
    return THIMBLE_OK
  } catch {
    return error.status
  }
}

// MARK: - Running

/// See `thimble.h`.
@c @implementation
public func thimble_session_run(_ session: OpaquePointer) -> thimble_status {
  switch unsafe object(session, as: Session.self).run() {
  case .completed: THIMBLE_OK
  case .stopped: THIMBLE_STOPPED
  case .unboundPort: THIMBLE_UNBOUND_PORT
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_stop(_ session: OpaquePointer) {
  unsafe object(session, as: Session.self).stopFlag.raise()
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_resume(_ session: OpaquePointer) {
  unsafe object(session, as: Session.self).stopFlag.clear()
}

/// See `thimble.h`.
@c @implementation
public func thimble_session_reset_state(_ session: OpaquePointer) {
  unsafe object(session, as: Session.self).resetState()
}
