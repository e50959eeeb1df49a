package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Entry;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotsTest {
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

  private Snapshots snapshots(Needy machine, LogMetrics metrics) {
    return new Snapshots(
        "n1", machine, metrics, 1 << 20, new HaltSwitch("n1", _ -> {}), System::nanoTime, _ -> {});
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
