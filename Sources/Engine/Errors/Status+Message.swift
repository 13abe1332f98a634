// SPDX-License-Identifier: Apache-2.0
import CThimble

extension thimble_status {
  /// What the status means, in a sentence without a full stop.
  ///
  /// All wording of the engine is here.
  var message: StaticString {
    switch self {
    case THIMBLE_OK: "it worked"
    case THIMBLE_STOPPED: "the run was stopped; its outputs are not valid"
    case THIMBLE_UNBOUND_PORT: "an input or output has no buffer"

    case THIMBLE_CANNOT_READ: "the file cannot be read"
    case THIMBLE_OUT_OF_MEMORY: "there is not enough memory"
    case THIMBLE_MISALIGNED_MEMORY: "a program in memory must start at a multiple of 64"
    case THIMBLE_TRUNCATED: "the file is cut off"
    case THIMBLE_NOT_A_PROGRAM: "the file is no Thimble program"
    case THIMBLE_NEWER_VERSION: "the file was written by a newer Thimble; update the engine"
    case THIMBLE_UNKNOWN_VERSION: "the file has a version that was never released"
    case THIMBLE_WRONG_SIZE: "the file has not the size it states; it was cut off or damaged"
    case THIMBLE_WRONG_CHECKSUM: "the file is damaged: its checksum is wrong"
    case THIMBLE_INVALID_HEADER: "the header is invalid"
    case THIMBLE_ARENA_SIZE: "the stated arena is not what the tensors need"
    case THIMBLE_STATE_SIZE: "the stated state is not as large as the state section"
    case THIMBLE_SCRATCH_SIZE: "the stated scratch is not what the steps need"

    case THIMBLE_SECTION_UNKNOWN: "the format has no such section"
    case THIMBLE_SECTION_OUT_OF_ORDER: "sections are out of order"
    case THIMBLE_SECTION_MALFORMED: "its entry is malformed"
    case THIMBLE_SECTION_MISPLACED: "it does not follow the section before it"
    case THIMBLE_SECTION_OUT_OF_BOUNDS: "it ends behind the file"
    case THIMBLE_SECTION_DIRTY_PADDING: "the padding before it is not zero"
    case THIMBLE_SECTION_WRONG_SIZE: "its size is wrong"
    case THIMBLE_SECTION_INVALID_TEXT: "it is not UTF-8 text"
    case THIMBLE_SECTION_INVALID_RECORD: "its record is invalid"

    case THIMBLE_TENSOR_MALFORMED: "its record is malformed"
    case THIMBLE_TENSOR_UNKNOWN_DTYPE: "its dtype is unknown"
    case THIMBLE_TENSOR_UNKNOWN_STORAGE: "its storage is unknown"
    case THIMBLE_TENSOR_INVALID_NAME: "its name is outside the names"
    case THIMBLE_TENSOR_WRONG_SIZE: "its size does not follow from its shape"
    case THIMBLE_TENSOR_MISALIGNED: "its offset is misaligned"
    case THIMBLE_TENSOR_OUT_OF_BOUNDS: "it ends behind its storage"
    case THIMBLE_TENSOR_INVALID_QUANTIZATION: "its quantisation does not fit its dtype"

    case THIMBLE_STEP_MALFORMED: "its record is malformed"
    case THIMBLE_STEP_UNKNOWN_CONTRACT: "this engine does not know its kernel; update the engine"
    case THIMBLE_STEP_WRONG_OPERAND_COUNT: "it has the wrong number of operands"
    case THIMBLE_STEP_INVALID_PARAMETER_RANGE: "its parameters are not where they must be"
    case THIMBLE_STEP_INVALID_PARAMETERS: "its parameters are invalid"
    case THIMBLE_STEP_WRONG_ROWS: "its rows do not follow from its parameters"
    case THIMBLE_STEP_WRONG_ROWS_PER_CHUNK: "its chunks do not fit its rows"
    case THIMBLE_STEP_BOUNDED_EXTENT: "this version knows no run-time extents"
    case THIMBLE_STEP_INVALID_NAME: "its name is outside the names"
    case THIMBLE_STEP_WRONG_FLOAT_CLASS: "its float class is not the program's"

    case THIMBLE_OPERAND_NO_SUCH_TENSOR: "there is no such tensor"
    case THIMBLE_OPERAND_TOO_SMALL: "the tensor is too small"
    case THIMBLE_OPERAND_WRONG_DTYPE: "the tensor has the wrong dtype"
    case THIMBLE_OPERAND_NOT_CONSTANT: "a table must be a constant"
    case THIMBLE_OPERAND_INVALID_CONTENTS: "the table points outside the image"
    case THIMBLE_OPERAND_NOT_WRITABLE: "a constant or an input cannot be written"
    case THIMBLE_OPERAND_OVERLAPS_OUTPUT: "the output overwrites it"
    case THIMBLE_OPERAND_NOT_IN_PLACE: "the output must be on the first operand"

    case THIMBLE_ENTRY_POINT_MALFORMED: "its record is malformed"
    case THIMBLE_ENTRY_POINT_TOO_MANY: "there are too many entry points"
    case THIMBLE_ENTRY_POINT_INVALID_NAME: "its name is outside the names"
    case THIMBLE_ENTRY_POINT_DUPLICATE_NAME: "its name is taken"
    case THIMBLE_ENTRY_POINT_INVALID_STEPS: "its steps are outside the program"
    case THIMBLE_ENTRY_POINT_INVALID_PORTS: "its ports are outside the program"
    case THIMBLE_ENTRY_POINT_INVALID_PORT: "the port is not a tensor of the right kind"
    case THIMBLE_ENTRY_POINT_UNBOUND_TENSOR: "a step uses a port of another entry point"
    case THIMBLE_ENTRY_POINT_UNWRITTEN_OUTPUT: "no step writes the output"

    case THIMBLE_NO_SUCH_ENTRY_POINT: "the program has no such entry point"
    case THIMBLE_NEEDS_FMA:
      "this CPU has no fused multiply-add; compile the program with --float muladd"
    case THIMBLE_NO_KERNEL: "no kernel is for this CPU and instruction set limit"
    case THIMBLE_TOO_LARGE: "the program needs more memory than this machine can address"
    case THIMBLE_ARENA_TOO_SMALL: "the arena is too small"
    case THIMBLE_MISALIGNED_ARENA: "the arena must start at a multiple of 64"
    case THIMBLE_NO_SUCH_PORT: "there is no such input or output"
    case THIMBLE_WRONG_BUFFER_SIZE: "the buffer has the wrong size"
    case THIMBLE_NO_OWN_BUFFER: "the session has no buffers of its own"
    case THIMBLE_MISALIGNED_BUFFER: "the buffer is misaligned for its elements"

    case THIMBLE_INVALID_THREAD_COUNT: "the number of threads is out of range"
    case THIMBLE_CANNOT_START_THREAD: "the system refuses to start a thread"

    case THIMBLE_INVALID_ARGUMENT: "an argument is invalid"

    // From C may come any number.
    default: "unknown status"
    }
  }
}
