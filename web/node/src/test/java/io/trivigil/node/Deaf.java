package io.trivigil.node;

import io.trivigil.raft.StateMachine.Leadership;

/// Nobody who wants to hear of what a machine does.
final class Deaf implements NodeMachine.Listener {
  @Override
  public void onLeadership(Leadership change) {}

  @Override
  public void onConfig() {}

  @Override
  public void onApplied(long logTimeMs) {}
}
