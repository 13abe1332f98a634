// SPDX-License-Identifier: Apache-2.0
import CKernels
import CPlatform
import Engine
import Testing

/// A matrix contract as the tests see it.
struct MatrixContract: CustomTestStringConvertible, Sendable {
  let contract: uk_contract
  let arithmetic: MatrixArithmetic
  let isInPlace: Bool
  let hasResidual: Bool

  init(
    _ contract: uk_contract, _ arithmetic: MatrixArithmetic, isInPlace: Bool = false,
    hasResidual: Bool = false
  ) {
    self.contract = contract
    self.arithmetic = arithmetic
    self.isInPlace = isInPlace
    self.hasResidual = hasResidual
  }

  var testDescription: String { contract.name }

  static let products = [
    MatrixContract(.UK_CONTRACT_s8_gemm_requant, .int8),
    MatrixContract(.UK_CONTRACT_s16_gemm_requant, .int16),
    MatrixContract(.UK_CONTRACT_f32_gemm_clamp_fma, .fused),
    MatrixContract(.UK_CONTRACT_f32_gemm_clamp_muladd, .unfused),
  ]
  static let convolutions = [
    MatrixContract(.UK_CONTRACT_s8_conv_requant, .int8),
    MatrixContract(.UK_CONTRACT_s16_conv_requant, .int16),
    MatrixContract(.UK_CONTRACT_f32_conv_clamp_fma, .fused),
    MatrixContract(.UK_CONTRACT_f32_conv_clamp_muladd, .unfused),
  ]
  static let runs = [MatrixContract(.UK_CONTRACT_s8_conv_runs_requant, .int8)]
  static let depthwise = [
    MatrixContract(.UK_CONTRACT_s8_dwconv_requant, .int8),
    MatrixContract(.UK_CONTRACT_s16_dwconv_requant, .int16),
    MatrixContract(.UK_CONTRACT_f32_dwconv_clamp_fma, .fused),
    MatrixContract(.UK_CONTRACT_f32_dwconv_clamp_muladd, .unfused),
  ]
  static let inPlace = [
    MatrixContract(.UK_CONTRACT_s8_dwconv_inplace_requant, .int8, isInPlace: true),
    MatrixContract(.UK_CONTRACT_f32_dwconv_inplace_clamp_fma, .fused, isInPlace: true),
    MatrixContract(
      .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd, .unfused, isInPlace: true),
  ]

  static let residualProducts = [
    MatrixContract(.UK_CONTRACT_s8_gemm_requant_add, .int8, hasResidual: true),
    MatrixContract(.UK_CONTRACT_f32_gemm_clamp_add_fma, .fused, hasResidual: true),
    MatrixContract(.UK_CONTRACT_f32_gemm_clamp_add_muladd, .unfused, hasResidual: true),
  ]
  static let residualConvolutions = [
    MatrixContract(.UK_CONTRACT_s8_conv_requant_add, .int8, hasResidual: true),
    MatrixContract(.UK_CONTRACT_f32_conv_clamp_add_fma, .fused, hasResidual: true),
    MatrixContract(.UK_CONTRACT_f32_conv_clamp_add_muladd, .unfused, hasResidual: true),
  ]

  /// The kernels that this CPU runs or emulates; says which ones it cannot.
  func kernels() -> [uk_kernel_info] {
    let all = (0..<uk_kernel_count).compactMap { uk_kernel_at($0)?.pointee }
    let runnable = all.filter { kernel in
      guard kernel.contract == contract else { return false }
      if kernel.isa.isRunnable && (arithmetic != .fused || hasFMA) { return true }
      print("not run, the CPU lacks its instructions: \(String(cString: kernel.symbol))")
      return false
    }
    return runnable + emulatedKernels(of: contract)
  }

  /// Runs every kernel of the contract on one problem, whole and in pieces; every output bit must
  /// be that of the plain computation.
  ///
  /// Odd seeds compute, like the engine, with subnormals flushed to zero.
  func check(_ problem: MatrixProblem, seed: Int, kernels: [uk_kernel_info]) {
    let mode = seed % 2 == 0 ? nil : cp_float_mode_enter()
    defer { if let mode { cp_float_mode_leave(mode) } }
    var random = SplitMix64(seed: UInt64(seed))
    let test = MatrixCase(
      problem, arithmetic, isInPlace: isInPlace, hasResidual: hasResidual, random: &random)
    let pieces = randomRanges(test.rows, random: &random)
    for kernel in kernels {
      let symbol = String(cString: kernel.symbol)
      #expect(
        test.passes(kernel, .beforeGuard, over: [0..<test.rows]),
        "\(symbol), \(problem), seed \(seed)")
      #expect(
        test.passes(kernel, .afterGuard, over: pieces),
        "\(symbol), \(problem), seed \(seed), in \(pieces)")
      guard hasResidual else { continue }
      #expect(
        test.passes(kernel, .afterGuard, over: pieces, onResidual: true),
        "\(symbol), \(problem), seed \(seed), on the residual")
    }
  }
}

