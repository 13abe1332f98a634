// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Asks sessions, from any thread, to stop after the step they are in.
public final class StopFlag: Sendable {
  private let raised = Atomic<Bool>(false)

  /// Creates a flag that is not raised.
  public init() {}

  /// Stops the sessions that share the flag, and keeps them from running until it is cleared.
  public func raise() { raised.store(true, ordering: .releasing) }

  /// Lets the sessions run again.
  public func clear() { raised.store(false, ordering: .releasing) }

  /// Whether sessions must stop.
  public var isRaised: Bool { raised.load(ordering: .acquiring) }
}
