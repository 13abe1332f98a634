// SPDX-License-Identifier: Apache-2.0
import Graph

extension Pass {
  /// Every pass, in the order they run.
  package static let pipeline: [Pass] = [
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
    // Fewer, larger steps.
    padFusion,
    batchNormalizationFolding,
    biasFusion,
    activationFusion,
    quantizationFusion,
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
/// `observe` is called with the graph that each pass made.
package func optimize(
  _ graph: Graph, observe: (Pass, Graph) -> Void = { _, _ in }
) throws(CompileError) -> Graph {
  do throws(GraphError) {
    try graph.verify()
  } catch {
    throw .invalidGraph(pass: nil, error)
  }
  var graph = graph
  for pass in Pass.pipeline {
    graph = try pass.run(graph)
    observe(pass, graph)
  }
  return graph
}
