package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// Series that are gone leave memory, stay in answers, and come back as who they were.
final class RetirementTest {
  private static final int GONE = 3000;

  private final MemoryPageStore disk = new MemoryPageStore();
  private Storage storage = open();
  private long index;

  private Storage open() {
    return Storage.open(StorageConfig.inMemory().withPartitionLength(Duration.ofSeconds(10)), disk);
  }

  private static Labels pod(int i) {
    return Labels.of("__name__", "up", "pod", "pod-" + i);
  }

  private AppendResult append(AppendRules rules, long timestampMs, double value, Labels... series) {
    SampleBatch batch = new SampleBatch();
    for (Labels labels : series) {
      batch.add(labels, timestampMs, value);
    }
    storage.beginEntry(++index, timestampMs);
    AppendResult result = storage.append(batch, rules);
    storage.endEntry();
    return result;
  }

  private void pods(int from, int to, long timestampMs) {
    append(
        AppendRules.WHOLE,
        timestampMs,
        1,
        IntStream.range(from, to).mapToObj(RetirementTest::pod).toArray(Labels[]::new));
  }

  private void retire(long beforeMs) {
    storage.beginEntry(++index, 1);
    storage.retire(beforeMs, Integer.MAX_VALUE);
    storage.endEntry();
  }

  private void retain(long cutoffMs) {
    storage.beginEntry(++index, 1);
    storage.retain(cutoffMs);
    storage.endEntry();
  }

  private void snapshot() {
    storage.capture(new SnapshotPosition(1, index, 1), Map.of()).write();
    storage.beginEntry(++index, 1); // slots come back with an entry
    storage.endEntry();
  }

  private Head head() {
    return storage.engine().head;
  }

  private String content() {
    try (Querier querier = storage.open()) {
      return Contents.of(querier);
    }
  }

  private int rows(byte[] from, byte[] to) {
    int[] rows = {0};
    try (PageView view = disk.view()) {
      view.scan(
          Table.CATALOGUE,
          from,
          to,
          (_, _) -> {
            rows[0]++;
            return true;
          });
    }
    return rows[0];
  }

  @Test
  void memoryIsGivenToWhoComesNext() {
    pods(0, GONE, 1000);
    pods(GONE, GONE + 10, 5000);
    long bytes = head().seriesBytes();
    String before = content();
    retire(5000);
    assertThat(head().series()).isEqualTo(10);
    assertThat(storage.ref(pod(0))).isZero();
    assertThat(storage.isLive(1)).isFalse();
    assertThat(storage.goneSeries()).isEqualTo(GONE);
    snapshot();
    assertThat(head().find(1)).as("nothing leads to it").isEqualTo(Head.NO_SLOT);
    assertThat(content()).isEqualTo(before);
    snapshot();
    for (int round = 1; round < 6; round++) {
      pods(round * 10_000, round * 10_000 + GONE, 5000 + round);
      retire(5000 + round + 1);
      snapshot();
      snapshot();
    }
    assertThat(head().seriesBytes()).isLessThanOrEqualTo(bytes + bytes / 2);
    retire(1);
    assertThat(head().byLabels().symbols()).isLessThan(3 * GONE);
    assertThat(content().lines().count()).isEqualTo(10 + 6 * GONE);
  }

  @Test
  void whoComesBackIsWhoItWas() {
    pods(0, 3, 1000);
    pods(3, 4, 5000);
    retire(5000);
    snapshot();
    AppendResult same = append(AppendRules.EACH, 1000, 1, pod(1));
    assertThat(same).isEqualTo(appended(0, 1, 0, 0, 0, 0L));
    AppendResult duplicate = append(AppendRules.EACH, 1000, 2, pod(1));
    assertThat(duplicate).isEqualTo(appended(0, 0, 1, 0, 0, 0L));
    AppendResult older = append(AppendRules.EACH, 900, 1, pod(1));
    assertThat(older).isEqualTo(appended(0, 0, 0, 1, 0, 0L));
    assertThat(head().series()).isEqualTo(1);
    AppendResult late = append(AppendRules.EACH.withWindow(60_000), 800, 7, pod(0));
    assertThat(late).isEqualTo(appended(1, 0, 0, 0, 1, 1L));
    AppendResult back = append(AppendRules.WHOLE, 6000, 3, pod(1));
    assertThat(back).isEqualTo(appended(1, 0, 0, 0, 1, 2L));
    assertThat(head().series()).isEqualTo(3);
    String expected = content();
    assertThat(expected).contains("pod-1\"} 1000=", " 6000=").contains("pod-0\"} 800=");
    snapshot();
    storage.close();
    storage = open();
    assertThat(content()).isEqualTo(expected);
    assertThat(storage.ref(pod(1))).isEqualTo(2);
    assertThat(storage.ref(pod(2))).isZero();
  }

