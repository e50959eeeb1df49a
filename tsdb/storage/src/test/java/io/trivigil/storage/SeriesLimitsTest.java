package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.storage.page.MemoryPageStore;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who has too many series loses what is too much, and nobody else loses anything.
final class SeriesLimitsTest {
  private static final AppendRules APART = AppendRules.WHOLE.withLimitsApart();

  private final MemoryPageStore disk = new MemoryPageStore();
  private Storage storage = Storage.open(StorageConfig.inMemory(), disk);
  private long index;

  private AppendResult append(AppendRules rules, long timestampMs, Labels... series) {
    SampleBatch batch = new SampleBatch();
    for (Labels labels : series) {
      batch.add(labels, timestampMs, 1);
    }
    index++;
    storage.beginEntry(index, 1000 * index);
    AppendResult result = storage.append(batch, rules);
    storage.endEntry();
    return result;
  }

  private static Labels series(String metric, String job, int i) {
    return Labels.of("__name__", metric, "i", "" + i, "job", job);
  }

  private static Labels[] series(String metric, String job, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> series(metric, job, i)).toArray(Labels[]::new);
  }

  private static AppendResult.Appended stored(AppendResult result) {
    return (AppendResult.Appended) result;
  }

  @Test
  void aMetricIsStoppedAtItsLimitAndOthersGoOn() {
    AppendRules rules = APART.withLimits(new SeriesLimits(0, 3, 0));
    assertThat(stored(append(rules, 1, series("bomb", "a", 0, 3))).over()).isEmpty();
    AppendResult.Appended more =
        stored(
            append(
                rules,
                2,
                series("bomb", "a", 0),
                series("bomb", "a", 3),
                series("calm", "a", 0),
                series("bomb", "b", 4)));
    assertThat(more.accepted()).as("what is there goes on").isEqualTo(2);
    assertThat(more.overLimit()).isEqualTo(2);
    assertThat(more.refs()).containsExactly(1L, 0L, 4L, 0L);
    assertThat(more.over())
        .containsExactly(new OverLimit(Verdict.METRIC_SERIES_LIMIT, "bomb", 3, 2, 1));
    assertThat(more.over().getFirst().words())
        .isEqualTo("too many series: metric=\"bomb\" limit=3 left_out_samples=2");
    assertThat(storage.ref(series("bomb", "a", 3))).isZero();
  }

  @Test
  void aJobIsStoppedWithAllItsMetrics() {
    AppendRules rules = APART.withLimits(new SeriesLimits(0, 0, 2));
    AppendResult.Appended first =
        stored(
            append(
                rules,
                1,
                series("m", "a", 0),
                series("n", "a", 0),
                series("o", "a", 0),
                series("o", "b", 0),
                Labels.of("__name__", "o", "i", "0"),
                Labels.of("__name__", "o", "i", "1"),
                Labels.of("__name__", "o", "i", "2")));
    assertThat(first.accepted()).as("who has no job is of none").isEqualTo(6);
    assertThat(first.over()).containsExactly(new OverLimit(Verdict.JOB_SERIES_LIMIT, "a", 2, 1, 2));
  }

  @Test
  void theNarrowestLimitNamesTheOffender() {
    AppendRules rules = APART.withLimits(new SeriesLimits(2, 2, 2));
    assertThat(stored(append(rules, 1, series("m", "a", 0, 2))).over()).isEmpty();
    AppendResult.Appended more =
        stored(
            append(
                rules,
                2,
                series("m", "a", 9),
                series("n", "a", 9),
                series("n", "b", 9),
                series("o", "b", 9)));
    assertThat(more.newSeries()).isZero();
    assertThat(more.over().stream().map(OverLimit::words))
        .containsExactly(
            "too many series: metric=\"m\" limit=2 left_out_samples=1",
            "too many series: job=\"a\" limit=2 left_out_samples=1",
            "too many series: limit=2 left_out_samples=2");
  }

  @Test
  void onlyTenOffendersAreTold() {
    AppendRules rules = AppendRules.EACH.withLimits(new SeriesLimits(0, 1, 0));
    Labels[] twice =
        IntStream.range(0, 30).mapToObj(i -> series("m" + i / 2, "a", i)).toArray(Labels[]::new);
    AppendResult.Appended all = stored(append(rules, 1, twice));
    assertThat(all.overLimit()).isEqualTo(15);
    assertThat(all.over()).hasSize(OverLimit.MOST_TOLD);
  }

  @Test
  void withoutApartAWholeBatchIsRefused() {
    AppendRules rules = AppendRules.WHOLE.withLimits(new SeriesLimits(0, 1, 0));
    assertThat(append(rules, 1, series("calm", "a", 0), series("m", "a", 0), series("m", "a", 1)))
        .isEqualTo(new AppendResult.Refused(Verdict.METRIC_SERIES_LIMIT, 2));
    assertThat(storage.ref(series("calm", "a", 0))).isZero();
    AppendRules apart = rules.withLimitsApart();
    append(apart, 5, series("m", "a", 0));
    assertThat(append(apart, 4, series("m", "a", 1), series("m", "a", 0)))
        .as("what is wrong for another reason still refuses the batch")
        .isEqualTo(new AppendResult.Refused(Verdict.OUT_OF_ORDER, 1));
  }

  @Test
  void whatIsExemptIsMadeAndCounts() {
    AppendRules rules = AppendRules.EACH.withLimits(new SeriesLimits(1, 1, 1));
    AppendResult.Appended scrape =
        stored(
            append(
                rules.withExempt(2),
                1,
                series("m", "a", 0),
                series("n", "a", 0),
                series("up", "a", 0),
                series("up", "a", 1)));
    assertThat(scrape.refs()).containsExactly(1L, 0L, 2L, 3L);
    assertThat(stored(append(rules, 1, series("up", "b", 0))).over().getFirst().verdict())
        .isEqualTo(Verdict.METRIC_SERIES_LIMIT);
  }

  @Test
  void whatLeavesMakesRoomAlsoAfterARestart() {
    AppendRules rules = APART.withLimits(new SeriesLimits(0, 2, 2));
    append(rules, 1_000, series("m", "a", 0, 2));
    storage.capture(new SnapshotPosition(1, index, 1000 * index), Map.of()).write();
    storage = Storage.open(StorageConfig.inMemory(), disk);
    assertThat(stored(append(rules, 2_000, series("m", "a", 2))).overLimit()).isEqualTo(1);
    append(rules, 3_000, series("m", "a", 1));
    index++;
    storage.beginEntry(index, 1000 * index);
    storage.retain(2_500);
    storage.endEntry();
    assertThat(stored(append(rules, 4_000, series("m", "a", 2, 4))))
        .isEqualTo(
            new AppendResult.Appended(
                1,
                0,
                0,
                0,
                0,
                0,
                1,
                1,
                List.of(3L, 0L),
                List.of(new OverLimit(Verdict.METRIC_SERIES_LIMIT, "m", 2, 1, 1))));
  }

  @Test
  void theLimitsOfAHeapLeaveRoomForWhatItHolds() {
    assertThat(SeriesLimits.forHeap(512L << 20))
        .isEqualTo(new SeriesLimits(1_930_000, 1_070_000, 1_610_000));
    assertThat(SeriesLimits.forHeap(1)).isEqualTo(new SeriesLimits(10_000, 10_000, 10_000));
    assertThat(SeriesLimits.forHeap(Long.MAX_VALUE))
        .isEqualTo(new SeriesLimits(SeriesLimits.MOST, SeriesLimits.MOST, SeriesLimits.MOST));
  }

  @Test
  void negativeLimitsAreRefused() {
    assertThatThrownBy(() -> new SeriesLimits(0, -1, 0))
        .hasMessageContaining("total=0 per_metric=-1 per_job=0");
  }
}
