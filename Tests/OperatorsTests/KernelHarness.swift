// SPDX-License-Identifier: Apache-2.0
import CKernels
import CPlatform
import Engine
import Graph
import TensorCore
import Testing

/// Runs kernel requests straight from the kernel table, without compiler and engine.
///
/// Operands lie between guard bytes, activations at addresses aligned to their elements and no
/// more; the row range is cut in two.
struct KernelHarness {
  let isa: uk_isa

  /// The instruction sets that this CPU runs, scalar first.
  static let runnable: [uk_isa] = {
    let features = cp_cpu_features()
    let needed: [(uk_isa, cp_cpu_feature)] = [
      (.UK_ISA_SSE41, CP_CPU_SSE41), (.UK_ISA_AVX2, CP_CPU_AVX2),
      (.UK_ISA_AVXVNNI, CP_CPU_AVXVNNI), (.UK_ISA_AVX512, CP_CPU_AVX512),
      (.UK_ISA_AVX512VNNI, CP_CPU_AVX512VNNI), (.UK_ISA_NEON, CP_CPU_NEON),
    ]
    return [.UK_ISA_SCALAR] + needed.filter { features & $0.1.rawValue != 0 }.map { $0.0 }
  }()

  /// Whether the CPU runs the contracts of a float class.
  static func runs(_ floatClass: FloatClass) -> Bool {
    floatClass == .muladd || cp_cpu_features() & CP_CPU_FMA.rawValue != 0
  }

  /// The contract's kernel of this instruction set; `nil` when there is none.
  func kernel(of contract: uk_contract) -> uk_function? {
    (0..<uk_kernel_count).lazy.compactMap { uk_kernel_at($0)?.pointee }
      .first { $0.contract == contract && $0.isa == isa }?.function
  }

  /// Runs the steps in order and returns the output's bytes; `nil` when a kernel is missing.
  func run(
    _ requests: [KernelRequest], inputs: [TensorData], output: TensorType
  ) throws -> [UInt8]? {
    let result = GuardedMemory(byteCount: output.byteCount, alignment: output.dtype.byteCount)
    for request in requests {
      guard let kernel = kernel(of: request.contract) else { return nil }
      let requirements = try #require(
        stepRequirements(of: request.contract, parameters: request.parameters),
        "the engine refuses the parameters")
      var memories = request.operands.map { operand in
        switch operand {
        case .input(let index):
          GuardedMemory(inputs[index].bytes, alignment: inputs[index].type.dtype.byteCount)
        case .constant(let bytes, _): GuardedMemory(bytes, alignment: 64)
        case .output: result
        }
      }
      if requirements.isInPlace { memories[memories.count - 1] = memories[0] }
      try run(kernel, request, requirements, on: memories)
      // In place, the output is the first bytes of the input's memory.
      if requirements.isInPlace { result.fill(Array(memories[0].bytes.prefix(output.byteCount))) }
    }
    return result.bytes
  }

  private func run(
    _ kernel: uk_function, _ request: KernelRequest, _ requirements: StepRequirements,
    on memories: [GuardedMemory]
  ) throws {
    let parameters = GuardedMemory(request.parameters, alignment: 16)
    let scratch = GuardedMemory(byteCount: requirements.scratchBytes, alignment: 64)
    #expect(requirements.operands.count == memories.count)
    let arguments = UnsafeMutablePointer<uk_arguments>.allocate(capacity: 1)
    defer { arguments.deallocate() }
    UnsafeMutableRawPointer(arguments)
      .initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<uk_arguments>.size)
    arguments.pointee.parameters = UnsafeRawPointer(parameters.start)
    withUnsafeMutableBytes(of: &arguments.pointee.operands) { bytes in
      let rows = bytes.bindMemory(to: uk_rows.self)
      for (index, operand) in requirements.operands.enumerated() {
        let memory = memories[index]
        #expect(operand.bytes <= memory.byteCount, "operand \(index) is too small")
        rows[index] = uk_rows(
          data: memory.start, row_bytes: UInt32(operand.rowBytes),
          ring_rows: UInt32(max(operand.rowCount, 1)))
      }
    }
    let mode = cp_float_mode_enter()
    let (rows, middle) = (UInt32(requirements.rows), UInt32(requirements.rows / 2))
    if middle > 0 { kernel(arguments, 0, middle, scratch.start) }
    kernel(arguments, middle, rows, scratch.start)
    cp_float_mode_leave(mode)
    for (index, memory) in memories.enumerated() {
      #expect(memory.guardsAreIntact, "operand \(index): written outside")
    }
    #expect(scratch.guardsAreIntact, "written outside the scratch")
  }
}

/// Bytes between guards that a kernel must leave alone.
final class GuardedMemory {
  private static let guardBytes = 64
  private static let pattern: UInt8 = 0xA5

  let byteCount: Int
  let start: UnsafeMutablePointer<UInt8>
  private let block: UnsafeMutableRawBufferPointer

  /// Memory full of a pattern that is NaN in float32.
  init(byteCount: Int, alignment: Int) {
    self.byteCount = byteCount
    block = .allocate(byteCount: byteCount + 3 * Self.guardBytes, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: Self.pattern)
    // An odd multiple of the alignment, so that no more is given than was asked for.
    let offset = Self.guardBytes + (alignment < 64 ? alignment : 0)
    start = (block.baseAddress! + offset).assumingMemoryBound(to: UInt8.self)
    start.update(repeating: 0xFF, count: byteCount)
  }

  convenience init(_ bytes: [UInt8], alignment: Int) {
    self.init(byteCount: bytes.count, alignment: alignment)
    fill(bytes)
  }

  deinit { block.deallocate() }

  func fill(_ bytes: [UInt8]) {
    for (index, byte) in bytes.enumerated() { start[index] = byte }
  }

  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: byteCount)) }

  var guardsAreIntact: Bool {
    let first = start - block.assumingMemoryBound(to: UInt8.self).baseAddress!
    return block[..<first].allSatisfy { $0 == Self.pattern }
      && block[(first + byteCount)...].allSatisfy { $0 == Self.pattern }
  }
}
