package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.Entry;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.sim.Faults;
import io.trivigil.raft.sim.SimulatedClock;
import io.trivigil.raft.sim.SimulatedCluster;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
  /// A machine that holds nothing.
  static final class Nothing implements StateMachine {
    private Position position = Position.NOTHING;

    @Override
    public Position recovered() {
      return Position.NOTHING;
    }

    @Override
    public List<byte[]> apply(Entry entry) {
      position = Position.of(entry);
      return entry.commands();
    }

    @Override
    public Capture capture() {
      Position at = position;
      return new Capture() {
        @Override
        public Position position() {
          return at;
        }

        @Override
        public void write() {}
      };
    }

    @Override
    public Position writeCheckpoint(Path directory) {
      return position;
    }

    @Override
    public Position install(Path directory) {
      return position;
    }

    @Override
    public void onLeadership(Leadership leadership) {}
  }

  @Test
  void whoIsCutOffIsNotReadyPastTheLimitLeaderOrNot(@TempDir Path scratch) {
    SimulatedClock clock = new SimulatedClock(1_700_000_000_000L);
    SimulatedCluster cluster =
        new SimulatedCluster(
            5, 3, scratch, _ -> new Nothing(), clock, LogLimits.DEFAULT, Faults.NONE);
    cluster.runFor(Duration.ofSeconds(3));
    String leader = cluster.leaderId();
    for (String cutOff : List.of(leader, leader.equals("n1") ? "n2" : "n1")) {
      try (Readiness readiness = new Readiness(cluster.log(cutOff), clock.nanoTicker())) {
        assertThat(readiness.freshnessMs()).isEqualTo(-1);
        assertThat(readiness.caughtUp()).isFalse();
        step(cluster, readiness);
        assertThat(readiness.freshnessMs()).isBetween(0L, 600L);
        assertThat(readiness.caughtUp()).isTrue();
        cluster.partition(List.of(cutOff));
        for (long ms = 0; ms < Readiness.LIMIT_MS; ms += 500) {
          assertThat(readiness.caughtUp()).isTrue();
          assertThat(readiness.freshnessMs()).isGreaterThanOrEqualTo(ms);
          step(cluster, readiness);
        }
        step(cluster, readiness);
        assertThat(readiness.freshnessMs()).isGreaterThan(Readiness.LIMIT_MS);
        assertThat(readiness.caughtUp()).isFalse();
        cluster.heal();
        for (int i = 0; i < 8 && !readiness.caughtUp(); i++) {
          step(cluster, readiness);
        }
        assertThat(readiness.caughtUp()).isTrue();
      }
    }
  }

  @Test
  void whoFoundNoLeaderAsksAnewAsSoonAsThereIsOne() throws InterruptedException {
    AtomicBoolean led = new AtomicBoolean();
    CountDownLatch twice = new CountDownLatch(2);
    Supplier<Long> justNow = () -> 0L;
    PeerSight sight = fake(PeerSight.class, Map.of("quorumHeardMs", justNow));
    Supplier<CompletableFuture<Long>> answer =
        () -> {
          if (!led.get()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no leader"));
          }
          twice.countDown();
          return CompletableFuture.completedFuture(7L);
        };
    Supplier<PeerSight> seen = () -> sight;
    ReplicatedLog log = fake(ReplicatedLog.class, Map.of("readIndex", answer, "sight", seen));
    try (Readiness readiness = new Readiness(log, () -> 1)) { // not started: no regular turns
      readiness.ask();
      assertThat(readiness.caughtUp()).isFalse();
      led.set(true);
      readiness.soon();
      readiness.soon(); // its question is asked behind the answer to the one before
      assertThat(twice.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(readiness.caughtUp()).isTrue();
    }
  }

  private static <T> T fake(Class<T> type, Map<String, Supplier<?>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> Objects.requireNonNull(answers.get(method.getName())).get()));
  }

  private static void step(SimulatedCluster cluster, Readiness readiness) {
    readiness.ask();
    cluster.runFor(Duration.ofMillis(500));
  }
}