  private static AppendResult.Appended appended(
      int accepted, int same, int duplicates, int outOfOrder, int made, long ref) {
    return new AppendResult.Appended(
        accepted, same, duplicates, outOfOrder, 0, 0, 0, made, List.of(ref), List.of());
  }

  @Test
  void startReadsWhatIsAlive() {
    pods(0, GONE, 1000);
    pods(GONE, GONE + 5, 5000);
    retire(5000);
    snapshot();
    storage.close();
    storage = open();
    assertThat(head().series()).isEqualTo(5);
    assertThat(head().byLabels().symbols()).isLessThan(20);
    assertThat(storage.newestMs()).hasValue(5000);
    try (Querier querier = storage.open()) {
      List<Matcher> one = List.of(Matcher.equal("pod", "pod-77"));
      assertThat(querier.labelValues("pod", 0, 2000, one)).containsExactly("pod-77");
      assertThat(querier.labelValues("pod", 0, 9999, List.of())).hasSize(GONE + 5);
    }
  }

  @Test
  void newestTimeOutlivesItsSeries() {
    pods(0, 2, 1000);
    retire(9999);
    snapshot();
    storage.close();
    storage = open();
    assertThat(storage.newestMs()).hasValue(1000);
    assertThat(head().series()).isZero();
  }

  @Test
  void equalHashIsNotEnough() {
    pods(0, 2, 1000);
    retire(9999);
    snapshot();
    try (PageBatch batch = disk.begin()) {
      byte[] row = RetiredRows.encode(LongArrayList.of(1, 2));
      batch.put(Table.CATALOGUE, Keys.retiredHash(RetiredRows.hash(pod(1))), row);
      batch.put(Table.CATALOGUE, Keys.retiredHash(RetiredRows.hash(pod(9))), row);
      batch.commit();
    }
    storage.close();
    storage = open();
    assertThat(append(AppendRules.WHOLE, 2000, 1, pod(1))).isEqualTo(appended(1, 0, 0, 0, 1, 2L));
    assertThat(append(AppendRules.WHOLE, 2000, 1, pod(9))).isEqualTo(appended(1, 0, 0, 0, 1, 3L));
  }

  @Test
  void retiredSeriesDoNotCountAndReturnWithinLimits() {
    AppendRules two = AppendRules.EACH.withSeriesLimit(2);
    append(two, 1000, 1, pod(0), pod(1));
    retire(1500);
    snapshot();
    append(two, 2000, 1, pod(2), pod(3));
    assertThat(head().series()).isEqualTo(2);
    AppendResult refused = append(two, 3000, 1, pod(0));
    assertThat(((AppendResult.Appended) refused).overLimit()).isEqualTo(1);
    retire(2500);
    assertThat(append(two, 3000, 1, pod(0))).isEqualTo(appended(1, 0, 0, 0, 1, 1L));
  }

  @Test
  void retentionTakesRowsToo() {
    pods(0, 100, 1000);
    pods(100, 110, 25_000);
    retire(20_000);
    snapshot();
    assertThat(rows(Keys.retiredFloor(), Keys.retiredHashFloor())).isEqualTo(100);
    append(AppendRules.WHOLE, 26_000, 1, pod(0)); // whose row stays behind
    retain(15_000);
    assertThat(append(AppendRules.WHOLE, 26_000, 1, pod(1)))
        .isEqualTo(appended(1, 0, 0, 0, 1, 111L));
    snapshot();
    assertThat(rows(Keys.retiredFloor(), new byte[] {(byte) 0xFF})).isZero();
    assertThat(content().lines().count()).isEqualTo(12);
    assertThat(storage.ref(pod(0))).isEqualTo(1);
  }

