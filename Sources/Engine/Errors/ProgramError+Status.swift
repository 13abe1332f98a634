// SPDX-License-Identifier: Apache-2.0
import CThimble

extension ProgramError {
  /// The error as the C API numbers it.
  var status: thimble_status {
    switch self {
    case .cannotRead: THIMBLE_CANNOT_READ
    case .outOfMemory: THIMBLE_OUT_OF_MEMORY
    case .misaligned: THIMBLE_MISALIGNED_MEMORY
    case .truncated: THIMBLE_TRUNCATED
    case .notAProgram: THIMBLE_NOT_A_PROGRAM
    case .newerVersion: THIMBLE_NEWER_VERSION
    case .unknownVersion: THIMBLE_UNKNOWN_VERSION
    case .wrongSize: THIMBLE_WRONG_SIZE
    case .wrongChecksum: THIMBLE_WRONG_CHECKSUM
    case .invalidHeader: THIMBLE_INVALID_HEADER
    case .section(_, let fault): fault.status
    case .tensor(_, let fault): fault.status
    case .step(_, let fault): fault.status
    case .entryPoint(_, let fault): fault.status
    case .arenaSize: THIMBLE_ARENA_SIZE
    case .stateSize: THIMBLE_STATE_SIZE
    case .scratchSize: THIMBLE_SCRATCH_SIZE
    }
  }

  /// Where the error is.
  var detail: thimble_detail {
    var detail = thimble_detail.none
    switch self {
    case .misaligned, .notAProgram, .wrongChecksum, .invalidHeader: break
    case .cannotRead(let errno): detail.system_error = errno
    case .outOfMemory(let byteCount): detail.needed = Int64(byteCount)
    case .truncated(let byteCount): detail.given = Int64(byteCount)
    case .newerVersion(let major, let minor), .unknownVersion(let major, let minor):
      detail.needed = Int64(major)
      detail.given = Int64(minor)
    case .wrongSize(let stated, let actual):
      detail.needed = Int64(clamping: stated)
      detail.given = Int64(actual)
    case .arenaSize(let stated, let needed), .stateSize(let stated, let needed),
      .scratchSize(let stated, let needed):
      detail.needed = Int64(clamping: needed)
      detail.given = Int64(clamping: stated)
    case .section(let kind, _): detail.section = Int32(bitPattern: kind)
    case .tensor(let index, _): detail.tensor = Int32(clamping: index)
    case .step(let index, let fault):
      detail.step = Int32(clamping: index)
      switch fault {
      case .unknownContract(let id): detail.given = Int64(id)
      case .operand(let operand, _): detail.operand = Int32(clamping: operand)
      case .malformed, .wrongOperandCount, .invalidParameterRange, .invalidParameters, .wrongRows,
        .wrongRowsPerChunk, .boundedExtent, .invalidName, .wrongFloatClass:
        break
      }
    case .entryPoint(let index, let fault):
      detail.entry_point = Int32(clamping: index)
      switch fault {
      case .invalidPort(let port), .unwrittenOutput(let port):
        detail.port = Int32(clamping: port)
      case .unboundTensor(let step): detail.step = Int32(clamping: step)
      case .malformed, .tooMany, .invalidName, .duplicateName, .invalidSteps, .invalidPorts: break
      }
    }
    return detail
  }
}

extension thimble_detail {
  /// A detail that locates nothing.
  static let none = thimble_detail(
    section: -1, tensor: -1, step: -1, operand: -1, entry_point: -1, port: -1, system_error: -1,
    needed: -1, given: -1)
}

extension ProgramError.SectionFault {
  fileprivate var status: thimble_status {
    switch self {
    case .unknown: THIMBLE_SECTION_UNKNOWN
    case .outOfOrder: THIMBLE_SECTION_OUT_OF_ORDER
    case .malformed: THIMBLE_SECTION_MALFORMED
    case .misplaced: THIMBLE_SECTION_MISPLACED
    case .outOfBounds: THIMBLE_SECTION_OUT_OF_BOUNDS
    case .dirtyPadding: THIMBLE_SECTION_DIRTY_PADDING
    case .wrongSize: THIMBLE_SECTION_WRONG_SIZE
    case .invalidText: THIMBLE_SECTION_INVALID_TEXT
    case .invalidRecord: THIMBLE_SECTION_INVALID_RECORD
    }
  }
}

