package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.Entry;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The leader retires what is gone, and nothing while it can not know what is.
final class SeriesRetirementTest {
  private static final long HOUR_MS = 3_600_000;
  private static final Labels GONE = Labels.of("__name__", "up", "pod", "gone");
  private static final Labels ALIVE = Labels.of("__name__", "up", "pod", "alive");

  private final Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore());
  private final NodeMachine machine = new NodeMachine(storage, new Deaf());
  private long clockMs = 100 * HOUR_MS;
  private final SeriesRetirement work =
      new SeriesRetirement(
          Duration.ofHours(2),
          machine,
          new Proposals(new DiskReserve(0, () -> 1, () -> 0, new Metrics())),
          () -> Instant.ofEpochMilli(clockMs));
  private long index;

  private WriteAnswer apply(Domain domain, byte[] command) {
    index++;
    byte[] answer =
        machine.apply(new Entry(index, 1, index, List.of(domain.wrap(command)))).getFirst();
    return domain == Domain.STORE ? WriteAnswer.decode(answer) : new WriteAnswer.Written(List.of());
  }

  private void level(FeatureLevel level) {
    apply(Domain.CONFIG, new ConfigCommand.Found(new ClusterSettings(86_400_000, 1, 7)).encode());
    apply(Domain.CONFIG, new ConfigCommand.Raise(level.number()).encode());
  }

  private void write(Labels series, long timestampMs) {
    SampleBatch batch = new SampleBatch();
    batch.add(series, timestampMs, 1);
    WriteCommand write = new WriteCommand.Write(Long.MIN_VALUE, Long.MAX_VALUE, batch);
    assertThat(apply(Domain.STORE, write.encode())).isInstanceOf(WriteAnswer.Written.class);
  }

  /// Samples up to and with this hour, a quarter of one each, and a look after each.
  private void until(long hour, long term) {
    for (long ms = storage.newestMs().orElse(0) + HOUR_MS / 4;
        ms <= hour * HOUR_MS;
        ms += HOUR_MS / 4) {
      write(ALIVE, ms);
      var _ = work.wanted(term);
    }
  }

  @Test
  void whoHadNoSampleForLongIsRetired() {
    level(FeatureLevel.FOUR);
    write(GONE, HOUR_MS);
    write(ALIVE, HOUR_MS);
    until(4, 1);
    WriteCommand.Retire wanted = work.wanted(1).orElseThrow();
    assertThat(wanted)
        .isEqualTo(new WriteCommand.Retire(2 * HOUR_MS, SeriesRetirement.MOST_AT_ONCE));
    assertThat(apply(Domain.STORE, wanted.encode())).isInstanceOf(WriteAnswer.Written.class);
    assertThat(storage.ref(GONE)).isZero();
    assertThat(storage.ref(ALIVE)).isEqualTo(2);
  }

  @Test
  void newLeaderWaitsAndSoDoesWhoSeesAGap() {
    level(FeatureLevel.FOUR);
    write(ALIVE, HOUR_MS);
    until(6, 1);
    assertThat(work.wanted(1)).isPresent();
    assertThat(work.wanted(2)).as("of a new term").isEmpty();
    until(7, 2);
    assertThat(work.wanted(2)).isEmpty();
    until(8, 2);
    assertThat(work.wanted(2)).isPresent();
    write(ALIVE, 20 * HOUR_MS);
    assertThat(work.wanted(2)).as("behind an outage").isEmpty();
    until(22, 2);
    assertThat(work.wanted(2).orElseThrow().beforeMs()).isEqualTo(20 * HOUR_MS);
  }

  @Test
  void zeroRetiresNobody() {
    level(FeatureLevel.FOUR);
    write(GONE, HOUR_MS);
    until(9, 1);
    SeriesRetirement never =
        new SeriesRetirement(
            Duration.ZERO,
            machine,
            new Proposals(new DiskReserve(0, () -> 1, () -> 0, new Metrics())),
            () -> Instant.ofEpochMilli(clockMs));
    assertThat(work.wanted(1)).isPresent();
    assertThat(never.wanted(1)).isEmpty();
    assertThat(never.wanted(1)).isEmpty();
  }

  @Test
  void samplesAheadOfTheClockAndTheWindowCount() {
    level(FeatureLevel.FOUR);
    clockMs = 5 * HOUR_MS;
    write(ALIVE, HOUR_MS);
    until(7, 1);
    assertThat(work.wanted(1).orElseThrow().beforeMs()).isEqualTo(3 * HOUR_MS);
    apply(Domain.STORE, new WriteCommand.Window(3 * HOUR_MS).encode());
    assertThat(work.wanted(1).orElseThrow().beforeMs()).isEqualTo(2 * HOUR_MS);
  }

  @Test
  void nothingIsRetiredBelowTheLevelThatKnowsIt() {
    level(FeatureLevel.THREE);
    write(ALIVE, HOUR_MS);
    until(6, 1);
    assertThat(work.wanted(1)).isEmpty();
    WriteCommand retire = new WriteCommand.Retire(9 * HOUR_MS, 10);
    assertThat(apply(Domain.STORE, retire.encode())).isInstanceOf(WriteAnswer.Refused.class);
    assertThat(storage.ref(ALIVE)).isEqualTo(1);
  }
}
