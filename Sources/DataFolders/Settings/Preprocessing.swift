// SPDX-License-Identifier: Apache-2.0
import TensorFiles

/// How pictures become inputs, and how classes are counted: what `preprocess.yaml` says.
package struct Preprocessing: Hashable, Sendable {
  /// How a picture comes to the size asked for.
  package enum ResizeRule: String, Hashable, Sendable, CaseIterable {
    /// It has the size already.
    case none
    /// Whole, in its own proportions, the rest filled.
    case fit
    /// All of the size, in its own proportions, what sticks out cut off.
    case cover
    /// Whole, in the proportions of the size.
    case stretch
  }

  /// Where `fit` puts the picture.
  package enum Position: String, Hashable, Sendable, CaseIterable {
    case center
    case corner
  }

  package enum ChannelOrder: String, Hashable, Sendable, CaseIterable {
    case rgb = "RGB"
    case bgr = "BGR"
  }

  package enum Layout: String, Hashable, Sendable, CaseIterable {
    case nhwc = "NHWC"
    case nchw = "NCHW"
  }

  /// How the outputs of a detector are read.
  package enum Decoder: String, Hashable, Sendable, CaseIterable {
    case ssd, yolox
  }

  /// The size that `resize` leads to; the input's when absent.
  package var size: PixelSize?
  package var resize = ResizeRule.none
  package var position = Position.center
  /// What `fit` fills with: red, green, blue.
  package var fill: [UInt8] = [0, 0, 0]
  /// The middle to keep after resizing.
  package var crop: PixelSize?
  package var normalization = Normalization()
  package var channelOrder = ChannelOrder.rgb
  /// Where the input has its channels; told by its shape when absent.
  package var layout: Layout?
  package var classes = ClassNames()
  /// The classes whose union a mask shows; empty when masks hold class indices.
  package var foreground: [Int] = []
  package var decoder: Decoder?

  package init() {}
}

/// `(sample · scale − mean) / std`, for samples of 0 to 255.
package struct Normalization: Hashable, Sendable {
  package var scale = 1.0
  /// One for each channel of the input, in its order, or one for all.
  package var mean = [0.0]
  package var std = [1.0]

  package init() {}

  /// Whether samples stay as they are.
  package var isIdentity: Bool { self == Normalization() }

  /// What a sample becomes.
  package func value(of sample: UInt8, channel: Int) -> Double {
    let mean = mean.count == 1 ? mean[0] : mean[channel]
    let std = std.count == 1 ? std[0] : std[channel]
    return (Double(sample) * scale - mean) / std
  }
}

/// What the model's classes are called, and how labels of the data count among them.
package struct ClassNames: Hashable, Sendable {
  /// In the order of the model's outputs; empty when unknown.
  package private(set) var names: [String] = []
  /// Added to labels that are numbers: 1 for models with a background class in front.
  package var offset = 0
  private var indices: [String: Int] = [:]
  private var ambiguous: Set<String> = []

  package init() {}

  package init(_ names: [String]) {
    self.names = names
    for (index, name) in names.enumerated() {
      if indices.updateValue(index, forKey: name) != nil { ambiguous.insert(name) }
    }
  }

  /// The class that a label names or numbers.
  ///
  /// - Throws: `LabelProblem`.
  package func index(of label: String) throws(LabelProblem) -> Int {
    if ambiguous.contains(label) { throw .ambiguous(label) }
    if let index = indices[label] { return index }
    guard let number = Int(label) else {
      throw names.isEmpty ? .noClasses(label) : .unknown(label)
    }
    let (index, overflow) = number.addingReportingOverflow(offset)
    guard !overflow, (0...Int(Int32.max)).contains(index) else { throw .outOfRange(label) }
    return index
  }
}

/// Why a label is none of the model's classes.
package enum LabelProblem: Error, Hashable, Sendable {
  /// It is no number, and the model's classes have no names.
  case noClasses(String)
  case unknown(String)
  /// Several classes have this name.
  case ambiguous(String)
  case outOfRange(String)
}
