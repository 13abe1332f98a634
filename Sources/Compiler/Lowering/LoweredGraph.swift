// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A graph as steps on tensors: everything a program says, but where in the arena a tensor is.
///
/// Tensors are named by their index, which is also their number in the planner's problem. Values
/// that are the same bytes (an alias and what it aliases) share one tensor.
struct LoweredGraph: Sendable {
  /// Where the bytes of a tensor are.
  enum Place: Hashable, Sendable {
    case arena
    /// In the buffer that the caller binds to this input.
    case input(Int)
    /// In the buffer that the caller binds to this output.
    case output(Int)
    /// In the state block, where the state of this number is.
    case state(Int)
    /// In another tensor: an operand of a concatenation.
    case slice(of: Int, byteOffset: Int)
  }

  struct Tensor: Sendable {
    let name: String
    let type: TensorType
    let place: Place
  }

  /// What a kernel reads or writes at one operand.
  enum Operand: Sendable {
    case tensor(Int)
    case constant([UInt8], DType)

    /// The number of a tensor; `nil` for a constant.
    var tensor: Int? {
      guard case .tensor(let index) = self else { return nil }
      return index
    }
  }

  /// A kernel contract with its parameters and operands, as a program stores it.
  struct Call: Sendable {
    let contract: uk_contract
    let parameters: [UInt8]
    let operands: [Operand]
    let requirements: StepRequirements
    let macCount: Int

    var constantBytes: Int {
      operands.reduce(0) { total, operand in
        guard case .constant(let bytes, _) = operand else { return total }
        return total + bytes.count
      }
    }
  }

  struct Step: Sendable {
    /// The node's name.
    let name: String
    /// The name of the node's operator.
    let operation: String
    let call: Call
    /// The same with the output on the bytes of the first input.
    let inPlaceCall: Call?
    /// The choices of the planner.
    let overwrites: [PlanningProblem.Overwrite]
  }

  var tensors: [Tensor] = []
  var steps: [Step] = []

  /// The tensors of the graph's inputs and outputs.
  var inputs: [Int] = []
  var outputs: [Int] = []

  func byteCount(of tensor: Int) -> Int { tensors[tensor].type.byteCount }

  /// What the memory planner is asked.
  var planningProblem: PlanningProblem {
    let buffers = tensors.map { tensor in
      let place: PlanningProblem.Place =
        switch tensor.place {
        case .arena: .arena
        case .input, .output, .state: .bound
        case .slice(let parent, let byteOffset): .slice(of: parent, byteOffset: byteOffset)
        }
      return PlanningProblem.Buffer(byteCount: tensor.type.byteCount, place: place)
    }
    let steps = steps.map { step in
      let operands = step.call.operands.map(\.tensor)
      return PlanningProblem.Step(
        reads: operands.dropLast().compactMap { $0 }, writes: operands.suffix(1).compactMap { $0 },
        overwritable: step.overwrites)
    }
    return PlanningProblem(buffers: buffers, steps: steps)
  }
}
