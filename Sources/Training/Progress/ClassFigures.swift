// SPDX-License-Identifier: Apache-2.0
import Evaluation

/// How well one class is told from the others.
package struct ClassFigures: Hashable, Sendable {
  package let label: Int
  /// Samples of the class.
  package let count: Int
  /// Samples that the model puts into it.
  package let predicted: Int
  /// Those of them that are of it.
  package let hits: Int

  /// `nil` when nothing was put into the class.
  package var precision: Double? { predicted > 0 ? Double(hits) / Double(predicted) : nil }
  /// `nil` when no sample is of the class.
  package var recall: Double? { count > 0 ? Double(hits) / Double(count) : nil }
  /// The harmonic mean of both; `nil` when the class does not occur at all.
  package var f1: Double? {
    count + predicted > 0 ? 2 * Double(hits) / Double(count + predicted) : nil
  }
}

extension Confusions {
  /// Samples by class, row, and prediction, column; those without a prediction are left out.
  package func matrix(classCount: Int) -> [[Int]] {
    var matrix = [[Int]](
      repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for cell in cells where cell.prediction >= 0 {
      matrix[cell.label][cell.prediction] = cell.count
    }
    return matrix
  }

  /// The figures of every class.
  package func classFigures(classCount: Int) -> [ClassFigures] {
    let cells = cells
    return (0..<classCount).map { label in
      let own = cells.filter { $0.label == label }
      let predicted = cells.filter { $0.prediction == label }
      return ClassFigures(
        label: label, count: own.reduce(0) { $0 + $1.count },
        predicted: predicted.reduce(0) { $0 + $1.count },
        hits: own.filter { $0.prediction == label }.reduce(0) { $0 + $1.count })
    }
  }
}
