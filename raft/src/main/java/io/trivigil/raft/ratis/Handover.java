package io.trivigil.raft.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands leadership over, and tries again where it did not work.
///
/// Ratis tells the heir to stand for election at once. An entry that gets into the log in that
/// moment (Ratis writes some of its own, behind each commit), or a slow heir, makes the voters
/// refuse: the term is lost, the old leader wins the next one, and Ratis leaves it at that. While
/// it waits for the heir the leader takes no writes, so an attempt is short.
final class Handover {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  private static final int ATTEMPTS = 4;
  private static final Duration PAUSE = Duration.ofMillis(50);

  /// How long a stop may be held up by it.
  static final Duration AT_CLOSE = Duration.ofSeconds(1);

  /// What takes part.
  ///
  /// @param attempt the longest time that one attempt may take
  record Cluster(
      RaftServer.Division division,
      Submitter submitter,
      LongSupplier nanoTicker,
      CountDownLatch closed,
      Duration attempt) {}

  private final Cluster cluster;
  private final RaftServer.Division division;

  Handover(Cluster cluster) {
    this.cluster = cluster;
    this.division = cluster.division();
  }

  /// Asks the leader, wherever it is, to hand over to `nodeId`, or to the best node if it is empty;
  /// blocks until that node leads, or it is clear that it will not.
  boolean to(String nodeId) throws InterruptedException {
    RaftPeerId before = null;
    String reason = "no leader is known";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      RaftPeerId leader = awaitLeader();
      if (leader == null) {
        break;
      }
      before = before == null ? leader : before;
      if (nodeId.isEmpty() ? !leader.equals(before) : PeerNames.nodeId(leader).equals(nodeId)) {
        return true;
      }
      List<RaftPeerId> heirs = NodeStatus.heirs(division, nodeId);
      if (heirs.isEmpty()) {
        reason = "no such node, or it is not alive";
        break;
      }
      RaftPeerId heir = heirs.get(attempt % heirs.size());
      try {
        cluster.submitter().transferLeadership(leader, heir, cluster.attempt());
        return true;
      } catch (IOException | RuntimeException e) {
        reason = e.toString();
        LOG.debug("leadership not handed over yet to={} reason={}", heir, reason);
      }
    }
    LOG.info("leadership not handed over to={} reason={}", nodeId, reason);
    return false;
  }

  /// The leader, once there is one that this node knows of; null if there is none for long.
  private @org.jspecify.annotations.Nullable RaftPeerId awaitLeader() throws InterruptedException {
    long startNanos = cluster.nanoTicker().getAsLong();
    while (true) {
      RaftPeerId leader = division.getInfo().getLeaderId();
      boolean here = leader != null && leader.equals(division.getId());
      if (leader != null && (!here || division.getInfo().isLeaderReady())) {
        return leader;
      }
      long waited = cluster.nanoTicker().getAsLong() - startNanos;
      if (waited > cluster.attempt().multipliedBy(2).toNanos()
          || cluster.closed().await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
    }
  }

  /// Where this node leads and another one could: hands over before this node stops, so that nobody
  /// has to wait for an election. Blocks for [#AT_CLOSE] at most.
  void beforeClose() {
    if (!division.getInfo().isLeader() || !division.getInfo().isLeaderReady()) {
      return;
    }
    List<RaftPeerId> heirs = NodeStatus.heirs(division, "");
    long startNanos = cluster.nanoTicker().getAsLong();
    for (RaftPeerId heir : heirs) {
      Duration left = AT_CLOSE.minusNanos(cluster.nanoTicker().getAsLong() - startNanos);
      if (!left.isPositive() || !division.getInfo().isLeader()) {
        return;
      }
      try {
        cluster.submitter().transferLeadership(division.getId(), heir, left);
        LOG.info("leadership handed over before the stop to={}", PeerNames.nodeId(heir));
        return;
      } catch (IOException | RuntimeException e) {
        LOG.info("leadership not handed over before the stop reason={}", e.toString());
      }
    }
  }
}
