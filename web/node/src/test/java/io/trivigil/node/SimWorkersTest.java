package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.sim.Faults;
import io.trivigil.raft.sim.SimulatedClock;
import io.trivigil.raft.sim.SimulatedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Simulated threads run in the order of the simulation's events, also where the JVM decides when a
/// thread goes on.
class SimWorkersTest {
  private static final int ROUNDS = 500;

  private final List<String> order = new ArrayList<>(); // the thread that steps, and its guests

  private static SimulatedCluster settled(Path scratch) {
    SimulatedCluster cluster =
        new SimulatedCluster(
            1,
            1,
            scratch,
            _ -> new ReadinessTest.Nothing(),
            new SimulatedClock(1_700_000_000_000L),
            LogLimits.DEFAULT,
            Faults.NONE);
    cluster.runFor(Duration.ofSeconds(3));
    return cluster;
  }

  /// Nothing else happens while a thread waits for a monitor that a thread outside of the
  /// simulation holds, whenever that lets it go.
  @Test
  void aThreadThatWaitsForAMonitorGoesOnBeforeAnythingElse(@TempDir Path scratch) throws Exception {
    SimulatedCluster cluster = settled(scratch);
    SimWorkers workers = new SimWorkers(cluster, "n1");
    for (int round = 0; round < ROUNDS; round++) {
      order.clear();
      Object monitor = new Object();
      CountDownLatch held = new CountDownLatch(1);
      Thread guest =
          workers.thread(
              "guest",
              () -> {
                order.add("before");
                synchronized (monitor) {
                  order.add("inside");
                }
                order.add("after");
              });
      Thread holder =
          Thread.ofPlatform()
              .start(
                  () -> {
                    synchronized (monitor) {
                      held.countDown();
                      while (guest.getState() != Thread.State.BLOCKED) {
                        Thread.onSpinWait();
                      }
                    }
                  });
      held.await();
      guest.start();
      cluster.schedule(Duration.ZERO, () -> order.add("another"));
      cluster.runFor(Duration.ofMillis(10));
      assertThat(order)
          .as("round %d", round)
          .containsExactly("before", "inside", "after", "another");
      holder.join();
    }
  }

  /// What a thread waits for in the simulation lets others go first, in the order of their events.
  @Test
  void aThreadThatWaitsInTheSimulationLetsOthersGoFirst(@TempDir Path scratch) {
    SimulatedCluster cluster = settled(scratch);
    SimWorkers workers = new SimWorkers(cluster, "n1");
    Semaphore signal = new Semaphore(0);
    Thread first =
        workers.thread(
            "first",
            () -> {
              order.add("first waits");
              try {
                order.add("first was woken: " + workers.await(signal, 1_000));
                order.add("first waited in vain: " + !workers.await(signal, 1_000));
              } catch (InterruptedException _) {
                order.add("interrupted");
              }
            });
    Thread second =
        workers.thread(
            "second",
            () -> {
              order.add("second wakes");
              signal.release();
              order.add("second ends");
            });
    long startMs = cluster.clock().millis();
    first.start();
    second.start();
    assertThat(cluster.runUntil(() -> !first.isAlive(), Duration.ofSeconds(10))).isTrue();
    assertThat(order)
        .containsExactly(
            "first waits",
            "second wakes",
            "second ends",
            "first was woken: true",
            "first waited in vain: true");
    assertThat(cluster.clock().millis() - startMs).isEqualTo(1_000);
  }

  @Test
  void aCrashedNodesThreadsNeverGoOn(@TempDir Path scratch) {
    SimulatedCluster cluster = settled(scratch);
    SimWorkers workers = new SimWorkers(cluster, "n1");
    Semaphore never = new Semaphore(0);
    Thread thread =
        workers.thread(
            "sleeper",
            () -> {
              try {
                order.add("sleeps");
                var _ = workers.await(never, 500);
                order.add("woken");
              } catch (InterruptedException _) {
                order.add("interrupted");
              }
            });
    thread.start();
    cluster.runFor(Duration.ofMillis(100));
    cluster.crash("n1");
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(order).containsExactly("sleeps");
    assertThat(thread.isAlive()).isTrue();
  }
}
