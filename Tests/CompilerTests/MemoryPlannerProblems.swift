// SPDX-License-Identifier: Apache-2.0
import Compiler

typealias Buffer = PlanningProblem.Buffer
typealias Step = PlanningProblem.Step
typealias Overwrite = PlanningProblem.Overwrite

/// Numbers that are the same in every run.
struct SeededNumbers {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// A number of the range.
  mutating func next(_ range: ClosedRange<Int>) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return range.lowerBound + Int(state % UInt64(range.count))
  }
}

/// Builds a problem step by step, as a network is lowered.
struct NetworkProblem {
  var problem = PlanningProblem()

  /// A tensor of the arena, or one that the caller binds.
  mutating func tensor(_ byteCount: Int, _ place: PlanningProblem.Place = .arena) -> Int {
    problem.buffers.append(Buffer(byteCount: byteCount, place: place))
    return problem.buffers.count - 1
  }

  /// A step with one output in the arena.
  mutating func step(
    _ inputs: [Int], _ byteCount: Int, overwrites: [Int] = [], changesKernel: Bool = false
  ) -> Int {
    let output = tensor(byteCount)
    add(inputs, output, overwrites, changesKernel)
    return output
  }

  mutating func add(
    _ inputs: [Int], _ output: Int, _ overwrites: [Int] = [], _ changesKernel: Bool = false
  ) {
    problem.steps.append(
      Step(
        reads: inputs, writes: [output],
        overwritable: overwrites.map {
          Overwrite(input: $0, output: output, changesKernel: changesKernel)
        }))
  }
}

/// Problems with every feature: branches, dying and surviving inputs, slices, updates, scratch.
func randomProblem(seed: Int, stepCount: Int) -> PlanningProblem {
  var numbers = SeededNumbers(seed)
  var network = NetworkProblem()
  var live = [network.tensor(1000, .bound)]
  for _ in 0..<stepCount {
    let inputs = Set((0..<numbers.next(1...3)).map { _ in live[numbers.next(0...live.count - 1)] })
      .sorted()
    let size = numbers.next(1...4000)
    switch numbers.next(0...9) {
    case 0:  // a concatenation whose parts are written in place
      let parts = (0..<numbers.next(2...3)).map { _ in numbers.next(1...1500) }
      let whole = network.tensor(parts.reduce(0, +))
      var start = 0
      for part in parts {
        let slice = network.tensor(part, .slice(of: whole, byteOffset: start))
        network.add(inputs, slice, inputs.filter { network.problem.buffers[$0].byteCount >= part })
        start += part
      }
      live.append(whole)
    case 1:  // a split
      let whole = network.step(inputs, size + 100)
      live.append(network.tensor(size, .slice(of: whole, byteOffset: 64)))
      live.append(network.tensor(60, .slice(of: whole, byteOffset: 0)))
    case 2:  // an update in place
      if let target = live.last, target > 0 {
        network.problem.steps.append(Step(reads: [target] + inputs, writes: [target]))
      }
    case 3:  // scratch, and two outputs
      let first = network.tensor(size)
      let second = network.tensor(numbers.next(1...500))
      network.problem.steps.append(
        Step(reads: inputs, writes: [first, second, network.tensor(numbers.next(1...2000))]))
      live += [first, second]
    default:
      let source = numbers.next(0...1) == 0 ? live.last ?? 0 : inputs[0]
      let sourceBytes = network.problem.buffers[source].byteCount
      live.append(
        network.step(
          Set(inputs + [source]).sorted(), min(size, sourceBytes), overwrites: [source],
          changesKernel: numbers.next(0...2) == 0))
    }
  }
  let output = network.tensor(10, .bound)
  network.add(Array(live.suffix(2)), output)
  return network.problem
}

/// MobileNetV2 1.0 at `side` pixels, `elementBytes` an element, as it is lowered: depthwise
/// convolutions have an in-place form, residual additions may overwrite, the input is bound
/// outside.
///
/// Source: Sandler et al. 2018, arXiv:1801.04381, table 2.
func mobileNetV2(side: Int = 224, elementBytes: Int = 4) -> PlanningProblem {
  var network = NetworkProblem()
  let image = network.tensor(side * side * 3 * elementBytes, .bound)
  var extent = side / 2
  func size(_ channels: Int) -> Int { extent * extent * channels * elementBytes }
  var value = network.step([image], size(32))
  var channels = 32
  let groups = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]
  for (expansion, output, count, firstStride) in groups {
    for index in 0..<count {
      let input = value
      let inner = channels * expansion
      if expansion > 1 { value = network.step([value], size(inner)) }
      let stride = index == 0 ? firstStride : 1
      extent /= stride
      value = network.step([value], size(inner), overwrites: [value], changesKernel: true)
      value = network.step([value], size(output))
      if stride == 1, channels == output {
        value = network.step([input, value], size(output), overwrites: [input, value])
      }
      channels = output
    }
  }
  value = network.step([value], size(1280))
  value = network.step([value], 1280 * elementBytes)
  network.add([value], network.tensor(1000 * elementBytes, .bound))
  return network.problem
}

/// ResNet-50 at 224 pixels in float32, activations fused, residual additions in place.
///
/// Source: He et al. 2015, arXiv:1512.03385, table 1.
func resNet50() -> PlanningProblem {
  var network = NetworkProblem()
  let image = network.tensor(224 * 224 * 3 * 4, .bound)
  var value = network.step([image], 112 * 112 * 64 * 4)
  value = network.step([value], 56 * 56 * 64 * 4)
  for (count, width, extent) in [(3, 64, 56), (4, 128, 28), (6, 256, 14), (3, 512, 7)] {
    for index in 0..<count {
      let input = value
      func size(_ channels: Int) -> Int { extent * extent * channels * 4 }
      // Version 1.5: the first 3x3 of a group carries its stride.
      let isFirst = index == 0 && width > 64
      value = network.step([value], size(width) * (isFirst ? 4 : 1))
      value = network.step([value], size(width))
      value = network.step([value], size(width * 4))
      let shortcut = index == 0 ? network.step([input], size(width * 4)) : input
      value = network.step([value, shortcut], size(width * 4), overwrites: [value, shortcut])
    }
  }
  value = network.step([value], 2048 * 4)
  network.add([value], network.tensor(4000, .bound))
  return network.problem
}

/// Blocks of four branches, joined by copies as channels-last concatenations are, in the order in
/// which an exporter lists them: branch by branch, then the copies.
func inceptionLike(blocks: Int = 4) -> PlanningProblem {
  var network = NetworkProblem()
  let image = network.tensor(150_528, .bound)
  var value = network.step([image], 28 * 28 * 192 * 4)
  func size(_ channels: Int) -> Int { 28 * 28 * channels * 4 }
  for _ in 0..<blocks {
    let input = value
    let branches = [
      network.step([input], size(64)),
      network.step([network.step([input], size(96))], size(128)),
      network.step([network.step([input], size(16))], size(32)),
      network.step([network.step([input], size(192))], size(32)),
    ]
    let joined = network.tensor(size(256))
    for branch in branches { network.add([branch], joined) }
    value = joined
  }
  network.add([value], network.tensor(4000, .bound))
  return network.problem
}
