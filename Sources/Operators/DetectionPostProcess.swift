// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Turns what a single-shot detector gives for each anchor into a list of objects: decodes boxes,
/// then suppresses all but the best of those that overlap.
///
/// Inputs in float32: box encodings `[1, B, 4 or more]` (y, x, h, w), scores `[1, B, C]` or
/// `[1, B, C + 1]` with the background first, anchors `[B, 4]` (centre y, x, height, width). One
/// output `[6n + 1]`, n = `detections · classesPerBox`: n boxes (top, left, bottom, right), n
/// classes, n scores, and how many were found; what was not found is 0. `uk_detection_parameters`
/// has the rules. Source: TFLite's custom operator TFLite_Detection_PostProcess.
package struct DetectionPostProcess: Operator, Hashable {
  package static let name = "DetectionPostProcess"
  package static let spellings: [Spelling] = [
    .tfliteCustom("TFLite_Detection_PostProcess", fromTFLite)
  ]
  package static let inputCount = 3...3
  package static let quantization = QuantizationRule.floatOnly

  /// What encodings are divided by.
  package struct Scales: Hashable, Sendable {
    package var y, x, height, width: Float

    package init(y: Float, x: Float, height: Float, width: Float) {
      self.y = y
      self.x = x
      self.height = height
      self.width = width
    }
  }

  package var classes: Int
  package var detections: Int
  package var classesPerBox: Int

  /// How many boxes each class may take; `nil` when boxes are taken by their best class.
  package var detectionsPerClass: Int?
  package var scoreThreshold: Float
  package var overlapThreshold: Float
  package var scales: Scales

  package init(
    classes: Int, detections: Int, classesPerBox: Int = 1, detectionsPerClass: Int? = nil,
    scoreThreshold: Float, overlapThreshold: Float, scales: Scales
  ) {
    self.classes = classes
    self.detections = detections
    self.classesPerBox = classesPerBox
    self.detectionsPerClass = detectionsPerClass
    self.scoreThreshold = scoreThreshold
    self.overlapThreshold = overlapThreshold
    self.scales = scales
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() { try input.check(dtype: .float32, input: index) }
    try inputs[0].check(rank: 3...3, input: 0)
    try inputs[1].check(rank: 3...3, input: 1)
    try check()
    let boxes = inputs[0].shape[1]
    guard inputs[0].shape[2] >= 4 else {
      throw .elementCount(input: 0, expected: 4, actual: inputs[0].shape[2])
    }
    try inputs[0].check(extents: [1, boxes, inputs[0].shape[2]], input: 0)
    let offset = inputs[1].shape[2] == classes ? 0 : 1
    try inputs[1].check(extents: [1, boxes, classes + offset], input: 1)
    try inputs[2].check(extents: [boxes, 4], input: 2)
    return [TensorType(.float32, try Shape(checked: [6 * detections * classesPerBox + 1]))]
  }

  private func check() throws(OperatorError) {
    let limit = Int(UInt16.max)
    for (name, count) in [
      ("num_classes", classes), ("max_detections", detections),
      ("max_classes_per_detection", classesPerBox),
      ("detections_per_class", detectionsPerClass ?? 1),
    ] where !(1...limit).contains(count) { throw .attributeValue(name, .int(count)) }
    for (name, scale) in [
      ("y_scale", scales.y), ("x_scale", scales.x), ("h_scale", scales.height),
      ("w_scale", scales.width),
    ] where !(scale > 0 && scale < .infinity) { throw .attributeValue(name, .float(scale)) }
    guard scoreThreshold.isFinite else {
      throw .attributeValue("nms_score_threshold", .float(scoreThreshold))
    }
    guard overlapThreshold > 0, overlapThreshold <= 1 else {
      throw .attributeValue("nms_iou_threshold", .float(overlapThreshold))
    }
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let detector = ReferenceDetector(self, inputs)
    let found = detectionsPerClass.map { detector.byClass($0) } ?? detector.byBox()
    let entries = detections * classesPerBox
    var y = [Double](repeating: 0, count: 6 * entries + 1)
    for (at, entry) in found.entries {
      y.replaceSubrange(4 * at..<4 * at + 4, with: detector.boxes[entry.box].edges)
      y[4 * entries + at] = Double(entry.index)
      y[5 * entries + at] = entry.score
    }
    y[6 * entries] = Double(found.count)
    return [ReferenceTensor([y.count], y)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (encodings, scores) = (node.inputs[0].shape, node.inputs[1].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_detections,
        parameters: uk_detection_parameters(
          boxes: UInt32(encodings[1]), encoding_width: UInt32(encodings[2]),
          classes: UInt32(classes), class_offset: UInt32(scores[2] - classes),
          detections: UInt32(detections), classes_per_box: UInt32(classesPerBox),
          detections_per_class: UInt32(detectionsPerClass ?? 0),
          is_by_class: detectionsPerClass == nil ? 0 : 1, score_threshold: scoreThreshold,
          overlap_threshold: overlapThreshold, y_scale: scales.y, x_scale: scales.x,
          h_scale: scales.height, w_scale: scales.width, reserved: (0, 0)),
        operands: [.input(0), .input(1), .input(2), .output(0)]))
  }
}

