// SPDX-License-Identifier: Apache-2.0
import Graph

/// Every operator there is; adding one adds its line here.
package enum Catalogue {
  package static let all: [any Operator.Type] = [
    Absolute.self,
    Add.self,
    Affine.self,
    AffinePair.self,
    ArgMax.self,
    Attention.self,
    AveragePool.self,
    BatchNormalization.self,
    BinaryCrossEntropy.self,
    Blend.self,
    BlendSquare.self,
    BlockProducts.self,
    BlockSquares.self,
    BlockSums.self,
    Cast.self,
    Ceiling.self,
    Clamp.self,
    ClampGradient.self,
    Comparison.self,
    Concatenation.self,
    Convolution.self,
    ConvolutionWeightGradient.self,
    DenseInputGradient.self,
    DenseWeightGradient.self,
    DepthwiseConvolution.self,
    DepthwiseInputGradient.self,
    DepthwiseWeightGradient.self,
    Dequantize.self,
    Descend.self,
    DescendScaled.self,
    DetectionPostProcess.self,
    Divide.self,
    Dropout.self,
    DynamicFullyConnected.self,
    ELU.self,
    Erf.self,
    Expand.self,
    Exponential.self,
    Floor.self,
    FullyConnected.self,
    GELU.self,
    GRU.self,
    Gather.self,
    GatherGradient.self,
    GatherND.self,
    HardSigmoid.self,
    HardSwish.self,
    Hinge.self,
    Huber.self,
    IntegerArithmetic.self,
    JoinBlocks.self,
    KullbackLeibler.self,
    LSTM.self,
    LayerNormalization.self,
    Logarithm.self,
    MapGradient.self,
    MatMul.self,
    MaxPool.self,
    MaxPoolGradient.self,
    Maximum.self,
    MeanAbsoluteError.self,
    MeanSquaredError.self,
    Minimum.self,
    Multiply.self,
    Negate.self,
    NormalizationGradient.self,
    PReLU.self,
    Pad.self,
    Power.self,
    Quantize.self,
    RMSNormalization.self,
    Reciprocal.self,
    ReciprocalSquareRoot.self,
    Reduce.self,
    Reshape.self,
    ResidualLayer.self,
    Resize.self,
    Round.self,
    Select.self,
    SiLU.self,
    Sigmoid.self,
    SignConversion.self,
    Slice.self,
    Softmax.self,
    SoftmaxCrossEntropy.self,
    SoftmaxGradient.self,
    Softplus.self,
    SquareRoot.self,
    Subtract.self,
    Tanh.self,
    Transpose.self,
    TransposedConvolution.self,
    Triplet.self,
    TurnedFilters.self,
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let bySpelling = Dictionary(
    grouping: all.flatMap { $0.spellings } + qlinearSpellings
  ) { $0.key }

  /// The operator of a name.
  package static func named(_ name: String) -> (any Operator.Type)? { byName[name] }

  /// The spelling for a foreign operator: of those not newer than `version`, the newest.
  ///
  /// - Returns: `nil` when no operator covers the key at that version.
  package static func spelling(for key: Spelling.Key, version: Int) -> Spelling? {
    bySpelling[key]?.filter { $0.since <= version }.max { $0.since < $1.since }
  }

  /// Every key that some operator is spelled as.
  package static var spellingKeys: Set<Spelling.Key> { Set(bySpelling.keys) }
}
