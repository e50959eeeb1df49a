package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What RandomLifeTest meets seldom: native histograms where a store was opened anew.
final class HistogramStoreTest {
  private static final Labels SERIES = Labels.of("__name__", "h");
  private static final HistogramLayout LAYOUT =
      HistogramLayout.of(false, 2, 0, new int[] {1, 2}, new int[0], new double[0]);

  private static NativeHistogram histogram(long count, Hint hint) {
    long[] buckets = {count - 1, 1};
    return NativeHistogram.whole(LAYOUT, hint, count, 0, 1.5, buckets, new long[0]);
  }

  private static AppendResult append(Storage storage, long index, SampleBatch batch) {
    storage.beginEntry(index, 1000 * index);
    AppendResult result = storage.append(batch, AppendRules.WHOLE);
    storage.endEntry();
    return result;
  }

  private static SampleBatch batch(long timestampMs, NativeHistogram histogram) {
    SampleBatch batch = new SampleBatch();
    batch.add(SERIES, timestampMs, histogram);
    return batch;
  }

  private static SampleBatch batch(long timestampMs, double value) {
    SampleBatch batch = new SampleBatch();
    batch.add(SERIES, timestampMs, value);
    return batch;
  }

  private static void snapshot(Storage storage, long index) {
    storage.capture(new SnapshotPosition(1, index, 1000 * index), Map.of()).write();
  }

  private static int accepted(AppendResult result) {
    return ((AppendResult.Appended) result).accepted();
  }

  private static int same(AppendResult result) {
    return ((AppendResult.Appended) result).same();
  }

  private static SampleBuffer read(Storage storage) {
    SampleBuffer samples = new SampleBuffer();
    try (Querier querier = storage.open()) {
      Querier.Hints all = new Querier.Hints(0, Long.MAX_VALUE, 0, 0, "");
      querier.select(all, List.of()).forEach(s -> s.read(0, Long.MAX_VALUE, samples));
    }
    return samples;
  }

  @Test
  void theLastHistogramIsKnownAgainAfterARestart() {
    MemoryPageStore pages = new MemoryPageStore();
    double tagged = Double.longBitsToDouble(0xfff4_0000_0000_0007L);
    Storage first = Storage.open(StorageConfig.inMemory(), pages);
    assertThat(accepted(append(first, 1, batch(1000, histogram(3, Hint.RESET))))).isEqualTo(1);
    snapshot(first, 1);
    pages.crash();
    Storage second = Storage.open(StorageConfig.inMemory(), pages);
    assertThat(same(append(second, 2, batch(1000, histogram(3, Hint.UNKNOWN))))).isEqualTo(1);
    assertThat(append(second, 3, batch(1000, histogram(4, Hint.RESET))))
        .isEqualTo(new AppendResult.Refused(Verdict.DUPLICATE, 0));
    assertThat(append(second, 4, batch(1000, 3)))
        .isEqualTo(new AppendResult.Refused(Verdict.DUPLICATE, 0));
    assertThat(accepted(append(second, 5, batch(2000, tagged)))).isEqualTo(1);
    snapshot(second, 5);
    pages.crash();
    Storage third = Storage.open(StorageConfig.inMemory(), pages);
    assertThat(same(append(third, 6, batch(2000, tagged)))).isEqualTo(1);
    assertThat(append(third, 7, batch(2000, Math.nextUp(1.0))))
        .isEqualTo(new AppendResult.Refused(Verdict.DUPLICATE, 0));
    assertThat(accepted(append(third, 8, batch(3000, 7)))).isEqualTo(1);
    SampleBuffer read = read(third);
    assertThat(read.size()).isEqualTo(3);
    assertThat(Objects.requireNonNull(read.stored(0))).isEqualTo(histogram(3, Hint.RESET));
    assertThat(RandomHistograms.text(read, 1)).isEqualTo("fff4000000000007");
    assertThat(read.value(2)).isEqualTo(7);
    third.close();
  }

  private static void appendLate(Storage storage, long index, SampleBatch batch) {
    storage.beginEntry(index, 1000 * index);
    assertThat(accepted(storage.append(batch, AppendRules.WHOLE.withWindow(60_000)))).isEqualTo(1);
    storage.endEntry();
  }

  @Test
  void histogramsThatComeLateStandInPlace() {
    MemoryPageStore pages = new MemoryPageStore();
    double tagged = Double.longBitsToDouble(0xfff4_0000_0000_0007L);
    Storage storage = Storage.open(StorageConfig.inMemory(), pages);
    append(storage, 1, batch(5000, histogram(9, Hint.UNKNOWN)));
    appendLate(storage, 2, batch(3000, histogram(7, Hint.UNKNOWN)));
    appendLate(storage, 3, batch(3000, histogram(8, Hint.UNKNOWN))); // the first counts
    appendLate(storage, 4, batch(2000, tagged));
    appendLate(storage, 5, batch(1000, 1));
    for (int i = 0; i < 4; i++) { // in memory, in a layer, opened anew, merged
      SampleBuffer read = read(storage);
      assertThat(read.size()).isEqualTo(4);
      assertThat(read.value(0)).isEqualTo(1);
      assertThat(RandomHistograms.text(read, 1)).isEqualTo("fff4000000000007");
      assertThat(Objects.requireNonNull(read.stored(2))).isEqualTo(histogram(7, Hint.UNKNOWN));
      assertThat(Objects.requireNonNull(read.stored(3))).isEqualTo(histogram(9, Hint.UNKNOWN));
      if (i == 0) {
        snapshot(storage, 5);
      } else if (i == 1) {
        pages.crash();
        storage = Storage.open(StorageConfig.inMemory(), pages);
      } else {
        storage.compact();
      }
    }
    storage.close();
  }

  @Test
  void whatIsDeletedLeavesHintsUnknown() {
    MemoryPageStore pages = new MemoryPageStore();
    try (Storage storage = Storage.open(StorageConfig.inMemory(), pages)) {
      for (int i = 1; i <= 3; i++) {
        append(storage, i, batch(1000L * i, histogram(9 + i, Hint.NOT_RESET)));
      }
      storage.beginEntry(4, 4000);
      assertThat(storage.delete(List.of(1L), 2000, 2000)).isTrue();
      storage.endEntry();
      snapshot(storage, 4);
      storage.clean();
      storage.compact();
      SampleBuffer read = read(storage);
      assertThat(read.size()).isEqualTo(2);
      for (int i = 0; i < 2; i++) {
        assertThat(Objects.requireNonNull(read.histogram(i)).hint()).isEqualTo(Hint.UNKNOWN);
      }
    }
  }

  @Test
  void theirBytesHaveASnapshotTaken() {
    try (Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore())) {
      append(storage, 1, batch(1000, 1));
      long before = storage.bytesNotCaptured();
      append(storage, 2, batch(2000, histogram(3, Hint.UNKNOWN)));
      long taken = histogram(3, Hint.UNKNOWN).sizeBytes();
      assertThat(storage.bytesNotCaptured()).isGreaterThanOrEqualTo(before + 16 + taken);
      snapshot(storage, 2);
      assertThat(storage.bytesNotDurable()).isZero();
    }
  }
}
