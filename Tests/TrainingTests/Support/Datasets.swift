// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore
import Training

/// Samples of one input of two elements: the sample's number, twice.
func labelledDataset(_ labels: [Int], classCount: Int) throws -> Dataset {
  try Dataset(
    labels.enumerated().map { index, label in
      Example(
        name: "sample \(index)", inputs: [[Float(index), Float(index)]], target: .label(label))
    }, path: "DATA",
    inputs: [InputPort(name: "x", type: TensorType(.float32, [1, 2]))],
    target: .label(classCount: classCount))
}

/// Pictures of 4 x 6 pixels and 3 channels whose elements count up from the sample's number.
func pictureDataset(count: Int, isChannelsFirst: Bool) throws -> Dataset {
  let shape: Shape = isChannelsFirst ? [1, 3, 4, 6] : [1, 4, 6, 3]
  return try Dataset(
    (0..<count).map { index in
      Example(
        name: "picture \(index)", inputs: [(0..<72).map { Float(100 * index + $0 + 1) }],
        target: .label(index % 3))
    }, path: "DATA", inputs: [InputPort(name: "x", type: TensorType(.float32, shape))],
    target: .label(classCount: 3))
}
