package io.trivigil.raft.sim;

import io.trivigil.raft.PeerSight;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What a simulated node hears of its peers. It hears without delay, so a view is as old as the
/// last moment at which both were connected and alive.
final class SimulatedSight implements PeerSight {
  private final SimulatedNode node;
  private final SimulatedCluster cluster;
  private final TreeMap<String, PeerView> last = new TreeMap<>();
  private final TreeMap<String, Long> heardMs = new TreeMap<>();
  private long quorumMs;
  private boolean quorum;
  private boolean failing;

  SimulatedSight(SimulatedNode node, SimulatedCluster cluster) {
    this.node = node;
    this.cluster = cluster;
    this.quorumMs = cluster.clock().millis();
  }

  /// Notes what can be heard now. Called just before, and just after, anything changes that.
  void refresh() {
    if (!node.responds()) {
      return;
    }
    long now = cluster.clock().millis();
    boolean hears = hearsQuorum();
    if (quorum || hears) {
      quorumMs = now; // it lasted until now
    }
    quorum = hears;
    for (String id : cluster.nodeIds()) {
      SimulatedNode other = cluster.node(id);
      if (other != node && other.responds() && cluster.connected(node, other)) {
        heardMs.put(id, now);
        last.put(id, other.sight().own());
      }
    }
  }

  /// Time in which the process stood still does not count.
  void stoodStill(long forMs) {
    quorumMs += forMs;
  }

  private boolean hearsQuorum() {
    return cluster.hearsTheLeader(node)
        && cluster.leaderHasQuorum()
        && node.believedLeader().equals(cluster.leaderId());
  }

  private PeerView own() {
    long index = node.position().index();
    return new PeerView(
        node.id(),
        0,
        !node.believedLeader().isEmpty(),
        node.believedLeader(),
        node.believedTerm(),
        hearsQuorum() ? 0 : cluster.clock().millis() - quorumMs,
        failing,
        index,
        index,
        0);
  }

  @Override
  public long msSinceQuorum() {
    refresh();
    return quorum ? 0 : cluster.clock().millis() - quorumMs;
  }

  @Override
  public long quorumHeardMs() {
    refresh();
    boolean none = node.believedLeader().isEmpty();
    return quorum ? 0 : none ? Long.MAX_VALUE : cluster.clock().millis() - quorumMs;
  }

  @Override
  public List<PeerView> reachable() {
    return heard().stream().filter(peer -> peer.lastHeardMs() < REACHABLE_MS).toList();
  }

  @Override
  public List<PeerView> heard() {
    refresh();
    long now = cluster.clock().millis();
    List<PeerView> views = new ArrayList<>();
    last.forEach(
        (id, view) ->
            views.add(
                new PeerView(
                    id,
                    now - heardMs.getOrDefault(id, now),
                    view.leaderKnown(),
                    view.leaderId(),
                    view.term(),
                    view.noQuorumForMs(),
                    view.failingOpen(),
                    view.appliedIndex(),
                    view.committedIndex(),
                    view.lagMs())));
    return List.copyOf(views);
  }

  @Override
  public void failingOpen(boolean now) {
    failing = now;
  }
}
