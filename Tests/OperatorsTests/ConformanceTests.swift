// SPDX-License-Identifier: Apache-2.0
import CKernels
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import Testing

/// Runs every operator of the catalogue over its samples.
@Suite struct ConformanceTests {
  @Test func namesAreUnique() {
    #expect(Set(Catalogue.all.map { $0.name }).count == Catalogue.all.count)
    for type in Catalogue.all { #expect(Catalogue.named(type.name) == type) }
  }

  /// Each contract is some sample's.
  @Test func samplesCoverEveryContract() throws {
    var covered: Set<UInt32> = []
    for test in SampleCase.withKernels {
      let node = try SampleNode(test)
      guard case .steps(let requests, let inPlace) = try node.operation.lower(node.context) else {
        continue
      }
      for request in requests + (inPlace.map { [$0] } ?? []) {
        covered.insert(request.contract.rawValue)
      }
    }
    for index in 0..<uk_contract_count {
      let contract = try #require(uk_contract_at(index)).pointee.contract
      #expect(covered.contains(contract.rawValue), "\(contract.name)")
    }
  }

  @Test(arguments: SampleCase.all)
  func typeIsTheReferencesShape(_ test: SampleCase) throws {
    let node = try SampleNode(test)
    try #expect(node.reference.shape == node.output.shape)
    try node.graph.verify()
  }

  @Test(arguments: SampleCase.withKernels)
  func lowers(_ test: SampleCase) throws {
    let node = try SampleNode(test)
    switch try node.operation.lower(node.context) {
    case .alias:
      #expect(node.output.byteCount == node.inputs[0].bytes.count)
    case .steps(let requests, let inPlace):
      #expect(!requests.isEmpty)
      for request in requests { try check(request, node, isInPlace: false) }
      if let inPlace { try check(inPlace, node, isInPlace: true) }
    }
  }

  private func check(_ request: KernelRequest, _ node: SampleNode, isInPlace: Bool) throws {
    let requirements = try #require(
      stepRequirements(of: request.contract, parameters: request.parameters))
    #expect(requirements.isInPlace == isInPlace)
    #expect(requirements.operands.count == request.operands.count)
    for (index, (operand, requirement)) in zip(request.operands, requirements.operands).enumerated()
    {
      switch operand {
      // What moves elements may leave some of them out: a slice.
      case .input(let input) where node.operation is any MovingOperator:
        #expect(requirement.bytes <= node.inputs[input].bytes.count)
      case .input(let input): #expect(requirement.bytes == node.inputs[input].bytes.count)
      // A step may write a part of the output: one operand of a concatenation.
      case .output: #expect(requirement.bytes <= node.output.byteCount)
      case .constant(let bytes, _): #expect(requirement.bytes <= bytes.count)
      }
      if case .input(let input) = operand, request.overwritableInputs.contains(input) {
        #expect(requirement.isOverwritable, "operand \(index)")
      }
    }
  }

  @Test(arguments: SampleCase.withKernels, [1.0, 50.0])
  func computesWhatItMeans(_ test: SampleCase, stretch: Double) throws {
    guard KernelHarness.runs(test.floatClass) else { return }
    let node = try SampleNode(test, stretch: stretch)
    let bytes: [UInt8]
    switch try node.operation.lower(node.context) {
    case .alias: bytes = node.inputs[0].bytes
    case .steps(let requests, let inPlace):
      bytes = try agreedBytes(requests, node)
      if let inPlace { #expect(try agreedBytes([inPlace], node) == bytes, "in place") }
    }
    let actual = TensorData(node.output, bytes: bytes)
    let isWide = node.output.dtype == .int16 && node.output.quantization != nil
    if node.output.dtype == .int8 || isWide {
      let expected = try #require(try integerRule(node), "no integer rule")
      #expect(actual.storedValues.map { Int($0) } == expected)
      return
    }
    let reference = try node.reference
    if node.output.quantization != nil {
      // Not int8, so at a port of the model: the reference's numbers, stored.
      #expect(actual == reference.stored(as: node.output))
      return
    }
    checkBounds(actual, reference, node)
  }

  private func checkBounds(_ actual: TensorData, _ reference: ReferenceTensor, _ node: SampleNode) {
    let bounds = errorBounds(
      of: node.operation, inputs: node.inputs.map { ReferenceTensor($0) }, output: reference)
    for (index, value) in actual.storedValues.enumerated() {
      let difference = abs(value - reference.values[index])
      guard difference > bounds[index] || difference.isNaN else { continue }
      Issue.record("element \(index): \(value), not \(reference.values[index]) ± \(bounds[index])")
      return
    }
  }

  /// What is expanded computes what the whole means, whatever the kernels.
  @Test(arguments: SampleCase.composites, [1.0, 10.0])
  func compiledCompositeComputesWhatItMeans(_ test: SampleCase, stretch: Double) throws {
    guard KernelHarness.runs(test.floatClass) else { return }
    let node = try SampleNode(test, stretch: stretch)
    let scalar = try run(node, test.floatClass, limit: .scalar)
    checkBounds(TensorData(node.output, bytes: scalar), try node.reference, node)
    #expect(try run(node, test.floatClass, limit: nil) == scalar)
  }

  /// The way through compiler and engine changes nothing, whatever the kernels.
  @Test(arguments: SampleCase.withKernels)
  func compiledProgramGivesTheSameBytes(_ test: SampleCase) throws {
    guard KernelHarness.runs(test.floatClass) else { return }
    let node = try SampleNode(test)
    let expected: [UInt8]
    switch try node.operation.lower(node.context) {
    case .alias: expected = node.inputs[0].bytes
    case .steps(let requests, _): expected = try agreedBytes(requests, node)
    }
    for limit in [InstructionSet.scalar, nil] {
      #expect(try run(node, test.floatClass, limit: limit) == expected)
    }
  }

  /// The node's output from a compiled program.
  private func run(
    _ node: SampleNode, _ floatClass: FloatClass, limit: InstructionSet?
  ) throws -> [UInt8] {
    var options = CompileOptions()
    options.floatClass = floatClass
    let program = try Program(copying: compile(node.graph, options: options).bytes)
    var sessionOptions = Session.Options()
    sessionOptions.instructionSetLimit = limit
    let session = try Session(program, options: sessionOptions)
    let variables = zip(node.inputs, node.context.constants).filter { $0.1 == nil }
    for (index, variable) in variables.enumerated() {
      try session.setInput(index, to: variable.0.bytes)
    }
    #expect(session.run() == .completed)
    return try session.outputBytes(0)
  }

  /// The output of every runnable instruction set; all must be the scalar kernel's.
  private func agreedBytes(_ requests: [KernelRequest], _ node: SampleNode) throws -> [UInt8] {
    let harnesses = KernelHarness.runnable.map { KernelHarness(isa: $0) }
    let scalar = try #require(
      try harnesses[0].run(requests, inputs: node.inputs, output: node.output))
    for harness in harnesses.dropFirst() {
      guard let bytes = try harness.run(requests, inputs: node.inputs, output: node.output) else {
        continue
      }
      #expect(bytes == scalar, "\(harness.isa) differs from scalar")
    }
    return scalar
  }
}
