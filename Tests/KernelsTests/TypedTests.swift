// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// The contracts that are told the dtype.
@Suite struct TypedTests {
  private func parameters(
    _ shape: uk_broadcast, _ dtype: uk_dtype, _ function: UInt32
  ) -> [UInt8] {
    bytes(
      of: uk_typed_binary_parameters(
        shape: shape, dtype: dtype.rawValue, function: function, reserved: (0, 0)))
  }

  /// All pairs of these numbers.
  private func check<T: BitwiseCopyable, R: BitwiseCopyable>(
    _ contract: uk_contract, _ dtype: uk_dtype, _ function: UInt32, _ values: [T],
    _ expected: (T, T) -> R
  ) {
    let count = UInt32(values.count)
    let shape = uk_broadcast(extents: (1, 1, count, count), a: (0, 0, 1, 0), b: (0, 0, 0, 1))
    KernelCase(
      contract: contract, parameters: parameters(shape, dtype, function),
      inputs: [KernelOperand(values), KernelOperand(values)], rows: values.count,
      expected: values.flatMap { a in values.map { expected(a, $0) } }
    ).check()
  }

  private func checkComparisons<T: Comparable & BitwiseCopyable>(
    _ dtype: uk_dtype, _ values: [T]
  ) {
    let contract = uk_contract.UK_CONTRACT_xx_compare
    check(contract, dtype, uk_relation.UK_EQUAL.rawValue, values) { $0 == $1 }
    check(contract, dtype, uk_relation.UK_NOT_EQUAL.rawValue, values) { $0 != $1 }
    check(contract, dtype, uk_relation.UK_LESS.rawValue, values) { $0 < $1 }
    check(contract, dtype, uk_relation.UK_LESS_EQUAL.rawValue, values) { $0 <= $1 }
  }

  private let floats: [Float] = [-.infinity, -1.5, -0.0, 0, 0x1p-140, 2, .infinity, .nan]

  private func integers<T: FixedWidthInteger>(_ type: T.Type) -> [T] {
    [.min, .min + 1, 0, 1, 3, 100, .max] + (T.isSigned ? [T(truncatingIfNeeded: -1)] : [])
  }

  @Test func compare() {
    checkComparisons(.UK_FLOAT32, floats)
    checkComparisons(.UK_INT8, integers(Int8.self))
    checkComparisons(.UK_UINT8, integers(UInt8.self))
    checkComparisons(.UK_INT16, integers(Int16.self))
    checkComparisons(.UK_INT32, integers(Int32.self))
    checkComparisons(.UK_INT64, integers(Int64.self))
    checkComparisons(.UK_BOOL, [0, 1] as [UInt8])
  }

  private func checkArithmetic<T: FixedWidthInteger & BitwiseCopyable>(
    _ dtype: uk_dtype, _ type: T.Type
  ) {
    let (contract, values) = (uk_contract.UK_CONTRACT_xx_arithmetic, integers(type))
    check(contract, dtype, uk_arithmetic.UK_ADD.rawValue, values) { $0 &+ $1 }
    check(contract, dtype, uk_arithmetic.UK_SUBTRACT.rawValue, values) { $0 &- $1 }
    check(contract, dtype, uk_arithmetic.UK_MULTIPLY.rawValue, values) { $0 &* $1 }
    check(contract, dtype, uk_arithmetic.UK_DIVIDE.rawValue, values) {
      $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue
    }
  }

  private func checkExtrema<T: Comparable & BitwiseCopyable>(
    _ dtype: uk_dtype, _ values: [T]
  ) {
    let contract = uk_contract.UK_CONTRACT_xx_arithmetic
    // NaN, which no number equals, goes through; b wins a tie.
    func isNaN(_ x: T) -> Bool { x != x }
    check(contract, dtype, uk_arithmetic.UK_MINIMUM.rawValue, values) {
      $0 < $1 || isNaN($0) ? $0 : $1
    }
    check(contract, dtype, uk_arithmetic.UK_MAXIMUM.rawValue, values) {
      $0 > $1 || isNaN($0) ? $0 : $1
    }
  }

