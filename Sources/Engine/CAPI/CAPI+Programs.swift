// SPDX-License-Identifier: Apache-2.0
import CThimble

// The functions of thimble.h, which documents them.

/// See `thimble.h`.
@c @implementation
public func thimble_version() -> UnsafePointer<CChar> { unsafe cString(engineVersion) }

/// See `thimble.h`.
@c @implementation
public func thimble_status_message(_ status: thimble_status) -> UnsafePointer<CChar> {
  unsafe cString(status.message)
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_load(
  _ path: UnsafePointer<CChar>, _ program: UnsafeMutablePointer<OpaquePointer?>,
  _ detail: UnsafeMutablePointer<thimble_detail>?
) -> thimble_status {
  unsafe make(program, detail) { () throws(ProgramError) in
    unsafe try Program(path: String(cString: path))
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_load_memory(
  _ data: UnsafeRawPointer, _ bytes: Int, _ copy: CInt,
  _ program: UnsafeMutablePointer<OpaquePointer?>, _ detail: UnsafeMutablePointer<thimble_detail>?
) -> thimble_status {
  unsafe make(program, detail) { () throws(ProgramError) in
    let buffer = unsafe UnsafeRawBufferPointer(start: data, count: bytes)
    return copy != 0 ? unsafe try Program(copying: buffer) : unsafe try Program(borrowing: buffer)
  }
}

private func make(
  _ result: UnsafeMutablePointer<OpaquePointer?>, _ detail: UnsafeMutablePointer<thimble_detail>?,
  _ load: () throws(ProgramError) -> Program
) -> thimble_status {
  unsafe result.pointee = nil
  do throws(ProgramError) {
    unsafe result.pointee = handle(for: try load())
    return THIMBLE_OK
  } catch {
    return unsafe report(error.status, error.detail, detail)
  }
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_free(_ program: OpaquePointer?) {
  unsafe release(program, as: Program.self)
}

// MARK: - Metadata

/// See `thimble.h`.
@c @implementation
public func thimble_program_name(_ program: OpaquePointer) -> UnsafePointer<CChar> {
  unsafe object(program, as: Program.self).cName(at: 0)
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_entry_point_count(_ program: OpaquePointer) -> UInt32 {
  UInt32(unsafe object(program, as: Program.self).tables.entryPointCount)
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_entry_point_name(
  _ program: OpaquePointer, _ entryPoint: UInt32
) -> UnsafePointer<CChar>? {
  let program = unsafe object(program, as: Program.self)
  guard let entry = program.entry(entryPoint) else { return nil }
  return unsafe program.cName(at: entry.name)
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_input_count(_ program: OpaquePointer, _ entryPoint: UInt32) -> UInt32 {
  unsafe object(program, as: Program.self).entry(entryPoint)?.inputCount ?? 0
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_output_count(_ program: OpaquePointer, _ entryPoint: UInt32) -> UInt32 {
  unsafe object(program, as: Program.self).entry(entryPoint)?.outputCount ?? 0
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_input(
  _ program: OpaquePointer, _ entryPoint: UInt32, _ index: UInt32,
  _ port: UnsafeMutablePointer<thimble_port>
) -> thimble_status {
  let program = unsafe object(program, as: Program.self)
  guard let entry = program.entry(entryPoint) else { return THIMBLE_NO_SUCH_ENTRY_POINT }
  guard index < entry.inputCount else { return THIMBLE_NO_SUCH_PORT }
  unsafe port.pointee = program.cPort(Int(entry.firstPort) + Int(index))
  return THIMBLE_OK
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_output(
  _ program: OpaquePointer, _ entryPoint: UInt32, _ index: UInt32,
  _ port: UnsafeMutablePointer<thimble_port>
) -> thimble_status {
  let program = unsafe object(program, as: Program.self)
  guard let entry = program.entry(entryPoint) else { return THIMBLE_NO_SUCH_ENTRY_POINT }
  guard index < entry.outputCount else { return THIMBLE_NO_SUCH_PORT }
  unsafe port.pointee = program.cPort(
    Int(entry.firstPort) + Int(entry.inputCount) + Int(index))
  return THIMBLE_OK
}

/// See `thimble.h`.
@c @implementation
public func thimble_program_memory(
  _ program: OpaquePointer, _ entryPoint: UInt32, _ memory: UnsafeMutablePointer<thimble_memory>
) -> thimble_status {
  let program = unsafe object(program, as: Program.self)
  guard program.entry(entryPoint) != nil else { return THIMBLE_NO_SUCH_ENTRY_POINT }
  guard let needed = program.memory(of: Int(entryPoint)) else { return THIMBLE_TOO_LARGE }
  unsafe memory.pointee = thimble_memory(
    constants: needed.constantsByteCount, file: needed.fileByteCount, arena: needed.arenaByteCount,
    state: needed.stateByteCount, ports: needed.portByteCount,
    scratch_per_thread: needed.scratchByteCountPerThread, tables: needed.tableByteCount,
    stack_per_thread: needed.stackByteCountPerThread)
  return THIMBLE_OK
}

extension Program {
  fileprivate func entry(_ index: UInt32) -> EntryPointRecord? {
    index < tables.entryPointCount ? entryPointRecord(Int(index)) : nil
  }

  /// A name in the file itself, which ends it with NUL.
  fileprivate func cName(at offset: UInt32) -> UnsafePointer<CChar> {
    // SAFETY: the verifier saw that a name starts here; the program keeps the file.
    guard let base = unsafe tables.memory.base else { return unsafe cString("") }
    let start = unsafe base + tables.range(of: .names).lowerBound + Int(offset)
    return unsafe start.assumingMemoryBound(to: CChar.self)
  }

  fileprivate func cPort(_ index: Int) -> thimble_port {
    let tensor = tensor(tables.port(index))
    var extents: [8 of UInt32] = .init(repeating: 0)
    for (axis, extent) in tensor.extents.enumerated() { extents[axis] = extent }
    return unsafe thimble_port(
      name: cName(at: tensor.name), dtype: thimble_dtype(UInt32(tensor.dtype)),
      rank: UInt32(tensor.extents.count),
      extents: (
        extents[0], extents[1], extents[2], extents[3], extents[4], extents[5], extents[6],
        extents[7]
      ), scale: tensor.scale, zero_point: tensor.zeroPoint, bytes: Int(tensor.bytes))
  }
}