// MARK: - Samples

extension DetectionPostProcess {
  private static func sample(
    _ label: String, background: Int, _ change: (inout DetectionPostProcess) -> Void
  ) -> Sample {
    var operation = DetectionPostProcess(
      classes: 7, detections: 12, scoreThreshold: 0.2, overlapThreshold: 0.3,
      scales: Scales(y: 10, x: 10, height: 5, width: 5))
    change(&operation)
    // Sizes stay positive: a negative one means an empty box.
    return Sample(
      label, operation,
      [
        .variable(.float([1, 53, 5])), .variable(.float([1, 53, 7 + background]), 0...1),
        .constant(.float([53, 4]), 0.1...0.6),
      ])
  }

  package static let samples: [Sample] = [
    sample("by box", background: 1) { _ in },
    sample("by box, three classes each", background: 0) { $0.classesPerBox = 3 },
    sample("by class", background: 1) { $0.detectionsPerClass = 4 },
  ]
}

// MARK: - Spelling

extension DetectionPostProcess {
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let isByClass = try node.attributes.bool("use_regular_nms", default: false)
    let perClass = try node.attributes.int("detections_per_class", default: 100)
    let operation = DetectionPostProcess(
      classes: try node.attributes.int("num_classes"),
      detections: try node.attributes.int("max_detections"),
      classesPerBox: try node.attributes.int("max_classes_per_detection"),
      detectionsPerClass: isByClass ? perClass : nil,
      scoreThreshold: try node.attributes.number("nms_score_threshold"),
      overlapThreshold: try node.attributes.number("nms_iou_threshold"),
      scales: Scales(
        y: try node.attributes.number("y_scale"), x: try node.attributes.number("x_scale"),
        height: try node.attributes.number("h_scale"),
        width: try node.attributes.number("w_scale")))
    var inputs = try node.allInputs()
    for index in inputs.indices where node.type(of: inputs[index]).quantization != nil {
      inputs[index] = try node.apply(Dequantize(), [inputs[index]])
    }
    let packed = try node.apply(operation, inputs)
    let entries = operation.detections * operation.classesPerBox
    return [
      try node.part(of: packed, 0, [1, entries, 4]),
      try node.part(of: packed, 4 * entries, [1, entries]),
      try node.part(of: packed, 5 * entries, [1, entries]),
      try node.part(of: packed, 6 * entries, [1]),
    ]
  }
}

extension Attributes {
  /// A float that the file may hold as an integer.
  fileprivate func number(_ name: String) throws(OperatorError) -> Float {
    if case .int(let value) = self[name] { return Float(value) }
    return try float(name)
  }
}

extension ImportedNode {
  /// A run of a vector, from `start` on, under a shape of its own.
  fileprivate mutating func part(
    of vector: Value, _ start: Int, _ extents: [Int]
  ) throws(OperatorError) -> Value {
    let slice = Slice(start: [start], step: [1], count: [extents.reduce(1, *)])
    return try reshaped(try apply(slice, [vector]), to: extents)
  }
}
