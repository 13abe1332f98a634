// SPDX-License-Identifier: Apache-2.0

/// Why a program was refused; every case says where.
///
/// Wording for people: `ProgramError+Description.swift`.
public enum ProgramError: Error, Equatable, Sendable {
  /// The file could not be opened or read; an errno.
  case cannotRead(errno: Int32)
  /// No memory for a copy of this many bytes.
  case outOfMemory(byteCount: Int)
  /// Borrowed memory does not start at a multiple of 64.
  case misaligned
  /// Shorter than a header.
  case truncated(byteCount: Int)
  /// The magic bytes are others.
  case notAProgram
  /// Written by a newer Thimble in a format this one does not know.
  case newerVersion(major: UInt16, minor: UInt16)
  /// A version that was never released.
  case unknownVersion(major: UInt16, minor: UInt16)
  /// The header states another size.
  case wrongSize(stated: UInt64, actual: Int)
  /// The bytes are not those that were written.
  case wrongChecksum
  /// A header field is out of range or a reserved byte is not 0.
  case invalidHeader
  /// A section is wrong; the kind is a `ProgramFormat.Section` when it is known.
  case section(kind: UInt32, SectionFault)
  /// A tensor record is wrong.
  case tensor(index: Int, TensorFault)
  /// A step record is wrong.
  case step(index: Int, StepFault)
  /// An entry point record is wrong.
  case entryPoint(index: Int, EntryPointFault)
  /// The header's arena is not what the tensors need.
  case arenaSize(stated: UInt64, needed: UInt64)
  /// The header's state block is not what the state section holds.
  case stateSize(stated: UInt64, needed: UInt64)
  /// The header's scratch is not what the steps need.
  case scratchSize(stated: UInt64, needed: UInt64)

  /// What is wrong with a section.
  public enum SectionFault: Equatable, Sendable {
    /// The format has no such section.
    case unknown
    /// Sections are not in the order of their kinds, or one is there twice.
    case outOfOrder
    /// A reserved byte of its entry is not 0.
    case malformed
    /// It does not start at the first multiple of 64 behind the one before.
    case misplaced
    /// It ends behind the file.
    case outOfBounds
    /// The bytes between it and the one before are not 0.
    case dirtyPadding
    /// It does not hold whole records, or not as many as it must.
    case wrongSize
    /// The names are not UTF-8 or the last one does not end.
    case invalidText
    /// A reserved byte or a field is out of range.
    case invalidRecord
  }

  /// What is wrong with a tensor record.
  public enum TensorFault: Equatable, Sendable {
    /// Too many axes, or a reserved byte is not 0.
    case malformed
    /// The format has no such dtype.
    case unknownDType
    /// The format has no such storage.
    case unknownStorage
    /// The name is outside the names section.
    case invalidName
    /// An extent is 0 or the byte count does not follow from the extents.
    case wrongSize
    /// The offset is not a multiple of what its storage asks.
    case misaligned
    /// It ends behind its storage.
    case outOfBounds
    /// Scale and zero point do not fit the dtype.
    case invalidQuantization
  }

  /// What is wrong with a step record.
  public enum StepFault: Equatable, Sendable {
    /// Too many operands, or a reserved byte is not 0.
    case malformed
    /// This engine has no such contract.
    case unknownContract(UInt16)
    /// The contract has another number of operands.
    case wrongOperandCount
    /// The parameters are misaligned, outside their section or of another size.
    case invalidParameterRange
    /// The contract does not allow these parameters.
    case invalidParameters
    /// The row range does not follow from the parameters.
    case wrongRows
    /// Chunks are empty or larger than the row range.
    case wrongRowsPerChunk
    /// Run-time extents came with a later version.
    case boundedExtent
    /// The name is outside the names section.
    case invalidName
    /// The contract is of the other float class.
    case wrongFloatClass
    /// An operand is wrong.
    case operand(index: Int, OperandFault)
  }

  /// What is wrong with one operand of a step.
  public enum OperandFault: Equatable, Sendable {
    /// There is no such tensor.
    case noSuchTensor
    /// The tensor is smaller than what the contract touches.
    case tooSmall
    /// The contract asks for another dtype.
    case wrongDType
    /// The contract checks this operand's contents at load, so it must be a constant.
    case notConstant
    /// The constant holds an index outside the image it points into.
    case invalidContents
    /// The written operand is a constant or an input.
    case notWritable
    /// The output shares bytes with it in a way the contract does not allow.
    case overlapsOutput
    /// The contract works in place, but the output is elsewhere.
    case notInPlace
  }

  /// What is wrong with an entry point record.
  public enum EntryPointFault: Equatable, Sendable {
    /// A reserved byte is not 0.
    case malformed
    /// There are more entry points than the format allows.
    case tooMany
    /// The name is outside the names section.
    case invalidName
    /// Another entry point has the same name.
    case duplicateName
    /// Steps outside the steps section.
    case invalidSteps
    /// Ports outside the ports section.
    case invalidPorts
    /// A port is no tensor, of the wrong storage, or listed twice.
    case invalidPort(index: Int)
    /// A step uses an input or output tensor that is no port of this entry point.
    case unboundTensor(step: Int)
    /// No step writes this output.
    case unwrittenOutput(index: Int)
  }
}
