// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing
import Training

@Suite("progress of a training") struct ProgressTests {
  private typealias Verdict = EarlyStopping.Verdict

  private func verdicts(
    _ values: [Double], isRising: Bool = false, _ rule: EarlyStopping.Rule?
  ) -> ([Verdict], EarlyStopping) {
    var stopping = EarlyStopping()
    var verdicts: [Verdict] = []
    for (epoch, value) in values.enumerated() {
      verdicts.append(stopping.add(value, epoch: epoch, isRising: isRising, rule: rule))
    }
    return (verdicts, stopping)
  }

  private static func rule(_ patience: Int, _ change: Double = 0) -> EarlyStopping.Rule {
    var rule = EarlyStopping.Rule()
    (rule.patience, rule.minimumChange) = (patience, change)
    return rule
  }

  @Test func stopsAfterItsPatienceWithTheBestEpochKnown() {
    let (found, stopping) = verdicts([5, 3, 4, 2, 2.5, 2.4, 2.3], Self.rule(2))
    #expect(found == [.best, .best, .notBest, .best, .notBest, .notBest, .stop])
    #expect(stopping.bestEpoch == 3 && stopping.best == 2)
  }

  @Test func stopsAtOnceWithoutPatience() {
    #expect(verdicts([1, 2], Self.rule(0)).0 == [.best, .stop])
  }

  @Test func asksForAChange() {
    let (found, stopping) = verdicts([1, 0.95, 0.91, 0.89], Self.rule(5, 0.1))
    #expect(found == [.best, .notBest, .notBest, .best])
    #expect(stopping.bestEpoch == 3)
  }

  @Test func followsAMetricUpwards() {
    let (found, stopping) = verdicts([0.5, 0.7, 0.6, 0.7, 0.8], isRising: true, Self.rule(9))
    #expect(found == [.best, .best, .notBest, .notBest, .best])
    #expect(stopping.best == 0.8)
  }

  @Test func neverTakesNaNForTheBest() {
    let (found, stopping) = verdicts([.nan, 2, .nan, 1], Self.rule(5))
    #expect(found == [.notBest, .best, .notBest, .best])
    #expect(stopping.bestEpoch == 3)
  }

  @Test func neverStopsWithoutARule() {
    #expect(!verdicts([Double](repeating: 1, count: 50), nil).0.contains(.stop))
  }

  @Test func countsClasses() {
    var confusions = Confusions()
    for (label, prediction) in [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 1)] {
      confusions.append(label: label, prediction: prediction)
    }
    #expect(
      confusions.matrix(classCount: 4)
        == [[2, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    let figures = confusions.classFigures(classCount: 4)
    #expect(figures[0].precision == 2.0 / 3 && figures[0].recall == 2.0 / 3)
    #expect(figures[1].precision == 1.0 / 3 && figures[1].recall == 0.5 && figures[1].f1 == 0.4)
    #expect(figures[2].precision == nil && figures[2].recall == 0)
    #expect(figures[3].f1 == nil && figures[3].recall == nil)
  }

  @Test func writesTables() {
    let history = History.sample
    #expect(
      history.epochsCSV
        == "epoch,training_loss,validation_loss,\"top,1\",rate\n1,1.5,,,0.1\n2,0.5,0.75,0.5,0.1\n")
    #expect(
      history.stepsCSV
        == "step,epoch,loss,rate\n1,1,2.0,0.1\n2,1,1.0,0.1\n3,2,0.5,0.1\n4,2,0.5,0.1\n")
    #expect(
      history.layersCSV
        == "epoch,layer,gradient_norm,weight_norm\n1,\"a \"\"b\"\"\",0.25,4.0\n1,c,nan,5.0\n")
  }
}

extension History {
  /// Two epochs of two steps.
  static var sample: History {
    var history = History(metric: "top,1", stepsPerEpoch: 2)
    for loss in [2, 1, 0.5, 0.5] { history.append(Step(loss: loss, rate: 0.1)) }
    history.append(
      Epoch(
        trainingLoss: 1.5, validationLoss: nil, metric: nil, rate: 0.1,
        layers: [
          Layer(name: "a \"b\"", gradient: 0.25, weight: 4),
          Layer(name: "c", gradient: .nan, weight: 5),
        ]))
    history.append(
      Epoch(trainingLoss: 0.5, validationLoss: 0.75, metric: 0.5, rate: 0.1, layers: []))
    history.bestEpoch = 1
    return history
  }
}
