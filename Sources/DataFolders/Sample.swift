// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// One example: what goes into a model, and what is known of it.
package struct Sample: Sendable {
  /// What to call it in messages: the path of an image, or the file and position of an array.
  package let name: String

  /// The inputs of each run, in the order of the ports: one run, or two for a pair of sentences.
  package let runs: [[TensorData]]

  package let truth: Truth

  /// Where the picture lies in the input; `nil` for arrays.
  package let placement: Placement?

  package init(name: String, runs: [[TensorData]], truth: Truth, placement: Placement? = nil) {
    self.name = name
    self.runs = runs
    self.truth = truth
    self.placement = placement
  }
}

/// What is known of a sample.
package enum Truth: Hashable, Sendable {
  /// The index of a class among the model's outputs.
  case label(Int)
  /// A target, or the score of a pair; real numbers.
  case values([Double])
  /// A thing of a class.
  case box(Box, label: Int)
  /// The class of each pixel of the picture.
  case mask(ClassMap)

  /// The kinds that a folder may offer.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case label, values, box, mask
  }
}

/// A rectangle in pixels of a picture, edges included: `x0 ≤ x1`, `y0 ≤ y1`.
package struct Box: Hashable, Sendable {
  package var x0: Double
  package var y0: Double
  package var x1: Double
  package var y1: Double

  package init(x0: Double, y0: Double, x1: Double, y1: Double) {
    (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
  }
}

/// A class for each pixel, rows from the top.
package struct ClassMap: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// `height · width` class indices.
  package let classes: [Int32]

  /// - Precondition: one class for each pixel.
  package init(height: Int, width: Int, classes: [Int32]) {
    precondition(classes.count == height * width, "one class for each pixel")
    self.height = height
    self.width = width
    self.classes = classes
  }
}
