package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Entries are applied, captured, written, merged and dropped while others read: every reader must
/// see whole entries, and the same ones as long as it lives.
final class ConcurrencyTest {
  private static final int SERIES = 20;
  private static final int ENTRIES = 1_000;
  private static final long STEP_MS = 30;
  private static final Labels TARDY = Labels.of("__name__", "tardy");
  private static final int LATE_STEPS = 150; // more than between two snapshots

  private static SampleBatch batch(long index) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < SERIES; i++) {
      if (index == 1) {
        batch.add(Labels.of("__name__", "steady", "i", "" + i), index * STEP_MS, (double) index);
      } else if (i % 2 == 1 && index % 3 > 0) {
        batch.add(i + 1, index * STEP_MS, histogram(index));
      } else {
        batch.add(i + 1, index * STEP_MS, (double) index);
      }
    }
    // One of which every other sample comes late.
    batch.add(TARDY, index * STEP_MS, (double) index);
    if (index > LATE_STEPS) {
      batch.add(TARDY, (index - LATE_STEPS) * STEP_MS + 1, (double) index);
    }
    // Series that come and go, so that slots are recycled under the readers.
    batch.add(
        Labels.of("__name__", "fleeting", "i", "" + index / 20), index * STEP_MS, (double) index);
    return batch;
  }

  private static NativeHistogram histogram(long count) {
    return NativeHistogram.whole(
        HistogramLayout.EMPTY,
        FloatHistogram.Hint.UNKNOWN,
        count,
        count,
        (double) count,
        new long[0],
        new long[0]);
  }

  /// What a sample tells of its entry.
  private static double number(SampleBuffer samples, int i) {
    FloatHistogram histogram = samples.histogram(i);
    return histogram == null ? samples.value(i) : histogram.count();
  }

  /// Reads new views again and again, and one old one across several snapshots.
  private static void read(Storage storage) {
    try (Querier old = storage.open()) {
      for (int round = 0; round < 4; round++) {
        try (Querier querier = storage.open()) {
          check(querier);
        }
        check(old);
      }
    }
  }

  private static void check(Querier querier) {
    long applied = querier.appliedIndex();
    long toMs = Long.MAX_VALUE;
    Querier.Hints hints = new Querier.Hints(0, toMs, 0, 0, "");
    List<Querier.Series> steady =
        querier.select(hints, List.of(Matcher.equal("__name__", "steady")));
    assertThat(steady).hasSize(applied < 1 ? 0 : SERIES);
    long first = -1;
    for (Querier.Series series : steady) {
      SampleBuffer samples = new SampleBuffer();
      series.read(0, toMs, samples);
      assertThat(samples.timestampMs(samples.size() - 1)).isEqualTo(applied * STEP_MS);
      first = first < 0 ? samples.timestampMs(0) : first;
      assertThat(samples.timestampMs(0)).isEqualTo(first);
      assertThat(samples.size()).isEqualTo((int) (applied - first / STEP_MS) + 1);
      for (int i = 0; i < samples.size(); i++) {
        assertThat(number(samples, i)).isEqualTo((double) samples.timestampMs(i) / STEP_MS);
      }
      SampleBuffer last = new SampleBuffer();
      series.readLast(0, toMs, last);
      assertThat(number(last, 0)).isEqualTo((double) applied);
    }
    for (Querier.Series series :
        querier.select(hints, List.of(Matcher.equal("__name__", "tardy")))) {
      checkTardy(series, applied);
    }
    for (Querier.Series series :
        querier.select(hints, List.of(Matcher.equal("__name__", "fleeting")))) {
      SampleBuffer samples = new SampleBuffer();
      series.read(0, toMs, samples);
      assertThat(samples.isEmpty()).isFalse();
      assertThat((long) samples.value(0) / 20).isEqualTo(Long.parseLong(series.labels().get("i")));
    }
  }

  private static void checkTardy(Querier.Series series, long applied) {
    SampleBuffer samples = new SampleBuffer();
    series.read(0, Long.MAX_VALUE, samples);
    int at = 0;
    long step = samples.timestampMs(0) / STEP_MS;
    for (; step <= applied; step++) {
      if (samples.timestampMs(at) == step * STEP_MS) {
        assertThat(samples.value(at++)).isEqualTo((double) step);
      }
      if (step <= applied - LATE_STEPS) {
        assertThat(samples.timestampMs(at)).isEqualTo(step * STEP_MS + 1);
        assertThat(samples.value(at++)).isEqualTo((double) (step + LATE_STEPS));
      }
    }
    assertThat(samples.size()).isEqualTo(at);
    assertThat(samples.timestampMs(at - 1)).isEqualTo(applied * STEP_MS);
  }

  @Test
  void readersSeeWholeEntries(@TempDir Path directory) throws Exception {
    StorageConfig config =
        StorageConfig.in(directory.resolve("index"))
            .withPartitionLength(Duration.ofSeconds(5))
            .withSealAfter(Duration.ofSeconds(1))
            .withOverlayMembers(16);
    try (ExecutorService maintenance = Executors.newSingleThreadExecutor();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
        Storage storage =
            Storage.open(
                config,
                RocksPageStore.open(directory.resolve("pages"), RocksLimits.DEFAULT),
                new Metrics(),
                maintenance,
                warning -> {
                  throw new AssertionError(warning);
                })) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ExecutorService where = i == 0 ? pool : virtual; // JNI is kept off virtual threads inside
        readers.add(
            where.submit(
                () -> {
                  while (!done.get()) {
                    read(storage);
                  }
                }));
      }
      try {
        Future<?> write = pool.submit(() -> {});
        for (long index = 1; index <= ENTRIES; index++) {
          storage.beginEntry(index, index * STEP_MS);
          storage.append(batch(index), AppendRules.WHOLE.withWindow(60_000));
          if (index % 500 == 0) {
            storage.retain(index * STEP_MS - 12_000);
          }
          storage.endEntry();
          if (index % 100 == 0) {
            write.get(2, TimeUnit.MINUTES); // so that there are many snapshots
            Capture capture =
                storage.capture(new SnapshotPosition(1, index, index * STEP_MS), Map.of());
            write =
                pool.submit(
                    () -> {
                      capture.write();
                      storage.merge();
                    });
          }
        }
        write.get(2, TimeUnit.MINUTES);
      } finally {
        done.set(true);
      }
      for (Future<?> reader : readers) {
        reader.get(2, TimeUnit.MINUTES);
      }
      read(storage);
      maintenance.shutdown();
      assertThat(maintenance.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
    }
  }
}
