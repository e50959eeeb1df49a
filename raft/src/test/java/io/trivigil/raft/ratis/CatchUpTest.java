package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.Outcome;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatchUpTest {
  // So what is retained, 1 MiB, is more than what is written while a checkpoint is on its way.
  private static final int COMMAND_BYTES = 10 << 10;

  /// Writes without a pause until it is closed.
  private static final class Ingest implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger written = new AtomicInteger();
    private final Thread thread;

    Ingest(Cluster cluster, String node) {
      thread =
          Thread.ofPlatform()
              .name("ingest")
              .start(
                  () -> {
                    while (!stop.get()) {
                      int next = written.get() + 1;
                      Outcome outcome =
                          cluster
                              .log(node)
                              .propose(RatisLogTest.padded("n=" + next, COMMAND_BYTES))
                              .join();
                      if (outcome instanceof Outcome.Applied) {
                        written.set(next);
                      }
                    }
                  });
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void aFollowerThatWasAwayCatchesUpWhileIngestGoesOnAndTheLogStaysUnderItsCap(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "away", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String away = cluster.others(leader).getFirst();
      cluster.stop(away);
      // What is retained, the segments that are open or not purged yet, and what was written since.
      long cap = cluster.limits.retainLogBytes() + 12 * cluster.limits.snapshotEveryBytes();
      AtomicInteger missed = new AtomicInteger();
      long caughtUpAt;
      try (Ingest ingest = new Ingest(cluster, leader)) {
        Cluster.await("a lot that is missed", () -> ingest.written.get() > 300);
        missed.set(ingest.written.get());
        assertThat(cluster.status(leader).logBytes()).isLessThan(cap);
        cluster.start(away);
        Cluster.await("the state of before", () -> cluster.machine(away).get("n") >= missed.get());
        Cluster.await(
            "a small lag", () -> ingest.written.get() - cluster.machine(away).get("n") < 20);
        caughtUpAt = ingest.written.get();
        assertThat(cluster.status(leader).logBytes()).isLessThan(cap);
      }
      assertThat(caughtUpAt).isGreaterThan(missed.get()); // ingest went on meanwhile
      assertThat(cluster.log(away).metrics().checkpointsInstalled()).isPositive();
      long last = cluster.machine(leader).get("n");
      Cluster.await("all of it", () -> cluster.machine(away).get("n") == last);
      assertThat(cluster.halts).isEmpty();
    }
  }
}
