// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// First and second moments of the rows that a layer multiplies: all that its squared error
/// depends on.
///
/// Their size does not depend on how many rows were seen.
package struct InputMoments {
  package let depth: Int
  private var count = 0
  private var sums: [Double]
  /// `Σ x xᵀ`, `[depth, depth]`.
  private var products: [Float]

  package init(depth: Int) {
    self.depth = depth
    sums = [Double](repeating: 0, count: depth)
    products = [Float](repeating: 0, count: depth * depth)
  }

  /// The mean of every element.
  package var means: [Double] { sums.map { $0 / Double(max(count, 1)) } }

  /// The covariance, a hundredth of the mean variance added on its diagonal.
  ///
  /// The addition speaks for rows that were not seen. Source: Frantar et al. 2022,
  /// arXiv:2210.17323, section 3.
  package var covariance: [Float] {
    let means = means
    let scale = 1 / Double(max(count, 1))
    var covariance = [Float](repeating: 0, count: depth * depth)
    var trace = 0.0
    for row in 0..<depth {
      for column in 0..<depth {
        let index = row * depth + column
        covariance[index] = Float(
          Double(products[index]) * scale - means[row] * means[column])
      }
      trace += Double(covariance[row * depth + row])
    }
    let damping = Float(0.01 * trace / Double(depth))
    for row in 0..<depth { covariance[row * depth + row] += damping }
    return covariance
  }

  /// Takes rows with their product `xᵀ x`.
  package mutating func add(_ rows: [Float], product: [Float]) {
    for (index, value) in rows.enumerated() { sums[index % depth] += Double(value) }
    for index in products.indices { products[index] += product[index] }
    count += rows.count / depth
  }

  /// Takes few, short rows.
  package mutating func add(_ rows: [Float]) {
    for start in stride(from: 0, to: rows.count, by: depth) {
      for row in 0..<depth {
        let x = rows[start + row]
        sums[row] += Double(x)
        for column in 0..<depth { products[row * depth + column] += x * rows[start + column] }
      }
    }
    count += rows.count / depth
  }
}

/// `xᵀ x` of rows, by the engine's kernels.
struct RowProducts {
  private let runner: GraphRunner
  private let shape: Shape

  init(rows: Int, depth: Int) throws(QuantizationError) {
    shape = Shape([rows, depth])
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, shape))
    let product: Value
    do throws(OperatorError) {
      let transposed = try builder.apply(Transpose(permutation: [1, 0]), [x])
      product = try builder.apply(MatMul(), [transposed, x])
    } catch {
      throw .rewriting(error)
    }
    runner = try GraphRunner(of: builder, observing: product)
  }

  func callAsFunction(_ rows: [Float]) throws(QuantizationError) -> [Float] {
    try runner.run([TensorData(shape, float32: rows)], sample: "")[0].float32Values
  }
}
