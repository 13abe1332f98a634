// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore
import TestSupport
import Testing

@Suite struct StepRequirementsTests {
  @Test func int8GemmPadsWeightsToPanelsAndGroups() throws {
    let requirements = try #require(stepRequirements(of: .UK_CONTRACT_s8_gemm_requant, gemm()))
    #expect(requirements.operandBytes == [3 * 6, 32 * 8, 32 * 4, 32 * 4, 3 * 17])
  }

  @Test func gemmOfFewRowsIsSharedByColumns() throws {
    var parameters = gemm()
    parameters.columns = 65
    for (rows, units) in [(UInt32(1), 2), (7, 2), (8, 8), (50, 50)] {
      parameters.rows = rows
      let requirements = try #require(
        stepRequirements(of: .UK_CONTRACT_s8_gemm_requant, parameters))
      #expect(requirements.rows == units)
    }
  }

  @Test func convolutionAddressesRowsOfImages() throws {
    var parameters = uk_f32_window_parameters()
    parameters.window = window()
    parameters.min = -.infinity
    parameters.max = .infinity
    let requirements = try #require(
      stepRequirements(of: .UK_CONTRACT_f32_conv_clamp_fma, parameters))
    #expect(requirements.rows == 2 * 4)
    #expect(requirements.operands[0].rowBytes == 8 * 3 * 4)
    #expect(requirements.operands[0].rowCount == 2 * 8)
    #expect(requirements.operandBytes == [1536, 16 * 9 * 3 * 4, 64, 12, 2 * 4 * 4 * 5 * 4])
  }

  @Test func convolutionWindowsMayMissTheImage() {
    var parameters = uk_f32_window_parameters()
    parameters.window = window()
    parameters.window.pad_top = 1000
    parameters.max = 1
    #expect(stepRequirements(of: .UK_CONTRACT_f32_conv_clamp_fma, parameters) != nil)
  }

  @Test(arguments: [
    \uk_window.pad_top, \.pad_left, \.out_height, \.out_width, \.dilation_height, \.dilation_width,
  ])
  func poolWindowsMustTouchTheImage(field: WritableKeyPath<uk_window, UInt32> & Sendable) {
    var parameters = uk_f32_window_parameters()
    parameters.window = window()
    parameters.window.out_channels = 3
    #expect(stepRequirements(of: .UK_CONTRACT_f32_maxpool_clamp, parameters) != nil)
    parameters.window[keyPath: field] += 3
    #expect(stepRequirements(of: .UK_CONTRACT_f32_maxpool_clamp, parameters) == nil)
  }

  @Test func tapPositionsMustFit31Bits() {
    var parameters = uk_f32_window_parameters()
    parameters.window = window()
    parameters.window.dilation_height = 1 << 30
    #expect(stepRequirements(of: .UK_CONTRACT_f32_conv_clamp_fma, parameters) == nil)
  }

  @Test(arguments: [
    (Float.nan, Float(1)), (0, .nan), (1, 0), (-0.0, 1), (-1, -0.0),
  ])
  func clampsMustBeOrdered(low: Float, high: Float) {
    let parameters = uk_f32_unary_parameters(rows: 1, columns: 1, min: low, max: high)
    #expect(stepRequirements(of: .UK_CONTRACT_f32_clamp, parameters) == nil)
  }

  @Test func broadcastOperandsAreOverwritableOnlyWhole() throws {
    var parameters = uk_f32_binary_parameters()
    parameters.shape = uk_broadcast(extents: (1, 1, 4, 5), a: (0, 0, 5, 1), b: (0, 0, 0, 1))
    parameters.max = 1
    let requirements = try #require(stepRequirements(of: .UK_CONTRACT_f32_add_clamp, parameters))
    #expect(requirements.operandBytes == [80, 20, 80])
    #expect(requirements.operands.map(\.isOverwritable) == [true, false, false])
  }

  @Test func inPlaceDepthwiseSharesBlocksOfChannels() throws {
    var parameters = uk_s8_window_parameters()
    parameters.window = window()
    parameters.window.in_channels = 40
    parameters.window.out_channels = 40
    parameters.window.stride_height = 1
    parameters.window.stride_width = 1
    let contract = uk_contract.UK_CONTRACT_s8_dwconv_inplace_requant
    parameters.window.out_height = 9
    #expect(stepRequirements(of: contract, parameters) == nil)
    parameters.window.out_height = 8
    parameters.window.out_width = 8
    let requirements = try #require(stepRequirements(of: contract, parameters))
    #expect(requirements.isInPlace)
    #expect(requirements.rows == 3)
  }

  /// 4 rows of ⌈5 · 3 / 4⌉ groups, where each of 5 pixels would be a group of its own.
  @Test func runsAreNeighbours() throws {
    var parameters = uk_s8_window_parameters()
    parameters.window = window()
    parameters.window.in_channels = 3
    parameters.window.out_channels = 20
    (parameters.window.kernel_height, parameters.window.kernel_width) = (4, 5)
    let contract = uk_contract.UK_CONTRACT_s8_conv_runs_requant
    let requirements = try #require(stepRequirements(of: contract, parameters))
    #expect(requirements.operandBytes[1] == 4 * 4 * 32 * 4)
    let apart = try #require(stepRequirements(of: .UK_CONTRACT_s8_conv_requant, parameters))
    #expect(apart.operandBytes[1] == 4 * 5 * 32 * 4)
    parameters.window.dilation_width = 2
    #expect(stepRequirements(of: contract, parameters) == nil)
    parameters.window.dilation_width = 1
    parameters.window.dilation_height = 2
    #expect(stepRequirements(of: contract, parameters) == nil)
  }

  @Test func weightsZeroPointIsAnInt8() {
    var product = gemm()
    var windowed = uk_s8_window_parameters()
    windowed.window = window()
    for zeroPoint: Int32 in [-129, -128, 127, 128] {
      product.weights_zero_point = zeroPoint
      windowed.weights_zero_point = zeroPoint
      let isValid = Int8(exactly: zeroPoint) != nil
      #expect((stepRequirements(of: .UK_CONTRACT_s8_gemm_requant, product) != nil) == isValid)
      #expect((stepRequirements(of: .UK_CONTRACT_s8_conv_requant, windowed) != nil) == isValid)
    }
    windowed.weights_zero_point = 0
    windowed.reserved.2 = 1
    #expect(stepRequirements(of: .UK_CONTRACT_s8_conv_requant, windowed) == nil)
  }

  @Test func copiedRunsDoNotOverlap() {
    var parameters = uk_copy_parameters()
    parameters.rows = 2
    parameters.run_bytes = 8
    parameters.in_pitch_bytes = 8
    parameters.out_pitch_bytes = 7
    #expect(stepRequirements(of: .UK_CONTRACT_xx_copy, parameters) == nil)
    parameters.out_pitch_bytes = 8
    #expect(stepRequirements(of: .UK_CONTRACT_xx_copy, parameters)?.operandBytes == [16, 16])
  }

  /// No bytes trap, whatever the contract, and a block is refused when its size is wrong.
  @Test func everyContractIsTotal() throws {
    var random = SeededGenerator(seed: 1)
    for index in 0..<uk_contract_count {
      let info = try #require(unsafe uk_contract_at(index)).pointee
      let size = Int(unsafe info.parameter_bytes)
      let contract = unsafe info.contract
      #expect(stepRequirements(of: contract, parameters: []) == nil)
      let oversize = [UInt8](repeating: 1, count: size + 1)
      #expect(stepRequirements(of: contract, parameters: oversize) == nil)
      for _ in 0..<2000 {
        var bytes = [UInt8](repeating: 0, count: size)
        for at in stride(from: 0, to: size, by: 4) {
          bytes[at] = UInt8(random.next() % 4)
          if random.next() % 8 == 0 { bytes[at + 3] = UInt8.random(in: 0...255, using: &random) }
        }
        guard let found = stepRequirements(of: contract, parameters: bytes) else { continue }
        #expect(found.operands.count == Int(unsafe info.operand_count))
        #expect(found.rows > 0)
      }
    }
  }

  private func gemm() -> uk_s8_gemm_parameters {
    uk_s8_gemm_parameters(
      rows: 3, columns: 17, depth: 6, weights_zero_point: 0,
      output: uk_requantize(zero_point: 1, min: -128, max: 127, reserved: 0))
  }

  /// 3x3, stride 2, padding 1 on an 8x8 image.
  private func window() -> uk_window {
    uk_window(
      batch: 2, in_height: 8, in_width: 8, in_channels: 3, out_height: 4, out_width: 4,
      out_channels: 5, kernel_height: 3, kernel_width: 3, stride_height: 2, stride_width: 2,
      dilation_height: 1, dilation_width: 1, pad_top: 1, pad_left: 1, reserved: 0)
  }
}

private func stepRequirements(
  of contract: uk_contract, _ parameters: some BitwiseCopyable
) -> StepRequirements? {
  stepRequirements(of: contract, parameters: littleEndianBytes(of: parameters))
}
