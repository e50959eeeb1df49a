package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Entry;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotsTest {
  private static final long REST_BYTES = 1_000;
  private static final Duration REST = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong(-5); // a ticker may begin anywhere

  /// Needs what it is told to need, and writes when it is let.
  private static final class Needy extends CounterMachine {
    private volatile CaptureNeed need = CaptureNeed.NONE;
    private final AtomicInteger captures = new AtomicInteger();
    private final CountDownLatch mayWrite = new CountDownLatch(1);

    Needy(Path directory) {
      super(directory);
    }

    @Override
    public CaptureNeed captureNeed() {
      return need;
    }

    @Override
    public synchronized Capture capture() {
      captures.incrementAndGet();
      Capture capture = super.capture();
      return new Capture() {
        @Override
        public Position position() {
          return capture.position();
        }

        @Override
        public void write() throws IOException {
          try {
            mayWrite.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          capture.write();
        }
      };
    }
  }

  private static Snapshots snapshots(Needy machine, LogMetrics metrics) {
    return snapshots(machine, metrics, System::nanoTime);
  }

  private Snapshots resting(Needy machine) {
    return snapshots(machine, new LogMetrics(), nanos::get);
  }

  private static Snapshots snapshots(Needy machine, LogMetrics metrics, LongSupplier ticker) {
    return new Snapshots(
        "n1",
        machine,
        metrics,
        LogLimits.DEFAULT.withRest(REST_BYTES, REST),
        new HaltSwitch("n1", _ -> {}),
        ticker,
        _ -> {});
  }

  @Test
  void restBeginsASnapshotOfWhatARestartWouldApply(@TempDir Path directory) {
    Needy machine = new Needy(directory);
    machine.mayWrite.countDown();
    try (Snapshots snapshots = resting(machine)) {
      machine.apply(new Entry(1, 1, 1, List.of(CounterMachine.set("a", 1))));
      snapshots.applied(REST_BYTES);
      assertThat(snapshots.askedForByRest()).as("it has only just come").isFalse();
      nanos.addAndGet(REST.toNanos() - 1);
      assertThat(snapshots.askedForByRest()).as("not for long enough").isFalse();
      nanos.addAndGet(1);
      assertThat(snapshots.askedForByRest()).isTrue();
      assertThat(snapshots.begin().join()).isEqualTo(1);
      assertThat(snapshots.askedForByRest()).as("it is written").isFalse();
      nanos.addAndGet(REST.toNanos());
      assertThat(snapshots.askedForByRest()).as("nothing came since").isFalse();
    }
  }

  @Test
  void littleLogIsNotWorthASnapshotAtRest(@TempDir Path directory) {
    try (Snapshots snapshots = resting(new Needy(directory))) {
      snapshots.applied(REST_BYTES - 1);
      assertThat(snapshots.askedForByRest()).isFalse();
      nanos.addAndGet(REST.toNanos());
      assertThat(snapshots.askedForByRest()).isFalse();
      snapshots.applied(1); // next to nothing, so it rests all the same
      assertThat(snapshots.askedForByRest()).isTrue();
    }
  }

  @Test
  void aLogThatMovesDoesNotRest(@TempDir Path directory) {
    try (Snapshots snapshots = resting(new Needy(directory))) {
      for (int second = 0; second < 10 * REST.toSeconds(); second++) {
        snapshots.applied(REST_BYTES / 4);
        assertThat(snapshots.askedForByRest()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      }
    }
  }

  @Test
  void memoryBeginsASnapshotBeforeTheLogDoes(@TempDir Path directory) {
    Needy machine = new Needy(directory);
    try (Snapshots snapshots = snapshots(machine, new LogMetrics())) {
      machine.apply(new Entry(1, 1, 1, List.of(CounterMachine.set("a", 1))));
      snapshots.applied(10);
      assertThat(machine.captures).hasValue(0);
      machine.need = StateMachine.CaptureNeed.DUE;
      snapshots.applied(10);
      snapshots.applied(10); // beside the one that is being written
      assertThat(machine.captures).hasValue(1);
      machine.mayWrite.countDown();
      assertThat(snapshots.begin().join()).isEqualTo(1);
    }
  }

  @Test
  void nothingMoreIsAppliedBeforeMemoryIsFree(@TempDir Path directory) throws Exception {
    Needy machine = new Needy(directory);
    LogMetrics metrics = new LogMetrics();
    try (Snapshots snapshots = snapshots(machine, metrics)) {
      machine.apply(new Entry(1, 1, 1, List.of(CounterMachine.set("a", 1))));
      machine.need = StateMachine.CaptureNeed.BEFORE_MORE;
      Thread apply = Thread.ofPlatform().start(() -> snapshots.applied(10));
      assertThat(apply.join(Duration.ofMillis(100))).isFalse();
      machine.mayWrite.countDown();
      assertThat(apply.join(Duration.ofSeconds(30))).isTrue();
      assertThat(snapshots.durable().index()).isEqualTo(1);
      assertThat(metrics.snapshotWaitSeconds()).isPositive();
    }
  }
}
