package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.AppendRules;
import io.trivigil.storage.SnapshotPosition;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// By time or by size, whichever takes more.
final class RetentionTest {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  @Test
  void theStricterOfTimeAndSizeDecides() {
    Metrics metrics = new Metrics();
    AtomicLong most = new AtomicLong();
    StorageConfig config = StorageConfig.inMemory().withPartitionLength(Duration.ofDays(1));
    try (Storage storage = Storage.open(config, new MemoryPageStore());
        Retention retention =
            new Retention(
                () -> Duration.ofDays(3),
                most::get,
                storage,
                new Proposals(new DiskReserve(0, () -> 1, () -> 0, new Metrics())),
                InstantSource.fixed(Instant.ofEpochMilli(5 * DAY_MS)),
                Duration.ofMinutes(1),
                metrics)) {
      for (int day = 0; day < 5; day++) {
        SampleBatch batch = new SampleBatch();
        batch.add(Labels.of("__name__", "m"), day * DAY_MS, day);
        storage.beginEntry(day, 0);
        storage.append(batch, AppendRules.WHOLE);
        storage.endEntry();
      }
      storage.capture(new SnapshotPosition(1, 4, 0), Map.of()).write();
      assertThat(retention.cutoffMs()).isEqualTo(2 * DAY_MS);
      most.set(storage.durableBytes());
      assertThat(retention.cutoffMs()).isEqualTo(2 * DAY_MS);
      assertThat(metrics.expose()).contains("prometheus_tsdb_size_retentions_total 0\n");
      most.set(1);
      assertThat(retention.cutoffMs()).isEqualTo(4 * DAY_MS);
      assertThat(metrics.expose())
          .contains("prometheus_tsdb_size_retentions_total 1\n")
          .contains("prometheus_tsdb_retention_limit_bytes 1\n");
    }
  }
}
