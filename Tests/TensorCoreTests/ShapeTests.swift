// SPDX-License-Identifier: Apache-2.0
import TensorCore
import Testing

struct ShapeTests {
  @Test func countsElementsAndStrides() {
    let shape: Shape = [2, 3, 4, 5]
    #expect(shape.rank == 4)
    #expect(shape.elementCount == 120)
    #expect(shape.strides == [60, 20, 5, 1])
    #expect(shape[-1] == 5)
    #expect(shape[1] == 3)
  }

  @Test func scalarHasOneElement() {
    let scalar = Shape([])
    #expect(scalar.elementCount == 1)
    #expect(scalar.strides.isEmpty)
    #expect(scalar.description == "scalar")
  }

  @Test func refusesWhatDoesNotFit32Bits() {
    #expect(Shape(checking: [-1]) == nil)
    #expect(Shape(checking: [1 << 31]) == nil)
    #expect(Shape(checking: [1 << 16, 1 << 15]) == nil)
    #expect(Shape(checking: [1 << 40, 1 << 40]) == nil)
    #expect(Shape(checking: [Int.max, 2]) == nil)
    #expect(Shape(checking: [(1 << 31) - 1])?.elementCount == Shape.maximumElementCount)
  }

  @Test func describesExtents() {
    #expect(Shape([1, 224, 224, 3]).description == "1x224x224x3")
  }
}
