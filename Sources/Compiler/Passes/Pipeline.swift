// SPDX-License-Identifier: Apache-2.0
import Graph

extension Pass {
  /// Every pass, in the order they run.
  package static let pipeline = preparation + integration

  /// Brings a float model to channels last and to few, large nodes: each what one step computes.
  ///
  /// What is to be rewritten by its layers, such as quantised, is prepared by these.
  package static let preparation: [Pass] = [
    deadCode,
    constantFolding,
    identityRemoval,
    commonSubexpressions,
    // What models write out.
    functionFusion,
    normalizationFusion,
    attentionFusion,
    attentionLayout,
    // Channels last: NCHW models arrive with a transpose around every image operator.
    transposeSinking,
    freeTransposes,
    identityRemoval,
    reshapeSinking,
    constantFolding,
    divisionFolding,
    // Fewer, larger steps.
    padFusion,
    batchNormalizationFolding,
    biasFusion,
    activationFusion,
  ]

  /// The same for a model that is trained: batch normalisations stay layers of their own, whose
  /// scale, bias and statistics are learnt, and constants that are equal now, such as biases of 0,
  /// stay apart.
  fileprivate static let trainingPreparation = preparation.filter {
    ![batchNormalizationFolding.name, commonSubexpressions.name].contains($0.name)
  }

  /// Expands what has no kernel, computes in integers what stands between dequantising and
  /// quantising, and clears up.
  private static let integration: [Pass] = [
    // Not before: a prepared graph may still be differentiated, by the composites' own gradients.
    expansion,
    activationFusion,
    quantizationFusion,
    dynamicFusion,
    storedWeights,
    constantDequantization,
    poolChaining,
    // What is left of the transposes.
    flattenFolding,
    identityRemoval,
    residualFusion,
    // Constants that became equal.
    commonSubexpressions,
  ]
}

/// Rewrites a graph by every pass of the pipeline; it computes the same.
///
/// Integer weights of float products stay integers unless `expandsWeights`. `observe` is called
/// with the graph that each pass made.
package func optimize(
  _ graph: Graph, expandsWeights: Bool = false, observe: (Pass, Graph) -> Void = { _, _ in }
) throws(CompileError) -> Graph {
  let passes = Pass.pipeline.filter { !expandsWeights || $0.name != Pass.storedWeights.name }
  return try rewrite(graph, by: passes, observe: observe)
}

/// Rewrites a float graph to channels last and few, large nodes; it computes the same.
package func prepare(_ graph: Graph) throws(CompileError) -> Graph {
  try rewrite(graph, by: Pass.preparation) { _, _ in }
}

/// Rewrites a float graph as `prepare` does, with its batch normalisations left as they are.
package func prepareForTraining(_ graph: Graph) throws(CompileError) -> Graph {
  try rewrite(graph, by: Pass.trainingPreparation) { _, _ in }
}

private func rewrite(
  _ graph: Graph, by passes: [Pass], observe: (Pass, Graph) -> Void
) throws(CompileError) -> Graph {
  do throws(GraphError) {
    try graph.verify()
  } catch {
    throw .invalidGraph(pass: nil, error)
  }
  var graph = graph
  for pass in passes {
    graph = try pass.run(graph)
    observe(pass, graph)
  }
  return graph
}