  @Test
  void whoIsSweptStaysInViewsFromBefore() {
    pods(0, 3, 1000);
    pods(3, 4, 25_000);
    retire(20_000);
    snapshot();
    try (Querier before = storage.open()) {
      retain(15_000);
      snapshot();
      assertThat(rows(Keys.retiredFloor(), Keys.retiredHashFloor())).isZero();
      snapshot(); // the newest pages are without them now
      assertThat(Contents.of(before).lines().count()).isEqualTo(4);
      assertThat(content().lines().count()).isEqualTo(1);
    }
  }

  @Test
  void whatIsRetiredCanBeDeleted() {
    pods(0, 3, 1000);
    retire(9999);
    snapshot();
    storage.beginEntry(++index, 1);
    storage.delete(List.of(2L, 77L), 0, 5000);
    storage.endEntry();
    assertThat(content()).contains("pod-0").doesNotContain("pod-1").contains("pod-2");
    append(AppendRules.WHOLE, 2000, 1, pod(1));
    assertThat(content()).contains("pod-1\"} 2000=").doesNotContain("pod-1\"} 1000=");
  }

  private double rowsRead() {
    return storage.engine().metrics.retiredRows.value();
  }

  private List<String> namesAt(long fromMs, long toMs) {
    try (Querier querier = storage.open()) {
      Querier.Hints range = new Querier.Hints(fromMs, toMs, 0, 0, "");
      return querier.select(range, List.of()).stream().map(s -> s.labels().get("pod")).toList();
    }
  }

  @Test
  void whoEndedBeforeTheRangeIsPassedOver() {
    pods(0, GONE, 1001);
    pods(GONE, GONE + 3, 5000);
    List<String> alive = List.of("pod-3000", "pod-3001", "pod-3002");
    assertThat(namesAt(1002, 9000)).as("not retired yet").isEqualTo(alive);
    assertThat(namesAt(1001, 9000)).hasSize(GONE + 3);
    retire(5000);
    snapshot();
    for (int life = 0; life < 2; life++) {
      assertThat(namesAt(2001, 9000)).isEqualTo(alive);
      assertThat(rowsRead()).as("who ended is known without a look").isZero();
      assertThat(namesAt(1002, 9000)).as("in the second it ended in").isEqualTo(alive);
      assertThat(namesAt(1001, 9000)).hasSize(GONE + 3);
      assertThat(rowsRead()).isEqualTo(2 * GONE);
      storage.close();
      storage = open(); // which learns from the rows
    }
    append(AppendRules.WHOLE, 7000, 1, pod(7));
    assertThat(namesAt(6000, 9000)).containsExactly("pod-7");
    retire(9000);
    snapshot();
    assertThat(head().find(8)).isEqualTo(Head.NO_SLOT);
    assertThat(namesAt(6000, 9000)).as("retired once more").containsExactly("pod-7");
    assertThat(namesAt(7001, 9000)).isEmpty();
  }

  @Test
  void whoIsNotLearntYetIsLookedUp() {
    pods(0, 40_000, 1000);
    pods(40_000, 40_001, 5000);
    retire(5000);
    snapshot();
    storage.close();
    Deque<Runnable> background = new ArrayDeque<>();
    StorageConfig config = StorageConfig.inMemory().withPartitionLength(Duration.ofSeconds(10));
    storage = Storage.open(config, disk, new Metrics(), background::add, Assertions::fail);
    assertThat(namesAt(4000, 9000)).containsExactly("pod-40000");
    assertThat(rowsRead()).isEqualTo(40_000);
    for (int left = 0; !background.isEmpty(); left++) { // some at a time
      background.removeFirst().run();
      assertThat(left).isLessThan(10);
    }
    assertThat(namesAt(4000, 9000)).containsExactly("pod-40000");
    assertThat(rowsRead()).isEqualTo(40_000);
  }
}
