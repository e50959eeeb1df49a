package io.trivigil.raft.sim;

import java.util.List;

/// Who leads, and who learns of it when.
final class Elections {
  private final SimulatedCluster cluster;
  private boolean held;

  Elections(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /// Sees to it that somebody leads who can, after a while.
  void hold() {
    if (!held) {
      held = true;
      cluster
          .scheduler()
          .after(
              cluster.scheduler().between(300, 900),
              () -> {
                held = false;
                if (!cluster.leaderHasQuorum()) {
                  electAnyone();
                }
              });
    }
  }

  private void electAnyone() {
    List<SimulatedNode> candidates = cluster.nodes().stream().filter(cluster::hasQuorum).toList();
    if (!candidates.isEmpty()) {
      elect(candidates.get(cluster.scheduler().below(candidates.size())));
    }
  }

  private void elect(SimulatedNode winner) {
    SimulatedNode old = cluster.consensus().leader();
    cluster.refreshSights();
    cluster.consensus().elect(winner, old == null || cluster.connected(old, winner));
    cluster.trace("%s leads in term %d", winner.id(), cluster.consensus().term());
    winner.believe(cluster.consensus().term(), winner.id());
    spreadTheNews();
    cluster.scheduler().after(cluster.scheduler().between(1, 10), cluster::commitWhatMayBe);
  }

  /// Tells every node who leads, in its own time; those that are cut off hear it after the healing.
  void spreadTheNews() {
    for (SimulatedNode node : cluster.nodes()) {
      cluster
          .scheduler()
          .after(cluster.scheduler().between(0, 300), () -> node.whenAwake(() -> hear(node)));
    }
  }

  void hear(SimulatedNode node) {
    if (cluster.hearsTheLeader(node)) {
      node.believe(cluster.consensus().term(), cluster.leaderId());
      node.pump();
      cluster.scheduler().after(cluster.scheduler().between(1, 10), cluster::commitWhatMayBe);
    }
  }

  /// Whoever hears nothing of its leader for a while knows none any more, and a leader that hears
  /// no quorum steps down.
  void noticeSilence() {
    for (SimulatedNode node : cluster.nodes()) {
      if (node.believesItLeads() && !cluster.hasQuorum(node)) {
        cluster
            .scheduler()
            .after(
                cluster.scheduler().between(300, 2_000),
                () -> node.whenAwake(() -> stepDownAlone(node)));
      }
      cluster
          .scheduler()
          .after(cluster.scheduler().between(300, 1_000), () -> node.whenAwake(() -> forget(node)));
    }
  }

  private void forget(SimulatedNode node) {
    String believed = node.believedLeader();
    if (!believed.isEmpty() && !node.believesItLeads()) {
      SimulatedNode leader = cluster.node(believed);
      if (!leader.responds() || !leader.believesItLeads() || !cluster.reaches(leader, node)) {
        cluster.trace("%s hears of no leader", node.id());
        node.knowsNoLeader();
      }
    }
  }

  /// Another leader, while the old one lives and still believes for a while.
  boolean depose(String wanted) {
    List<SimulatedNode> heirs =
        cluster.nodes().stream()
            .filter(n -> n != cluster.consensus().leader() && cluster.hasQuorum(n))
            .filter(n -> wanted.isEmpty() || n.id().equals(wanted))
            .toList();
    if (heirs.isEmpty()) {
      return false;
    }
    elect(heirs.get(cluster.scheduler().below(heirs.size())));
    return true;
  }

  /// A leader that hears no quorum steps down, but not at once.
  void stepDownAlone(SimulatedNode node) {
    if (node.alive() && !cluster.hasQuorum(node)) {
      cluster.refreshSights();
      cluster.trace("%s steps down", node.id());
      if (cluster.consensus().leader() == node) {
        cluster.consensus().leaderLost();
        hold();
      }
      node.stepDown();
      noticeSilence();
    }
  }
}