  @Test func arithmetic() {
    checkArithmetic(.UK_INT32, Int32.self)
    checkArithmetic(.UK_INT64, Int64.self)
    checkExtrema(.UK_FLOAT32, floats)
    checkExtrema(.UK_INT8, integers(Int8.self))
    checkExtrema(.UK_UINT8, integers(UInt8.self))
    checkExtrema(.UK_INT16, integers(Int16.self))
    checkExtrema(.UK_INT32, integers(Int32.self))
    checkExtrema(.UK_INT64, integers(Int64.self))
    checkExtrema(.UK_BOOL, [0, 1] as [UInt8])
  }

  @Test func arithmeticInPlaceAndBroadcast() {
    var random = SplitMix64(seed: 25)
    for shape in broadcasts(rows: 6, columns: 5) {
      let a = (0..<shape.aCount).map { _ in Int64(bitPattern: random.next()) }
      let b = (0..<shape.bCount).map { _ in Int64(bitPattern: random.next()) }
      KernelCase(
        contract: .UK_CONTRACT_xx_arithmetic,
        parameters: parameters(shape, .UK_INT64, uk_arithmetic.UK_ADD.rawValue),
        inputs: [KernelOperand(a), KernelOperand(b)], rows: 6,
        expected: shape.map { a[$0] &+ b[$1] }, overwritableInput: shape.overwritableInput
      ).check()
    }
  }

  private func checkCast<T: BitwiseCopyable, R: BitwiseCopyable>(
    _ from: uk_dtype, _ values: [T], _ to: uk_dtype, _ convert: (T) -> R
  ) {
    let p = uk_cast_parameters(
      rows: UInt32(values.count), columns: 1, from: from.rawValue, to: to.rawValue)
    KernelCase(
      contract: .UK_CONTRACT_xx_cast, parameters: bytes(of: p), inputs: [KernelOperand(values)],
      rows: values.count, expected: values.map(convert)
    ).check()
  }

  private func checkCasts<T: FixedWidthInteger & BitwiseCopyable>(
    _ from: uk_dtype, _ type: T.Type
  ) {
    let values = integers(type)
    checkCast(from, values, .UK_FLOAT32) { Float($0) }
    checkCast(from, values, .UK_INT8) { Int8(truncatingIfNeeded: $0) }
    checkCast(from, values, .UK_UINT8) { UInt8(truncatingIfNeeded: $0) }
    checkCast(from, values, .UK_INT16) { Int16(truncatingIfNeeded: $0) }
    checkCast(from, values, .UK_INT32) { Int32(truncatingIfNeeded: $0) }
    checkCast(from, values, .UK_INT64) { Int64($0) }
    checkCast(from, values, .UK_BOOL) { $0 != 0 }
    checkCast(.UK_FLOAT32, floatsAround(type), from) { T(saturating: $0) }
  }

  private func floatsAround<T: FixedWidthInteger>(_ type: T.Type) -> [Float] {
    let (low, high) = (Float(T.min), Float(T.max))
    let edges = [low, low.nextUp, low.nextDown, high, high.nextUp, high.nextDown]
    return floats + edges + [-0.99, 0.99, 41.5, -41.5]
  }

  @Test func cast() {
    checkCasts(.UK_INT8, Int8.self)
    checkCasts(.UK_UINT8, UInt8.self)
    checkCasts(.UK_INT16, Int16.self)
    checkCasts(.UK_INT32, Int32.self)
    checkCasts(.UK_INT64, Int64.self)
    checkCast(.UK_FLOAT32, floats, .UK_BOOL) { !($0 == 0) }
    checkCast(.UK_BOOL, [0, 1] as [UInt8], .UK_INT64) { Int64($0) }
  }
}

extension FixedWidthInteger {
  /// Truncated towards 0; what does not fit takes the nearest that does, NaN becomes 0.
  fileprivate init(saturating x: Float) {
    guard !x.isNaN else {
      self = 0
      return
    }
    self = Self(exactly: x.rounded(.towardZero)) ?? (x < 0 ? .min : .max)
  }
}
