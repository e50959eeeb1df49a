package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Samples out of order within a window are kept and read in place: while they are in memory, from
/// a layer of their own, and once that is merged.
final class LateSamplesTest {
  private static final Labels A = Labels.of("__name__", "a");
  private static final Labels B = Labels.of("__name__", "b");
  private static final AppendRules WINDOW = AppendRules.WHOLE.withWindow(60_000);
  private static final StorageConfig CONFIG =
      StorageConfig.inMemory()
          .withPartitionLength(Duration.ofSeconds(10))
          .withSealAfter(Duration.ofSeconds(5));

  private final MemoryPageStore disk = new MemoryPageStore();
  private Storage storage = Storage.open(CONFIG, disk);
  private long index;
  private long nowMs;

  @AfterEach
  void close() {
    storage.close();
  }

  private AppendResult append(AppendRules rules, Object... samples) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < samples.length; i += 3) {
      int timestampMs = (Integer) samples[i + 1];
      nowMs = Math.max(nowMs, timestampMs);
      batch.add((Labels) samples[i], timestampMs, ((Number) samples[i + 2]).doubleValue());
    }
    AppendResult[] result = new AppendResult[1];
    entry(of -> result[0] = of.append(batch, rules));
    return result[0];
  }

  private void entry(Consumer<Storage> what) {
    storage.beginEntry(++index, nowMs);
    what.accept(storage);
    storage.endEntry();
  }

  private void snapshot() {
    storage.capture(new SnapshotPosition(1, index, nowMs), Map.of()).write();
  }

  private void restart() {
    storage.close();
    storage = Storage.open(CONFIG, disk);
  }

  private static int accepted(AppendResult result) {
    return ((AppendResult.Appended) result).accepted();
  }

  private String content(Labels labels) {
    return content(labels, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private String content(Labels labels, long fromMs, long toMs) {
    StringBuilder out = new StringBuilder();
    try (Querier querier = storage.open()) {
      for (Querier.Series series :
          querier.select(new Querier.Hints(fromMs, toMs, 0, 0, ""), List.of())) {
        if (series.labels().equals(labels)) {
          SampleBuffer samples = new SampleBuffer();
          series.read(fromMs, toMs, samples);
          for (int i = 0; i < samples.size(); i++) {
            out.append(samples.timestampMs(i)).append('=').append((int) samples.value(i));
            out.append(i + 1 < samples.size() ? " " : "");
          }
          SampleBuffer last = new SampleBuffer();
          series.readLast(fromMs, toMs, last);
          assertThat(last.size()).isEqualTo(Math.min(1, samples.size()));
          if (!last.isEmpty()) {
            assertThat(last.timestampMs(0)).isEqualTo(samples.timestampMs(samples.size() - 1));
            assertThat(last.value(0)).isEqualTo(samples.value(samples.size() - 1));
          }
        }
      }
    }
    return out.toString();
  }

  private PartitionRecord record(long partition) {
    return storage.engine().records().getOrDefault(partition, PartitionRecord.EMPTY);
  }

  @Test
  void withoutAWindowNothingIsLate() {
    append(AppendRules.WHOLE, A, 5_000, 1);
    assertThat(append(AppendRules.WHOLE, B, 1, 1, A, 4_999, 1))
        .isEqualTo(new AppendResult.Refused(Verdict.OUT_OF_ORDER, 1));
    assertThat(append(AppendRules.WHOLE.withBounds(4_000, 9_000), A, 3_999, 1))
        .isEqualTo(new AppendResult.Refused(Verdict.TOO_OLD, 0));
    assertThat(content(A)).isEqualTo("5000=1");
    assertThat(storage.ref(B)).isZero();
  }

  @Test
  void lateSamplesStandInPlaceWhereverTheyAre() {
    append(WINDOW, A, 1_000, 1, A, 5_000, 5, A, 9_000, 9);
    assertThat(accepted(append(WINDOW, A, 3_000, 3, A, 7_000, 7, A, 500, 0))).isEqualTo(3);
    String all = "500=0 1000=1 3000=3 5000=5 7000=7 9000=9";
    for (int i = 0; i < 3; i++) { // in memory, then in a layer, then opened anew
      assertThat(content(A)).isEqualTo(all);
      assertThat(content(A, 600, 7_500)).isEqualTo("1000=1 3000=3 5000=5 7000=7");
      assertThat(content(A, 5_001, 6_999)).isEmpty();
      assertThat(content(A, 6_000, 8_000)).isEqualTo("7000=7");
      snapshot();
      if (i == 1) {
        restart();
      }
    }
    assertThat(record(0).layers()).extracting(Layer::late).containsExactly(false, true);
    storage.compact();
    assertThat(record(0).layers()).extracting(Layer::late).containsExactly(false);
    assertThat(content(A)).isEqualTo(all);
    append(WINDOW, A, 9_500, 10, A, 400, -1);
    assertThat(content(A)).isEqualTo("400=-1 " + all + " 9500=10");
  }

  @Test
  void theFirstAtATimeCountsAndTheNewestIsRefusedIfItDiffers() {
    append(WINDOW, A, 1_000, 1, A, 5_000, 5);
    append(WINDOW, A, 1_000, 7, A, 2_000, 2);
    append(WINDOW, A, 2_000, 7);
    assertThat(append(WINDOW, A, 5_000, 7))
        .isEqualTo(new AppendResult.Refused(Verdict.DUPLICATE, 0));
    assertThat(append(WINDOW, A, 5_000, 5)).isInstanceOf(AppendResult.Appended.class);
    for (int i = 0; i < 2; i++) {
      assertThat(content(A)).isEqualTo("1000=1 2000=2 5000=5");
      snapshot();
      append(WINDOW, A, 2_000, 8);
    }
    snapshot();
    storage.compact();
    assertThat(content(A)).isEqualTo("1000=1 2000=2 5000=5");
    assertThat(record(0).samples()).as("what does not count is gone").isEqualTo(3);
  }

  @Test
  void belowTheWindowOfTheNewestSampleOfAllARequestIsRefusedWhole() {
    append(WINDOW, A, 80_000, 1, B, 100_000, 1);
    assertThat(append(WINDOW, A, 40_000, 2, A, 39_999, 3))
        .isEqualTo(new AppendResult.Refused(Verdict.TOO_OLD, 1));
    assertThat(content(A)).isEqualTo("80000=1");
    AppendResult each =
        append(AppendRules.EACH.withWindow(60_000), A, 40_000, 2, A, 39_999, 3, A, 80_001, 4);
    assertThat(each)
        .isEqualTo(
            new AppendResult.Appended(2, 0, 0, 0, 1, 0, 0, 0, List.of(1L, 1L, 1L), List.of()));
    assertThat(content(A)).isEqualTo("40000=2 80000=1 80001=4");
  }

  @Test
  void theWindowTakesWhatIsBelowTheBoundsToo() {
    AppendRules bounded = WINDOW.withBounds(90_000, 200_000);
    append(bounded, A, 100_000, 1);
    assertThat(accepted(append(bounded, B, 50_000, 1, B, 45_000, 2, A, 60_000, 3))).isEqualTo(3);
    assertThat(content(B)).isEqualTo("45000=2 50000=1");
    assertThat(content(A)).isEqualTo("60000=3 100000=1");
    assertThat(append(bounded, A, 200_001, 1))
        .isEqualTo(new AppendResult.Refused(Verdict.TOO_FAR_AHEAD, 0));
  }

  @Test
  void aStaleMarkerOfOurOwnIsNeverLate() {
    append(WINDOW, A, 5_000, 5);
    AppendResult own = append(AppendRules.EACH.withWindow(60_000), A, 4_000, Staleness.marker());
    assertThat(own)
        .isInstanceOfSatisfying(
            AppendResult.Appended.class, all -> assertThat(all.outOfOrder()).isEqualTo(1));
    assertThat(accepted(append(WINDOW, A, 4_000, Staleness.marker()))).isEqualTo(1);
  }

  private static int noise(int i) {
    return (int) (((i + 7) * 0x9E3779B97F4A7C15L) >>> 40);
  }

  @Test
  void lateSamplesOfASealedPartitionLieOverItUntilItIsMerged() {
    for (int i = 0; i < 1_000; i++) { // so much that one sample more is not worth a merge
      append(WINDOW, A, 10 * i, noise(i), B, 10 * i, noise(-i));
      if (i == 500) {
        snapshot(); // or there would be nothing to merge when the partition ends
      }
    }
    snapshot();
    append(WINDOW, A, 30_000, 30);
    snapshot();
    assertThat(record(0).merged()).isTrue();
    assertThat(record(0).layers()).extracting(Layer::level).containsExactly(Layer.SEALED);
    append(WINDOW, A, 4_505, 45);
    String around = "4500=%d 4505=45 4510=%d".formatted(noise(450), noise(451));
    snapshot();
    assertThat(record(0).layers()).extracting(Layer::late).containsExactly(false, true);
    assertThat(content(A, 4_500, 4_510)).isEqualTo(around);
    restart();
    assertThat(content(A, 4_500, 4_510)).isEqualTo(around);
    storage.compact();
    assertThat(record(0).layers()).hasSize(1);
    assertThat(record(0).samples()).isEqualTo(2_001);
    assertThat(content(A, 4_500, 4_510)).isEqualTo(around);
    assertThat(content(B)).startsWith("0=%d 10=%d ".formatted(noise(0), noise(-1)));
  }

  @Test
  void aSeriesIsFoundWhereItHasOnlyLateSamples() {
    append(WINDOW, A, 35_000, 35);
    append(WINDOW, A, 15_000, 15);
    append(WINDOW, A, 16_000, 16);
    for (int i = 0; i < 2; i++) {
      assertThat(content(A, 10_000, 19_999)).isEqualTo("15000=15 16000=16");
      assertThat(content(A, 0, 9_999)).isEmpty();
      snapshot();
      restart();
    }
    append(WINDOW, A, 17_000, 17); // a member already, as far as the disk knows
    assertThat(storage.refs(List.of(), 10_000, 19_999)).containsExactly(1L);
  }

  @Test
  void whatComesLateAfterADeletionIsThere() {
    append(WINDOW, A, 1_000, 1, A, 2_000, 2, A, 3_000, 3, A, 9_000, 9);
    snapshot();
    entry(of -> assertThat(of.delete(List.of(1L), 500, 4_000)).isTrue());
    append(WINDOW, A, 2_000, 22, A, 2_500, 25);
    append(WINDOW, A, 2_000, 23, A, 2_500, 26); // there already, since they came back
    String after = "2000=22 2500=25 9000=9";
    assertThat(content(A)).isEqualTo(after);
    for (int i = 0; i < 2; i++) {
      snapshot();
      assertThat(content(A)).isEqualTo(after);
      append(WINDOW, A, 2_000, 24);
      assertThat(content(A)).isEqualTo(after);
      restart();
      storage.clean();
    }
    snapshot();
    storage.compact();
    assertThat(content(A)).isEqualTo(after);
    assertThat(record(0).samples()).isEqualTo(3);
    entry(of -> assertThat(of.delete(List.of(1L), 0, 2_200)).isTrue());
    assertThat(content(A)).isEqualTo("2500=25 9000=9");
    append(WINDOW, A, 2_000, 200);
    assertThat(content(A)).isEqualTo("2000=200 2500=25 9000=9");
    snapshot();
    restart();
    assertThat(content(A)).isEqualTo("2000=200 2500=25 9000=9");
    storage.compact();
    assertThat(content(A)).isEqualTo("2000=200 2500=25 9000=9");
  }

  @Test
  void aDeletionHidesLateSamples() {
    append(WINDOW, A, 1_000, 1, A, 9_000, 9);
    append(WINDOW, A, 5_000, 5);
    snapshot();
    append(WINDOW, A, 6_000, 6);
    entry(of -> assertThat(of.delete(List.of(1L), 4_000, 7_000)).isTrue());
    assertThat(content(A)).isEqualTo("1000=1 9000=9");
    entry(Storage::askToClean);
    snapshot();
    assertThat(content(A)).isEqualTo("1000=1 9000=9");
    assertThat(record(0).samples()).isEqualTo(2);
  }

  @Test
  void retentionTakesLateSamplesAsAllOthers() {
    append(WINDOW, A, 35_000, 35);
    append(WINDOW, A, 5_000, 5, A, 15_000, 15, A, 16_000, 16);
    snapshot();
    entry(of -> of.retain(15_500));
    assertThat(content(A)).isEqualTo("16000=16 35000=35");
    assertThat(append(WINDOW, A, 15_499, 1))
        .isEqualTo(new AppendResult.Refused(Verdict.TOO_OLD, 0));
    snapshot();
    assertThat(storage.engine().records()).doesNotContainKey(0L);
    assertThat(content(A)).isEqualTo("16000=16 35000=35");
  }

  @Test
  void whatIsLateIsCounted() {
    append(WINDOW, A, 5_000, 5, A, 4_000, 4, A, 3_000, 3);
    append(WINDOW, A, 100_000, 100);
    append(AppendRules.EACH.withWindow(60_000), A, 3_500, 1);
    assertThat(storage.engine().metrics.registry().expose())
        .contains("prometheus_tsdb_head_out_of_order_samples_appended_total{type=\"float\"} 2\n")
        .contains("prometheus_tsdb_head_samples_appended_total{type=\"float\"} 4\n")
        .contains("prometheus_tsdb_too_old_samples_total{type=\"float\"} 1\n")
        .contains("prometheus_tsdb_sample_ooo_delta_count 1\n");
  }

  @Test
  void recordsWithoutLateLayersHaveTheBytesOfBefore() {
    Layer early = new Layer(7, 0, 2, 99, 4, -5, 12, false, false);
    PartitionRecord plain = PartitionRecord.EMPTY.plus(early);
    assertThat(plain.encode()[0]).isEqualTo((byte) 3);
    PartitionRecord late = plain.plus(new Layer(8, 0, 1, 9, 1, 3, 3, true, false));
    assertThat(late.encode()[0]).isEqualTo((byte) 4);
    assertThat(PartitionRecord.decode(late.encode())).isEqualTo(late);
    assertThat(PartitionRecord.decode(plain.encode())).isEqualTo(plain);
  }
}
