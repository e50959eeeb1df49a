package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Views for who must not wait: what is at hand, and both sides of each limit.
class QuerierAtHandTest {
  private static final long SPACING_MS = 15_000;

  @TempDir Path directory = Path.of("");
  private final MemoryPageStore pages = new MemoryPageStore();
  private Storage storage = Storage.open(StorageConfig.inMemory(), pages);
  private long entries;

  @AfterEach
  void close() {
    storage.close();
  }

  private void inLucene() {
    storage.close();
    storage = Storage.open(StorageConfig.in(directory).withOverlayMembers(1), pages);
  }

  /// One sample of each series.
  private void add(int series) {
    SampleBatch batch = new SampleBatch();
    entries++;
    for (int i = 0; i < series; i++) {
      batch.add(Labels.of("__name__", "m", "i", "" + i), SPACING_MS * entries, 1);
    }
    storage.beginEntry(entries, SPACING_MS * entries);
    storage.append(batch, AppendRules.EACH);
    storage.endEntry();
  }

  private void snapshot() {
    storage.capture(new SnapshotPosition(1, entries, SPACING_MS * entries), Map.of()).write();
  }

  private static Querier.Hints last() {
    return new Querier.Hints(0, 1_000_000_000, 0, 0, "");
  }

  /// How many series and samples there are.
  private static String count(Querier querier, Querier.Hints hints) {
    List<Querier.Series> found = querier.select(hints, List.of(Matcher.equal("__name__", "m")));
    SampleBuffer samples = new SampleBuffer();
    found.forEach(series -> series.read(hints.fromMs(), hints.toMs(), samples));
    return found.size() + " series, " + samples.size() + " samples";
  }

  private String seen(Querier.Hints hints) {
    try (Querier querier = storage.open()) {
      return count(querier, hints);
    }
  }

  private String seenAtHand(Querier.Hints hints) {
    try (Querier querier = storage.openAtHand()) {
      return count(querier, hints);
    }
  }

  private void assertNotAtHand(Querier.Hints hints) {
    assertThatThrownBy(() -> seenAtHand(hints)).isInstanceOf(NotAtHandException.class);
  }

  @Test
  void whatIsInPagesIsAtHandOnceSomebodyHasOpenedThem() {
    add(3);
    assertThat(seenAtHand(last())).isEqualTo("3 series, 3 samples");
    snapshot();
    storage.close();
    storage = Storage.open(StorageConfig.inMemory(), pages);
    assertNotAtHand(last());
    assertThat(seen(last())).isEqualTo("3 series, 3 samples");
    assertThat(seenAtHand(last())).isEqualTo("3 series, 3 samples");
  }

  @Test
  void whatWasSearchedBeforeIsAtHandUntilTheIndexChanges() {
    inLucene();
    add(3);
    assertNotAtHand(last());
    assertThat(seen(last())).isEqualTo("3 series, 3 samples");
    assertThat(seenAtHand(last())).isEqualTo("3 series, 3 samples");
    add(5);
    assertNotAtHand(last());
    assertThat(seen(last())).isEqualTo("5 series, 8 samples");
    assertThat(seenAtHand(last())).isEqualTo("5 series, 8 samples");
  }

  @Test
  void manySeriesAreNotAtHand() {
    inLucene();
    add(QuerierAtHand.MOST_SERIES);
    seen(last());
    assertThat(seenAtHand(last())).startsWith(QuerierAtHand.MOST_SERIES + " series");
    add(QuerierAtHand.MOST_SERIES + 1);
    seen(last());
    assertNotAtHand(last());
  }

  @Test
  void manySeriesThatTheIndexDoesNotKnowYetAreNotAtHand() {
    add(QuerierAtHand.MOST_SERIES);
    assertThat(seenAtHand(last())).startsWith(QuerierAtHand.MOST_SERIES + " series");
    add(QuerierAtHand.MOST_SERIES + 1);
    assertNotAtHand(last());
    try (Querier querier = storage.openAtHand()) {
      assertThatThrownBy(() -> querier.labelValues("i", 0, 1_000_000_000, List.of()))
          .isInstanceOf(NotAtHandException.class);
    }
  }

  @Test
  void manySamplesAreNotAtHandWhereverTheyAreAskedFor() {
    add(4);
    long most = SPACING_MS * (QuerierAtHand.MOST_SAMPLES / 4 - 1);
    Querier.Hints little = new Querier.Hints(0, most, 60_000, 0, "");
    Querier.Hints much = new Querier.Hints(0, most + SPACING_MS, 60_000, 0, "");
    Querier.Hints range = new Querier.Hints(0, most + SPACING_MS, 0, 60_000, "rate");
    assertThat(seenAtHand(little)).isEqualTo("4 series, 4 samples");
    assertNotAtHand(much);
    assertNotAtHand(range);
    try (Querier querier = storage.openAtHand()) {
      assertThat(count(querier, little)).isEqualTo("4 series, 4 samples");
      assertThatThrownBy(() -> count(querier, last()))
          .as("two selectors read more than one")
          .isInstanceOf(NotAtHandException.class);
    }
  }

  @Test
  void labelValuesAreAtHandOnceTheyWereAskedForAndAreFew() {
    inLucene();
    add(QuerierAtHand.MOST_TEXTS);
    assertValuesNotAtHand();
    assertThat(values(storage.open())).isEqualTo(QuerierAtHand.MOST_TEXTS);
    assertThat(values(storage.openAtHand())).isEqualTo(QuerierAtHand.MOST_TEXTS);
    add(QuerierAtHand.MOST_TEXTS * 2);
    assertThat(values(storage.open())).isEqualTo(QuerierAtHand.MOST_TEXTS * 2);
    assertValuesNotAtHand();
  }

  private void assertValuesNotAtHand() {
    assertThatThrownBy(() -> values(storage.openAtHand())).isInstanceOf(NotAtHandException.class);
  }

  private static int values(Querier opened) {
    try (Querier querier = opened) {
      return querier.labelValues("i", 0, 1_000_000_000, List.of()).size();
    }
  }

  @Test
  void manyPartitionsAreNotAtHand() {
    long dayMs = Duration.ofDays(1).toMillis();
    Querier.Hints all = new Querier.Hints(0, Long.MAX_VALUE, 0, 0, "");
    for (int i = 0; i <= QuerierAtHand.MOST_PARTITIONS; i++) {
      if (i > 0) {
        try (Querier querier = storage.openAtHand()) {
          assertThat(querier.select(all, List.of())).hasSize(1);
        }
      }
      SampleBatch batch = new SampleBatch();
      batch.add(Labels.of("i", "0"), i * dayMs, 1);
      storage.beginEntry(i + 1L, i * dayMs);
      storage.append(batch, AppendRules.EACH);
      storage.endEntry();
    }
    try (Querier querier = storage.openAtHand()) {
      assertThatThrownBy(() -> querier.select(all, List.of()))
          .isInstanceOf(NotAtHandException.class);
      assertThat(querier.select(last(), List.of())).hasSize(1);
    }
  }

  @Test
  void whatNobodyReadsAnyMoreIsLetGoElsewhere() {
    add(1);
    Querier querier = storage.openAtHand();
    snapshot();
    int readers = storage.engine().epochs.readers();
    querier.close();
    querier.close(); // once is enough
    assertThat(storage.engine().epochs.readers()).isEqualTo(readers - 1);
  }
}
