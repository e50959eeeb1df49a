package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.WriteCommand.Write;
import io.trivigil.raft.Entry;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/// What Prometheus 3 does with the samples of one remote-write request (`memSeries.appendable`,
/// `timeLimitAppender`), without an out-of-order window.
final class RemoteWritesTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final Labels A = Labels.of("__name__", "a");
  private static final Labels B = Labels.of("__name__", "b");

  private final Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore());
  private final NodeMachine machine = new NodeMachine(storage, new Deaf());
  private final Proposals proposals =
      new Proposals(new DiskReserve(0, () -> Long.MAX_VALUE, () -> 0, new Metrics()));
  private final RemoteWrites writes =
      new RemoteWrites(storage, machine.config(), proposals, InstantSource.fixed(at(NOW)));
  private long index;

  RemoteWritesTest() {
    proposals.attach(
        (ReplicatedLog)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ReplicatedLog.class},
                (_, method, arguments) -> {
                  if (!method.getName().equals("propose")) {
                    throw new AssertionError(method.getName());
                  }
                  return applied((byte[]) arguments[0]);
                }));
  }

  private static Instant at(long ms) {
    return Instant.ofEpochMilli(ms);
  }

  private CompletableFuture<Outcome> applied(byte[] command) {
    index++;
    List<byte[]> answers = machine.apply(new Entry(index, 1, NOW, List.of(command)));
    return CompletableFuture.completedFuture(new Outcome.Applied(index, answers.getFirst()));
  }

  private String write(Object... labelsTimeValue) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < labelsTimeValue.length; i += 3) {
      batch.add(
          (Labels) labelsTimeValue[i],
          (long) labelsTimeValue[i + 1],
          (double) labelsTimeValue[i + 2]);
    }
    try {
      return switch (writes.append(batch).get()) {
        case WriteOutcome.Answered(long _, WriteAnswer answer) ->
            switch (answer) {
              case WriteAnswer.Written _ -> "stored";
              case WriteAnswer.UnknownRefs _ -> "unknown";
              case WriteAnswer.Refused(String reason, int sample) -> reason + " at " + sample;
              case WriteAnswer.Partly(List<Long> _, String reason, int sample) ->
                  "but for " + reason + " at " + sample;
            };
        case WriteOutcome.Unavailable(String reason) -> reason;
      };
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theNewestSampleMayComeAgainBitForBit() {
    assertThat(write(A, NOW, 1.0)).isEqualTo("stored");
    assertThat(write(A, NOW, 1.0)).isEqualTo("stored");
    assertThat(write(A, NOW, 2.0)).isEqualTo("duplicate sample for timestamp at 0");
    assertThat(write(A, NOW + 1, Staleness.marker())).isEqualTo("stored");
    assertThat(write(A, NOW + 1, Staleness.marker())).isEqualTo("stored");
    assertThat(write(A, NOW + 1, Double.NaN)).isEqualTo("duplicate sample for timestamp at 0");
    assertThat(write(B, NOW, 0.0)).isEqualTo("stored");
    assertThat(write(B, NOW, -0.0)).isEqualTo("duplicate sample for timestamp at 0");
  }

  @Test
  void oneWrongSampleRollsTheRequestBack() {
    assertThat(write(A, NOW, 1.0)).isEqualTo("stored");
    assertThat(write(B, NOW, 1.0, A, NOW + 5, 2.0, A, NOW - 1, 3.0))
        .isEqualTo("out of order sample at 2");
    assertThat(storage.ref(B)).isZero();
    assertThat(storage.lastSample(storage.ref(A)).orElseThrow().timestampMs()).isEqualTo(NOW);
    assertThat(write(A, NOW + 1, 1.0)).isEqualTo("stored");
  }

  @Test
  void anHourBehindTheNewestSampleIsOutOfBoundsForNewSeriesToo() {
    assertThat(write(A, NOW - 5 * HOUR, 1.0)).isEqualTo("stored"); // the store has no newest yet
    assertThat(write(A, NOW, 1.0)).isEqualTo("stored");
    assertThat(write(B, NOW - HOUR - 1, 1.0)).isEqualTo("out of bounds at 0");
    assertThat(storage.ref(B)).isZero();
    assertThat(write(B, NOW - HOUR, 1.0)).isEqualTo("stored");
    assertThat(write(A, NOW - HOUR - 1, 1.0)).isEqualTo("out of bounds at 0");
    assertThat(write(A, NOW - HOUR, 1.0)).isEqualTo("out of order sample at 0");
  }

  @Test
  void tenMinutesAheadIsTheMost() {
    long most = NOW + Duration.ofMinutes(10).toMillis();
    assertThat(write(A, most + 1, 1.0)).isEqualTo("out of bounds at 0");
    assertThat(write(A, most, 1.0)).isEqualTo("stored");
  }

  @Test
  void theLogsTimeCountsWhereThisNodesClockIsBehind() {
    assertThat(write(A, NOW, 1.0)).isEqualTo("stored");
    RemoteWrites behind =
        new RemoteWrites(storage, machine.config(), proposals, InstantSource.fixed(at(0)));
    SampleBatch batch = new SampleBatch();
    batch.add(A, NOW + 1, 1.0);
    assertThat(behind.append(batch))
        .isCompletedWithValueMatching(
            outcome ->
                outcome instanceof WriteOutcome.Answered(long _, WriteAnswer answer)
                    && answer instanceof WriteAnswer.Written);
  }

  @Test
  void theBatchMayBeUsedAgainAtOnce() {
    SampleBatch batch = new SampleBatch();
    for (long ms = NOW; ms < NOW + 3; ms++) {
      batch.add(ms == NOW ? A : B, ms, 1.0);
      assertThat(writes.append(batch))
          .isCompletedWithValueMatching(
              outcome ->
                  outcome instanceof WriteOutcome.Answered(long _, WriteAnswer answer)
                      && answer instanceof WriteAnswer.Written);
      batch.clear();
    }
    assertThat(storage.lastSample(storage.ref(A)).orElseThrow().timestampMs()).isEqualTo(NOW);
    assertThat(storage.lastSample(storage.ref(B)).orElseThrow().timestampMs()).isEqualTo(NOW + 2);
  }

  @Test
  void aBatchInRunsIsTheSameCommand() {
    SampleBatch batch = new SampleBatch();
    batch.add(7, NOW, 1.5);
    batch.add(8, NOW, -0.0);
    batch.add(A, NOW, 3);
    Write write = new Write(1, 2, batch);
    for (boolean runs : new boolean[] {false, true}) {
      assertThat(WriteCommand.decode(write.encode(runs)))
          .isInstanceOfSatisfying(
              Write.class,
              read -> {
                assertThat(read.minMs()).isEqualTo(1);
                assertThat(read.maxMs()).isEqualTo(2);
                assertThat(read.batch().ref(1)).isEqualTo(8);
                assertThat(read.batch().labels(2)).isEqualTo(A);
                assertThat(read.batch().timestampMs(2)).isEqualTo(NOW);
                assertThat(Double.doubleToRawLongBits(read.batch().value(1))).isEqualTo(1L << 63);
              });
    }
  }
}
