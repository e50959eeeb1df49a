package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.storage.page.MemoryPageStore;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Which partitions may stay within a number of bytes.
final class PartitionSizesTest {
  private static final PartitionSizes SIZES =
      new PartitionSizes(100, new TreeMap<>(Map.of(3L, 10L, 4L, 20L, 7L, 30L)));

  @Test
  void theOldestGoUntilTheRestFits() {
    assertThat(SIZES.total()).isEqualTo(160);
    assertThat(SIZES.oldestWithin(160)).isEmpty();
    assertThat(SIZES.oldestWithin(159)).isEqualTo(OptionalLong.of(4));
    assertThat(SIZES.oldestWithin(150)).isEqualTo(OptionalLong.of(4));
    assertThat(SIZES.oldestWithin(149)).isEqualTo(OptionalLong.of(7));
    assertThat(SIZES.oldestWithin(1)).isEqualTo(OptionalLong.of(7));
    assertThat(new PartitionSizes(5, new TreeMap<>()).oldestWithin(1)).isEmpty();
    assertThat(new PartitionSizes(5, new TreeMap<>(Map.of(1L, 9L))).oldestWithin(1)).isEmpty();
  }

  @Test
  void aStoreKnowsItsCutOff() {
    StorageConfig config = StorageConfig.inMemory().withPartitionLength(Duration.ofSeconds(10));
    try (Storage storage = Storage.open(config, new MemoryPageStore())) {
      assertThat(storage.cutoffWithin(1)).isEmpty();
      for (int partition = 0; partition < 4; partition++) {
        SampleBatch batch = new SampleBatch();
        for (int i = 0; i < 500; i++) {
          batch.add(Labels.of("__name__", "m"), partition * 10_000L + i, Math.sin(i));
        }
        storage.beginEntry(partition, 0);
        storage.append(batch, AppendRules.WHOLE);
        storage.endEntry();
      }
      storage.capture(new SnapshotPosition(1, 3, 0), Map.of()).write();
      long all = storage.durableBytes();
      assertThat(storage.cutoffWithin(all)).isEmpty();
      assertThat(storage.cutoffWithin(all - 1)).isEqualTo(OptionalLong.of(10_000));
      assertThat(storage.cutoffWithin(0)).isEqualTo(OptionalLong.of(30_000));
      storage.beginEntry(4, 0);
      storage.retain(storage.cutoffWithin(all - 1).getAsLong());
      storage.endEntry();
      storage.capture(new SnapshotPosition(1, 4, 0), Map.of()).write();
      assertThat(storage.durableBytes()).isLessThan(all);
      assertThat(storage.cutoffWithin(all - 1)).isEmpty();
    }
  }
}
