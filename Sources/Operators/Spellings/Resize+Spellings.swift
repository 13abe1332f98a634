// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension Resize {
  // MARK: - TFLite

  static func tfliteCoordinates(_ node: ImportedNode) throws(OperatorError) -> ResizeCoordinates {
    if try node.attributes.bool("align_corners", default: false) { return .alignCorners }
    return try node.attributes.bool("half_pixel_centers", default: false)
      ? .halfPixel : .asymmetric
  }

  /// Input 1 is the new height and width.
  static func fromTFLite(
    _ node: inout ImportedNode, mode: ResizeMode, coordinates: ResizeCoordinates
  ) throws(OperatorError) -> [Value] {
    let size = try node.indices(1)
    guard size.count == 2 else {
      throw .elementCount(input: 1, expected: 2, actual: size.count)
    }
    let resize = Resize(mode: mode, coordinates: coordinates, height: size[0], width: size[1])
    return [try node.asDeclared(try node.apply(resize, [try node.image4D(0)]))]
  }

  // MARK: - ONNX

  /// Upsample, and Resize of version 10: coordinates from the corner, rounded down.
  static func fromUpsample(
    _ node: inout ImportedNode, scales: [Float]
  ) throws(OperatorError) -> [Value] {
    let mode: ResizeMode
    switch try node.attributes.string("mode", default: "nearest") {
    case "nearest": mode = .nearest(.floor)
    case "linear", "bilinear": mode = .bilinear
    case let other: throw .attributeValue("mode", .string(other))
    }
    // What nearest means when an image shrinks was left open until version 11.
    guard mode == .bilinear || scales.allSatisfy({ $0 >= 1 }) else {
      throw .attributeValue("scales", .floats(scales))
    }
    return try resized(&node, mode, .asymmetric, scales: scales)
  }

  static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let attributes = node.attributes
    try node.require("antialias", 0)
    let policy = try attributes.string("keep_aspect_ratio_policy", default: "stretch")
    guard policy == "stretch" else {
      throw .attributeValue("keep_aspect_ratio_policy", .string(policy))
    }
    let mode: ResizeMode
    switch try attributes.string("mode", default: "nearest") {
    case "nearest": mode = .nearest(try onnxRounding(attributes))
    case "linear": mode = .bilinear
    case let other: throw .attributeValue("mode", .string(other))
    }
    let coordinates = try onnxCoordinates(attributes)
    if let index = [2, 3].last(where: { node.optionalInput($0) != nil }), index == 3 {
      return try resized(&node, mode, coordinates, sizes: try node.indices(3))
    }
    return try resized(&node, mode, coordinates, scales: try node.floats(2))
  }

  private static func onnxRounding(
    _ attributes: Attributes
  ) throws(OperatorError) -> ResizeRounding {
    switch try attributes.string("nearest_mode", default: "round_prefer_floor") {
    case "round_prefer_floor": return .halfDown
    case "round_prefer_ceil": return .halfUp
    case "floor": return .floor
    case "ceil": return .ceiling
    case let other: throw .attributeValue("nearest_mode", .string(other))
    }
  }

  private static func onnxCoordinates(
    _ attributes: Attributes
  ) throws(OperatorError) -> ResizeCoordinates {
    let name = "coordinate_transformation_mode"
    switch try attributes.string(name, default: "half_pixel") {
    case "half_pixel": return .halfPixel
    case "pytorch_half_pixel": return .halfPixelOrZero
    case "align_corners": return .alignCorners
    case "asymmetric": return .asymmetric
    case let other: throw .attributeValue(name, .string(other))
    }
  }

  /// To ⌊extent · scale⌋; the scales themselves set the step where that is not exact.
  private static func resized(
    _ node: inout ImportedNode, _ mode: ResizeMode, _ coordinates: ResizeCoordinates,
    scales: [Float]
  ) throws(OperatorError) -> [Value] {
    let shape = node.shape(of: try node.image4D(0))
    let factors = try node.perAxis(scales, default: 1)
    let products = zip(shape.extents, factors).map { Float($0) * $1 }
    guard factors.allSatisfy({ $0 > 0 && $0 < .infinity }),
      products.allSatisfy({ $0 < Float(Int32.max) })
    else { throw .attributeValue("scales", .floats(scales)) }
    let sizes = products.map { Int($0) }
    let isExact = zip(products, sizes).allSatisfy { $0 == Float($1) }
    let step = ResizeStep(height: 1 / Double(factors[2]), width: 1 / Double(factors[3]))
    return try resized(&node, mode, coordinates, to: sizes, step: isExact ? nil : step)
  }

  private static func resized(
    _ node: inout ImportedNode, _ mode: ResizeMode, _ coordinates: ResizeCoordinates,
    sizes: [Int]
  ) throws(OperatorError) -> [Value] {
    let shape = node.shape(of: try node.image4D(0))
    let axes = try node.attributes.ints("axes", default: [0, 1, 2, 3])
    var full = shape.extents
    guard sizes.count == axes.count else {
      throw .elementCount(input: 3, expected: axes.count, actual: sizes.count)
    }
    for (axis, size) in zip(axes, sizes) { full[try shape.axis(axis)] = size }
    return try resized(&node, mode, coordinates, to: full, step: nil)
  }

  /// Batch and channels must stay.
  private static func resized(
    _ node: inout ImportedNode, _ mode: ResizeMode, _ coordinates: ResizeCoordinates,
    to sizes: [Int], step: ResizeStep?
  ) throws(OperatorError) -> [Value] {
    let x = try node.image4D(0)
    guard sizes[..<2] == node.shape(of: x).extents[..<2] else {
      throw .attributeValue("sizes", .ints(sizes))
    }
    let resize = Resize(
      mode: mode, coordinates: coordinates, height: sizes[2], width: sizes[3], step: step)
    let y = try node.apply(resize, [try node.channelsLastImage(x)])
    return [try node.channelsFirst(y, rank: 4)]
  }
}
