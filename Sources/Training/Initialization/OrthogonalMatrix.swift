// SPDX-License-Identifier: Apache-2.0

/// A random matrix, row after row, whose rows are orthonormal, or whose columns are when there are
/// more rows than columns.
///
/// Normal numbers made orthogonal by the modified Gram–Schmidt process, twice over, which leaves
/// products of rows at the rounding of a `Double`. The lengths that it divides by are positive, so
/// that all orthogonal matrices are as likely.
///
/// Sources: Giraud et al. 2005, "Rounding error analysis of the classical Gram–Schmidt
/// orthogonalization process" (why twice is enough); Mezzadri 2007, "How to generate random
/// matrices from the classical compact groups" (why the signs matter).
func orthogonalMatrix(rows: Int, columns: Int, _ random: inout RandomStream) -> [Double] {
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  while vectors.count < count {
    var vector = (0..<length).map { _ in random.normal() }
    let original = dot(vector, vector)
    for _ in 0..<2 {
      for other in vectors { subtract(other, times: dot(vector, other), from: &vector) }
    }
    // What lies almost in the span of the others has no direction left: draw again.
    let square = dot(vector, vector)
    guard square > 1e-16 * original else { continue }
    let scale = 1 / square.squareRoot()
    vectors.append(vector.map { $0 * scale })
  }
  guard rows > columns else { return vectors.flatMap { $0 } }
  return (0..<rows).flatMap { row in vectors.map { $0[row] } }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

private func subtract(_ other: [Double], times factor: Double, from vector: inout [Double]) {
  for index in vector.indices { vector[index] -= factor * other[index] }
}
