// SPDX-License-Identifier: Apache-2.0
import Engine

/// The prose of the engine's refusals; the engine itself carries no text.
extension ProgramError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .cannotRead(let errno): "the program cannot be read: error \(errno)"
    case .outOfMemory(let byteCount): "there is no memory for \(grouped(byteCount)) bytes"
    case .misaligned: "the program's memory does not start at a multiple of 64"
    case .truncated(let byteCount): "the file has only \(byteCount) bytes: it is cut short"
    case .notAProgram: "the file is no program"
    case .newerVersion(let major, let minor):
      "the program has format \(major).\(minor), which is newer than this Thimble; compile the "
        + "model again or take a newer Thimble"
    case .unknownVersion(let major, let minor):
      "the program has format \(major).\(minor), which never was; the file is damaged"
    case .wrongSize(let stated, let actual):
      "the file has \(actual) bytes and states \(stated): it is cut short or damaged"
    case .wrongChecksum: "the checksum is wrong: the file is damaged"
    case .invalidHeader: "the header is not valid: the file is damaged"
    case .section(let kind, let fault):
      "the section \(sectionName(kind)) \(fault): the file is damaged"
    case .tensor(let index, let fault): "tensor \(index) \(fault): the file is damaged"
    case .step(let index, let fault): "step \(index) \(fault)"
    case .entryPoint(let index, let fault): "entry point \(index) \(fault): the file is damaged"
    case .arenaSize(let stated, let needed):
      "the header states an arena of \(stated) bytes, the tensors need \(needed)"
    case .stateSize(let stated, let needed):
      "the header states \(stated) bytes of state, the program has \(needed)"
    case .scratchSize(let stated, let needed):
      "the header states \(stated) bytes of scratch, the steps need \(needed)"
    }
  }

  private func sectionName(_ kind: UInt32) -> String {
    ProgramFormat.Section(rawValue: kind).map { "\($0)" } ?? "\(kind)"
  }
}

extension ProgramError.SectionFault: CustomStringConvertible {
  /// What is wrong, to follow the name of the part.
  public var description: String {
    switch self {
    case .unknown: "is not one of the format's"
    case .outOfOrder: "is out of order or there twice"
    case .malformed: "has a malformed entry"
    case .misplaced: "does not follow the one before it"
    case .outOfBounds: "ends behind the file"
    case .dirtyPadding: "has bytes other than 0 in front of it"
    case .wrongSize: "does not hold the records it must"
    case .invalidText: "is not text as it must be"
    case .invalidRecord: "has a record out of range"
    }
  }
}

extension ProgramError.TensorFault: CustomStringConvertible {
  /// What is wrong, to follow the name of the part.
  public var description: String {
    switch self {
    case .malformed: "is malformed"
    case .unknownDType: "has a dtype that the format does not have"
    case .unknownStorage: "is stored where the format has no place"
    case .invalidName: "has no valid name"
    case .wrongSize: "has another size than its shape"
    case .misaligned: "is misaligned"
    case .outOfBounds: "ends behind its storage"
    case .invalidQuantization: "has a scale or zero point that does not fit its dtype"
    }
  }
}

extension ProgramError.StepFault: CustomStringConvertible {
  /// What is wrong, to follow the name of the part.
  public var description: String {
    switch self {
    case .malformed: "is malformed"
    case .unknownContract(let contract):
      "needs contract \(contract), which this Thimble does not have"
    case .wrongOperandCount: "has another number of operands than its contract"
    case .invalidParameterRange: "has parameters outside their section"
    case .invalidParameters: "has parameters that its contract does not allow"
    case .wrongRows: "has a row range that does not follow from its parameters"
    case .wrongRowsPerChunk: "has chunks that are empty or too large"
    case .boundedExtent: "has a run-time extent, which this Thimble does not have"
    case .invalidName: "has no valid name"
    case .wrongFloatClass: "is of another float class than the program"
    case .operand(let index, let fault): "has an operand \(index) that \(fault)"
    }
  }
}

extension ProgramError.OperandFault: CustomStringConvertible {
  /// What is wrong, to follow the name of the part.
  public var description: String {
    switch self {
    case .noSuchTensor: "is no tensor of the program"
    case .tooSmall: "is smaller than what the contract touches"
    case .wrongDType: "has another dtype than the contract asks for"
    case .notConstant: "must be a constant"
    case .invalidContents: "points outside the image"
    case .notWritable: "must not be written"
    case .overlapsOutput: "shares bytes with the output"
    case .notInPlace: "must share the output's bytes"
    }
  }
}

extension ProgramError.EntryPointFault: CustomStringConvertible {
  /// What is wrong, to follow the name of the part.
  public var description: String {
    switch self {
    case .malformed: "is malformed"
    case .tooMany: "is one too many"
    case .invalidName: "has no valid name"
    case .duplicateName: "has the name of another"
    case .invalidSteps: "has steps that are not in the program"
    case .invalidPorts: "has ports that are not in the program"
    case .invalidPort(let index): "has a port \(index) that is no valid tensor"
    case .unboundTensor(let step): "uses, at step \(step), an input or output that is no port"
    case .unwrittenOutput(let index): "does not write its output \(index)"
    }
  }
}
