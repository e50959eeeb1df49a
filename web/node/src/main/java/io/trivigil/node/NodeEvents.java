package io.trivigil.node;

import io.trivigil.raft.StateMachine;
import org.jspecify.annotations.Nullable;

/// What the machine tells, passed on to a node's parts; before the node is assembled there is
/// nobody to tell. Called by the log's thread, set by the one that assembles.
final class NodeEvents implements NodeMachine.Listener {
  /// Who is told.
  record Takers(
      FailOpenWork failOpen,
      LeaderWork work,
      Configs configs,
      Notifications notifications,
      ClockWatch clocks) {}

  private volatile @Nullable Takers takers;
  private volatile Runnable leadershipChanged = () -> {};

  void pass(Takers to) {
    takers = to;
  }

  /// @param then told of every change of the leadership; returns at once
  void whenLeadershipChanges(Runnable then) {
    leadershipChanged = then;
  }

  @Override
  public void onLeadership(StateMachine.Leadership change) {
    Takers to = takers;
    if (to != null) {
      to.failOpen().onLeadership(change);
      to.work().onLeadership(change);
    }
    leadershipChanged.run();
  }

  @Override
  public void onConfig() {
    Takers to = takers;
    if (to != null) {
      to.configs().wake();
    }
  }

  @Override
  public void onApplied(long logTimeMs) {
    Takers to = takers;
    if (to != null) {
      to.notifications().stateChanged();
      to.clocks().onApplied(logTimeMs);
    }
  }
}
