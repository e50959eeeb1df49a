package io.trivigil.raft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.PeerSight.PeerView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightTest {
  @Test
  void whoIsCutOffCountsTheTimeAndSeesNobodyTheOthersSeeEachOther(@TempDir Path scratch) {
    Map<String, LedgerMachine.Disk> disks = new HashMap<>();
    SimulatedCluster cluster =
        new SimulatedCluster(
            1,
            3,
            scratch,
            id -> new LedgerMachine(disks.computeIfAbsent(id, _ -> new LedgerMachine.Disk())),
            new SimulatedClock(1_700_000_000_000L),
            LogLimits.DEFAULT,
            Faults.NONE);
    cluster.runFor(Duration.ofSeconds(3));
    for (String id : cluster.nodeIds()) {
      assertThat(cluster.log(id).sight().msSinceQuorum()).isZero();
      assertThat(cluster.log(id).sight().reachable()).hasSize(2).allMatch(PeerView::leaderKnown);
    }
    String old = cluster.leaderId();
    cluster.partition(List.of(old));
    cluster.log(old).sight().failingOpen(true);
    cluster.runFor(Duration.ofSeconds(10));
    PeerSight alone = cluster.log(old).sight();
    assertThat(alone.msSinceQuorum()).isBetween(9_000L, 10_000L);
    assertThat(alone.reachable()).isEmpty();
    assertThat(alone.heard()).hasSize(2).allMatch(peer -> peer.lastHeardMs() == 10_000);
    PeerSight other = cluster.log(cluster.leaderId()).sight();
    assertThat(other.msSinceQuorum()).isZero();
    assertThat(other.reachable()).hasSize(1);

    cluster.heal();
    cluster.runFor(Duration.ofSeconds(2));
    assertThat(alone.msSinceQuorum()).isZero();
    assertThat(alone.reachable()).hasSize(2);
    assertThat(other.reachable())
        .filteredOn(PeerView::failingOpen)
        .extracting(PeerView::id)
        .containsExactly(old);
  }
}