@Suite struct MatrixTests {
  /// Every tail of a group of 4, of a vector of 16 and of a panel, every height of a tile.
  @Test(arguments: MatrixContract.products) func productsOfEveryTail(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    var seed = 0
    for columns in 1...33 {
      for depth in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33] {
        for rows in [1 + columns % 8, 1 + seed % 19] {
          seed += 1
          contract.check(
            .product(rows: rows, columns: columns, depth: depth), seed: seed, kernels: kernels)
        }
      }
    }
  }

  /// Tiles of several panels and what they leave, at every height; few rows, shared by columns.
  @Test(arguments: MatrixContract.products + MatrixContract.residualProducts)
  func productsOfManyColumns(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    var seed = 0
    for columns in [36, 48, 63, 64, 65, 80, 96, 100, 112, 127, 129, 160, 177] {
      for (depth, rows) in zip([3, 4, 16, 30, 35, 64, 67, 100], [5, 0, 1, 20, 6, 7, 3, 14]) {
        seed += 1
        contract.check(
          .product(rows: 1 + rows + seed % 15, columns: columns, depth: depth), seed: seed,
          kernels: kernels)
      }
    }
  }

  /// More rows than a block holds; rows so long that a block is one tile.
  @Test(arguments: MatrixContract.products) func longProducts(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    let shapes = [(115, 20, 9), (100, 17, 301), (20, 5, 1700), (1, 50, 1283), (49, 16, 96)]
    for (seed, shape) in shapes.enumerated() {
      let (rows, columns, depth) = shape
      contract.check(
        .product(rows: rows, columns: columns, depth: depth), seed: seed, kernels: kernels)
    }
  }

  /// Sums long enough for the widest tiles: every height, and what is left beside them.
  @Test(arguments: MatrixContract.products) func wideProducts(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for rows in 1...14 {
      let columns = [64, 72, 88, 97, 127, 130][rows % 6]
      contract.check(
        .product(rows: rows, columns: columns, depth: 256 + rows % 3), seed: rows,
        kernels: kernels)
    }
  }

  /// More rows than columns, in tiles of every height: what is summed may be columns, not rows.
  @Test(arguments: MatrixContract.products + MatrixContract.residualProducts)
  func productsOfManyRows(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for rows in 16...62 {
      for columns in [1 + rows % 16, 17 + rows % 16, 32] {
        contract.check(
          .product(rows: rows, columns: columns, depth: 4 * (1 + rows % 13)),
          seed: 100 * columns + rows, kernels: kernels)
      }
    }
    for (seed, columns) in [48, 100, 127, 128, 129, 144].enumerated() {
      contract.check(
        .product(rows: 150, columns: columns, depth: 36), seed: seed, kernels: kernels)
    }
  }

  @Test(arguments: MatrixContract.convolutions) func convolutions(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for seed in 0..<500 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      let window = randomWindow(isDepthwise: false, random: &random)
      contract.check(.convolution(window), seed: seed, kernels: kernels)
    }
    for (seed, window) in [
      squareWindow(9, 3, 32, kernel: 7, stride: 2), squareWindow(13, 64, 40, kernel: 1),
      squareWindow(12, 8, 16, kernel: 3), squareWindow(5, 200, 17, kernel: 3),
      squareWindow(6, 20, 100, kernel: 3), squareWindow(21, 1, 64, kernel: 5, stride: 2),
      squareWindow(20, 32, 70, kernel: 3, stride: 3), squareWindow(14, 3, 40, kernel: 3),
      squareWindow(37, 3, 24, kernel: 3, stride: 2), squareWindow(8, 29, 80, kernel: 3),
    ].enumerated() {
      contract.check(.convolution(window), seed: seed, kernels: kernels)
    }
  }

  @Test(arguments: MatrixContract.runs) func convolutionsByRuns(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for seed in 0..<400 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      contract.check(.runs(randomRunsWindow(random: &random)), seed: seed, kernels: kernels)
    }
    for (seed, window) in [
      squareWindow(13, 1, 64, kernel: 10, stride: 2), squareWindow(28, 1, 8, kernel: 5),
      squareWindow(37, 3, 24, kernel: 3, stride: 2), squareWindow(9, 3, 32, kernel: 7, stride: 2),
      squareWindow(21, 1, 70, kernel: 3), squareWindow(20, 2, 33, kernel: 3),
      squareWindow(19, 7, 150, kernel: 5, stride: 3),
    ].enumerated() {
      contract.check(.runs(window), seed: seed, kernels: kernels)
    }
  }

  @Test(arguments: MatrixContract.residualProducts)
  func productsWithResidual(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for columns in Array(1...33) + [72] {
      for rows in [1 + columns % 8, 1 + columns % 19, 50] {
        contract.check(
          .product(rows: rows, columns: columns, depth: 1 + columns % 7),
          seed: 100 * columns + rows, kernels: kernels)
      }
    }
  }

  @Test(arguments: MatrixContract.residualConvolutions)
  func convolutionsWithResidual(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for seed in 0..<150 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      let window = randomWindow(isDepthwise: false, random: &random)
      contract.check(.convolution(window), seed: seed, kernels: kernels)
    }
  }

  @Test(arguments: MatrixContract.depthwise) func depthwise(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for seed in 0..<800 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      let window = randomWindow(isDepthwise: true, random: &random)
      contract.check(.depthwise(window), seed: seed, kernels: kernels)
    }
  }

  @Test(arguments: MatrixContract.inPlace) func depthwiseInPlace(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    for seed in 0..<800 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      let window = randomWindow(isDepthwise: true, shrinks: true, random: &random)
      contract.check(.depthwise(window), seed: seed, kernels: kernels)
    }
  }

  /// A streamed tensor holds few rows at a time; the bits are those of the whole.
  @Test(
    arguments: MatrixContract.convolutions + MatrixContract.residualConvolutions
      + MatrixContract.runs + MatrixContract.depthwise)
  func streamedRows(_ contract: MatrixContract) {
    let isDepthwise = MatrixContract.depthwise.contains { $0.contract == contract.contract }
    let isByRuns = MatrixContract.runs.contains { $0.contract == contract.contract }
    let kernels = contract.kernels()
    for seed in 0..<100 {
      var random = SplitMix64(seed: UInt64(~seed & 0xFFFF))
      var window = randomWindow(isDepthwise: isDepthwise, random: &random)
      window.batch = 1
      if isByRuns { (window.dilation_height, window.dilation_width) = (1, 1) }
      let problem: MatrixProblem =
        isDepthwise ? .depthwise(window) : isByRuns ? .runs(window) : .convolution(window)
      let test = MatrixCase(
        problem, contract.arithmetic, isInPlace: false, hasResidual: contract.hasResidual,
        random: &random)
      for kernel in kernels {
        #expect(
          test.passesStreamed(kernel, window), "\(String(cString: kernel.symbol)), seed \(seed)")
      }
    }
  }

  /// Field values that no real program has must not overflow: the verifier compares the answer.
  @Test func scratchOfHugeExtentsSaturates() {
    var block = uk_s8_window_parameters()
    withUnsafeMutableBytes(of: &block) { $0.copyBytes(from: [UInt8](repeating: 0xFF, count: 80)) }
    #expect(uk_s8_conv_requant_scratch_bytes(&block) == .max)
    #expect(uk_s8_conv_runs_requant_scratch_bytes(&block) == .max)
    #expect(uk_s8_dwconv_requant_scratch_bytes(&block) == .max)
    #expect(uk_s16_conv_requant_scratch_bytes(&block) == .max)
    #expect(uk_s16_dwconv_requant_scratch_bytes(&block) == .max)
    #expect(uk_s8_dwconv_inplace_requant_scratch_bytes(&block) == .max)
    var floats = uk_f32_window_parameters()
    floats.window = block.window
    #expect(uk_f32_conv_clamp_scratch_bytes(&floats) == .max)
    #expect(uk_f32_dwconv_clamp_scratch_bytes(&floats) == .max)
    #expect(uk_f32_dwconv_inplace_clamp_scratch_bytes(&floats) == .max)
  }
}
