package io.trivigil.node.failopen;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.scraper.state.SampleStore.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalBufferTest {
  private static final Labels KNOWN = Labels.of("__name__", "up", "job", "a");
  private static final Labels FRESH = Labels.of("__name__", "up", "job", "b");
  private static final long REF = 42;

  private final LocalBuffer buffer = buffer(1_000, 2);

  private static LocalBuffer buffer(long bytes, int series) {
    LocalBuffer made =
        new LocalBuffer(
            new FailOpenSettings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                bytes,
                series,
                MergeSettings.DEFAULT));
    made.know(REF, KNOWN);
    return made;
  }

  private Stored sample(long atMs, double value) {
    SampleBatch batch = new SampleBatch();
    batch.add(REF, atMs, value);
    return buffer.append(batch);
  }

  private Stored fresh(Labels labels, long atMs) {
    SampleBatch batch = new SampleBatch();
    batch.add(labels, atMs, 1);
    return buffer.append(batch);
  }

  @Test
  void upToTheLimitAllIsKeptAndAboveItTheOldestGoesFirst() {
    // A slot of 184 bytes and its sample of 16 make 200: five of them are the limit.
    for (int i = 1; i <= 5; i++) {
      sample(i * 1_000L, i);
      buffer.keep(new LocalBuffer.Slot("t", i * 1_000L, new byte[184]));
    }
    assertThat(buffer.fill()).isEqualTo(new LocalBuffer.Fill(1_000, 5, 5, 0, 0));
    sample(6_000, 6);
    buffer.keep(new LocalBuffer.Slot("t", 6_000, new byte[184]));
    assertThat(buffer.fill()).isEqualTo(new LocalBuffer.Fill(1_000, 5, 5, 1, 1));
    assertThat(buffer.slots().stream().map(LocalBuffer.Slot::slotMs))
        .containsExactly(2_000L, 3_000L, 4_000L, 5_000L, 6_000L);
    assertThat(read(0, 9_000))
        .as("below the first that is left the store counts")
        .isEqualTo("1000=-1.0 2000=2.0 3000=3.0 4000=4.0 5000=5.0 6000=6.0");
  }

  @Test
  void seriesThatTheStoreDoesNotKnowHaveALimit() {
    assertThat(fresh(FRESH, 1_000)).isInstanceOf(Stored.Appended.class);
    fresh(Labels.of("__name__", "up", "job", "c"), 1_000);
    Stored third = fresh(Labels.of("__name__", "up", "job", "d"), 1_000);
    assertThat(((Stored.Appended) third).leftOut().overLimit()).isEqualTo(1);
    Stored again = fresh(FRESH, 2_000);
    assertThat(((Stored.Appended) again).leftOut().overLimit()).isZero();
    assertThat(LocalBuffer.isOwn(((Stored.Appended) again).refs().getFirst())).isTrue();
    assertThat(LocalBuffer.isOwn(REF)).isFalse();
  }

  @Test
  void anUnknownReferenceChangesNothing() {
    SampleBatch batch = new SampleBatch();
    batch.add(REF, 1_000, 1);
    batch.add(77, 1_000, 1);
    assertThat(buffer.append(batch)).isEqualTo(new Stored.UnknownRefs(List.of(77L)));
    assertThat(buffer.fill().samples()).isZero();
  }

  @Test
  void aSampleThatIsNotNewerIsLeftOut() {
    sample(2_000, 1);
    assertThat(((Stored.Appended) sample(2_000, 9)).leftOut().outOfOrder()).isEqualTo(1);
    assertThat(((Stored.Appended) sample(1_999, 9)).leftOut().outOfOrder()).isEqualTo(1);
    assertThat(read(0, 9_000)).endsWith("2000=1.0").doesNotContain("9.0");
  }

  @Test
  void theStoreIsReadBelowTheFirstLocalSampleAndTheBufferFromItOn() {
    sample(3_000, 30);
    sample(4_000, 40);
    // The store has 1000=-1, 2000=-2 and 3500=-3: what lies at or above the first local one is
    // covered.
    assertThat(read(0, 9_000))
        .as("below the first that is left the store counts")
        .isEqualTo("1000=-1.0 2000=-2.0 3000=30.0 4000=40.0");
    assertThat(read(2_000, 3_000)).as("both ends count").isEqualTo("2000=-2.0 3000=30.0");
    assertThat(read(3_001, 3_999)).isEmpty();
  }

  @Test
  void aSeriesThatOnlyTheBufferHasIsFoundByItsMatchers() {
    fresh(FRESH, 1_000);
    try (Querier querier = over()) {
      List<Querier.Series> found = querier.select(HINTS, List.of(Matcher.equal("job", "b")));
      assertThat(found.stream().map(Querier.Series::labels)).contains(FRESH);
      found = querier.select(HINTS, List.of(Matcher.equal("__name__", "down")));
      assertThat(found.stream().map(Querier.Series::labels)).doesNotContain(FRESH);
    }
  }

  private static final Querier.Hints HINTS = new Querier.Hints(0, 9_000, 0, 0, "");

  private Querier over() {
    return buffer.over(Below::new).open();
  }

  private String read(long fromMs, long toMs) {
    SampleBuffer out = new SampleBuffer();
    try (Querier querier = over()) {
      for (Querier.Series series : querier.select(HINTS, List.of(Matcher.equal("job", "a")))) {
        series.read(fromMs, toMs, out);
      }
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      all.add(out.timestampMs(i) + "=" + out.value(i));
    }
    return String.join(" ", all);
  }

  /// A store with one series.
  private static final class Below implements Querier {
    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      return matchers.stream().allMatch(matcher -> matcher.test(KNOWN))
          ? List.of(new One())
          : List.of();
    }

    @Override
    public List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers) {
      return List.of();
    }

    @Override
    public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
      return List.of();
    }

    @Override
    public long appliedIndex() {
      return 7;
    }

    @Override
    public void close() {}
  }

  private static final class One implements Querier.Series {
    @Override
    public Labels labels() {
      return KNOWN;
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      long[] timesMs = {1_000, 2_000, 3_500};
      for (int i = 0; i < timesMs.length; i++) {
        if (timesMs[i] >= fromMs && timesMs[i] <= toMs) {
          out.add(timesMs[i], -1 - i);
        }
      }
    }
  }
}
