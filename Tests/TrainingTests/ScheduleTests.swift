// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

/// PyTorch's values come from PyTorch 2.15: `lr` of an optimiser of rate 1 before each step, with
/// `StepLR(o, 6, gamma=0.5)`, `CosineAnnealingLR(o, 20, eta_min=0.1)`,
/// `OneCycleLR(o, 1.0, total_steps=21)` and
/// `ReduceLROnPlateau(o, factor=0.5, patience=2, threshold=1e-2, min_lr=0.2)`.
@Suite("learning rates") struct ScheduleTests {
  /// Either side rounds a handful of times: 16 units in the last place of 1.
  private let tolerance = 16 * Double.ulpOfOne

  private func check(
    _ schedule: LearningRateSchedule, of total: Int, stepsPerEpoch: Int = 1,
    _ expected: [(step: Int, factor: Double)]
  ) {
    for (step, factor) in expected {
      let found = schedule.factor(step: step, of: total, stepsPerEpoch: stepsPerEpoch)
      #expect((found - factor).magnitude <= tolerance, "step \(step): \(found), not \(factor)")
    }
  }

  @Test func isPyTorchsStep() {
    let expected = [(0, 1.0), (5, 1), (6, 0.5), (11, 0.5), (12, 0.25), (18, 0.125)]
    check(.step(epochs: 6, factor: 0.5), of: 20, expected)
    check(.step(epochs: 3, factor: 0.5), of: 20, stepsPerEpoch: 2, expected)
  }

  @Test func isPyTorchsCosine() {
    check(
      .cosine(minimum: 0.1), of: 20,
      [
        (0, 1), (1, 0.994459753267812), (7, 0.7542957248827961), (10, 0.55),
        (19, 0.10554024673218806),
      ])
  }

  @Test func isPyTorchsOneCycle() {
    check(
      .oneCycle(OneCycle()), of: 21,
      [
        (0, 0.04), (3, 0.6188697369957272), (5, 0.9924306774148465), (6, 0.9944154354509117),
        (12, 0.5692355326874485), (19, 0.01137895626972092), (20, 0.04 / 1e4),
      ])
  }

  @Test("stays finite where a phase of one-cycle has no step", arguments: [1, 2, 3, 4])
  func shortCycle(total: Int) {
    for step in 0..<total {
      for increase in [0, 0.3, 1] {
        var cycle = OneCycle()
        cycle.increase = increase
        let factor = LearningRateSchedule.oneCycle(cycle).factor(
          step: step, of: total, stepsPerEpoch: 1)
        #expect((0...1).contains(factor), "\(step) of \(total), \(increase)")
      }
    }
  }

  @Test func isPyTorchsPlateau() {
    var plateau = Plateau()
    (plateau.factor, plateau.patience, plateau.minimumChange) = (0.5, 2, 1e-2)
    plateau.minimum = 0.2
    var state = PlateauState()
    let losses = [
      1, 0.9, 0.895, 0.8999, 0.9, 0.89, 0.95, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6,
    ]
    var factors: [Double] = []
    for loss in losses {
      state.add(loss, plateau)
      factors.append(state.factor)
    }
    #expect(
      factors == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2])
  }

  @Test func isNotMovedByNaN() {
    var state = PlateauState()
    state.add(1, Plateau())
    state.add(.nan, Plateau())
    #expect(state.lowest == 1 && state.epochsWithoutFall == 1)
  }

  @Test("rises in a line, then begins the schedule")
  func warmUp() {
    let rate = LearningRate(
      highest: 0.5, .cosine(minimum: 0), warmUp: .epochs(2), epochs: 6, stepsPerEpoch: 2)
    let plain = LearningRate(
      highest: 0.5, .cosine(minimum: 0), warmUp: nil, epochs: 4, stepsPerEpoch: 2)
    for step in 0..<4 { #expect(rate.rate(step: step) == 0.5 * Double(step + 1) / 4) }
    for step in 0..<8 { #expect(rate.rate(step: 4 + step) == plain.rate(step: step)) }
  }

  @Test func leavesAStepAfterALongWarmUp() {
    let rate = LearningRate(
      highest: 1, .constant, warmUp: .steps(1000), epochs: 1, stepsPerEpoch: 4)
    #expect((0..<4).map { rate.rate(step: $0) } == [1.0 / 3, 2.0 / 3, 1, 1])
    #expect(rate.rate(step: 3, plateau: 0.25) == 0.25)
  }
}