extension ProgramError.TensorFault {
  fileprivate var status: thimble_status {
    switch self {
    case .malformed: THIMBLE_TENSOR_MALFORMED
    case .unknownDType: THIMBLE_TENSOR_UNKNOWN_DTYPE
    case .unknownStorage: THIMBLE_TENSOR_UNKNOWN_STORAGE
    case .invalidName: THIMBLE_TENSOR_INVALID_NAME
    case .wrongSize: THIMBLE_TENSOR_WRONG_SIZE
    case .misaligned: THIMBLE_TENSOR_MISALIGNED
    case .outOfBounds: THIMBLE_TENSOR_OUT_OF_BOUNDS
    case .invalidQuantization: THIMBLE_TENSOR_INVALID_QUANTIZATION
    }
  }
}

extension ProgramError.StepFault {
  fileprivate var status: thimble_status {
    switch self {
    case .malformed: THIMBLE_STEP_MALFORMED
    case .unknownContract: THIMBLE_STEP_UNKNOWN_CONTRACT
    case .wrongOperandCount: THIMBLE_STEP_WRONG_OPERAND_COUNT
    case .invalidParameterRange: THIMBLE_STEP_INVALID_PARAMETER_RANGE
    case .invalidParameters: THIMBLE_STEP_INVALID_PARAMETERS
    case .wrongRows: THIMBLE_STEP_WRONG_ROWS
    case .wrongRowsPerChunk: THIMBLE_STEP_WRONG_ROWS_PER_CHUNK
    case .boundedExtent: THIMBLE_STEP_BOUNDED_EXTENT
    case .invalidName: THIMBLE_STEP_INVALID_NAME
    case .wrongFloatClass: THIMBLE_STEP_WRONG_FLOAT_CLASS
    case .operand(_, let fault): fault.status
    }
  }
}

extension ProgramError.OperandFault {
  fileprivate var status: thimble_status {
    switch self {
    case .noSuchTensor: THIMBLE_OPERAND_NO_SUCH_TENSOR
    case .tooSmall: THIMBLE_OPERAND_TOO_SMALL
    case .wrongDType: THIMBLE_OPERAND_WRONG_DTYPE
    case .notConstant: THIMBLE_OPERAND_NOT_CONSTANT
    case .invalidContents: THIMBLE_OPERAND_INVALID_CONTENTS
    case .notWritable: THIMBLE_OPERAND_NOT_WRITABLE
    case .overlapsOutput: THIMBLE_OPERAND_OVERLAPS_OUTPUT
    case .notInPlace: THIMBLE_OPERAND_NOT_IN_PLACE
    }
  }
}

extension ProgramError.EntryPointFault {
  fileprivate var status: thimble_status {
    switch self {
    case .malformed: THIMBLE_ENTRY_POINT_MALFORMED
    case .tooMany: THIMBLE_ENTRY_POINT_TOO_MANY
    case .invalidName: THIMBLE_ENTRY_POINT_INVALID_NAME
    case .duplicateName: THIMBLE_ENTRY_POINT_DUPLICATE_NAME
    case .invalidSteps: THIMBLE_ENTRY_POINT_INVALID_STEPS
    case .invalidPorts: THIMBLE_ENTRY_POINT_INVALID_PORTS
    case .invalidPort: THIMBLE_ENTRY_POINT_INVALID_PORT
    case .unboundTensor: THIMBLE_ENTRY_POINT_UNBOUND_TENSOR
    case .unwrittenOutput: THIMBLE_ENTRY_POINT_UNWRITTEN_OUTPUT
    }
  }
}
