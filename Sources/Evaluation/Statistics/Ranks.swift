// SPDX-License-Identifier: Apache-2.0

/// The rank of each value from 1; equal values share the mean of their ranks.
///
/// - Precondition: no value is NaN.
package func ranks(of values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
    for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}

/// Spearman's rank correlation: Pearson's of the ranks; `nil` when all values of a side are equal.
///
/// - Precondition: as many values on both sides, none of them NaN.
package func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double? {
  precondition(first.count == second.count, "values come in pairs")
  let (x, y) = (ranks(of: first), ranks(of: second))
  let middle = Double(first.count + 1) / 2
  var (xx, xy, yy) = (0.0, 0.0, 0.0)
  for (x, y) in zip(x, y) {
    xx += (x - middle) * (x - middle)
    xy += (x - middle) * (y - middle)
    yy += (y - middle) * (y - middle)
  }
  guard xx > 0, yy > 0 else { return nil }
  return min(max(xy / (xx * yy).squareRoot(), -1), 1)
}

/// The area under the receiver operating characteristic: the share of pairs of a positive and a
/// negative in which the positive scores higher, ties by half.
///
/// Source: Hanley and McNeil 1982, "The meaning and use of the area under a receiver operating
/// characteristic (ROC) curve", which also gives the standard error.
/// - Returns: `nil` when either kind is missing.
/// - Precondition: no score is NaN.
package func areaUnderCurve(
  scores: [Double], isPositive: [Bool]
) -> (area: Double, interval: Interval)? {
  let ranks = ranks(of: scores)
  let positives = isPositive.count(where: \.self)
  let negatives = isPositive.count - positives
  guard positives > 0, negatives > 0 else { return nil }
  let (n1, n0) = (Double(positives), Double(negatives))
  let rankSum = zip(ranks, isPositive).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
  let area = (rankSum - n1 * (n1 + 1) / 2) / (n1 * n0)
  let (q1, q2) = (area / (2 - area), 2 * area * area / (1 + area))
  let variance =
    (area * (1 - area) + (n1 - 1) * (q1 - area * area) + (n0 - 1) * (q2 - area * area)) / (n1 * n0)
  let error = max(variance, 0).squareRoot()
  return (area, Interval(around: area, standardError: error, in: 0...1))
}
