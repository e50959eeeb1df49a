package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.TrustedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine whose clock was set wrong while its node was down, and whose node then leads.
class ClockAtStartTest {
  private static final long HOUR_MS = Duration.ofHours(1).toMillis();
  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();

  private final Map<String, Long> wrongByMs = new ConcurrentHashMap<>();

  private InstantSource clockOf(String node) {
    InstantSource real = InstantSource.system();
    return new TrustedClock(
        () -> real.instant().plusMillis(wrongByMs.getOrDefault(node, 0L)), System::nanoTime);
  }

  @Test
  void leaderWithAWrongClockMovesTheLogsTimeNeitherAheadNorLeavesItBehind(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "clocks", 3)) {
      cluster.clock = this::clockOf;
      cluster.startAll();
      cluster.propose(cluster.leader(), "before", 1);
      for (long wrong : List.of(HOUR_MS, -HOUR_MS)) {
        List.of("n1", "n2", "n3").forEach(cluster::abandon);
        wrongByMs.put("n1", wrong);
        // Only two come back, and the other of them is slow to stand.
        cluster.start("n2", Cluster.withElections(cluster.config("n2"), Duration.ofSeconds(8)));
        cluster.start("n1");
        String first = cluster.leader();
        if (!first.equals("n1")) {
          cluster.log(first).transferLeadership("n1").get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
          Cluster.await("the one with the wrong clock", () -> cluster.status("n1").ready());
        }
        String key = "after" + wrong;
        cluster.propose("n2", key, 1);
        cluster.propose("n1", key, 2);
        assertThatLogTimeIsRight(cluster);
        cluster.start("n3");
        Cluster.await("the third to catch up", () -> cluster.machine("n3").get(key) == 2);
        cluster.propose("n3", key, 3);
        assertThatLogTimeIsRight(cluster);
      }
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static void assertThatLogTimeIsRight(Cluster cluster) {
    long nowMs = System.currentTimeMillis();
    assertThat(cluster.status("n2").logTimeMs()).isBetween(nowMs - MINUTE_MS, nowMs + MINUTE_MS);
  }
}
