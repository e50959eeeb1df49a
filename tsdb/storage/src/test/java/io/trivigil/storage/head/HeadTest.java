package io.trivigil.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.RandomHistograms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadTest {
  private static final int SERIES = 7;
  private static final int TINY = 3; // two blocks to a page
  private static final long MOST_HISTOGRAM_BYTES = 2 * 128; // two pages, or what needs more

  /// @param text the sample bit for bit
  /// @param last what it is known by as the last one
  private record Sample(long timestampMs, String text, long last) {
    static Sample of(long timestampMs, double value, @Nullable NativeHistogram histogram) {
      return new Sample(
          timestampMs, RandomHistograms.text(value, histogram), Head.bits(value, histogram));
    }

    boolean isTagged() {
      return HistogramLog.isTagged(last);
    }
  }

  /// What a reader was promised: a view, the floors of its pages, and the samples of each series.
  private record Promise(
      HeadView view, long floor, long histogramsFloor, List<List<Sample>> samples) {}

  /// A head beside plain lists that say what must be in it.
  private static final class Life {
    private final RandomGenerator random;
    private final Head head;
    private final List<List<Sample>> samples = new ArrayList<>();
    private final List<Promise> readers = new ArrayList<>();
    private final int[] slots = new int[SERIES];
    private long floor = Head.START; // of the newest pages
    private long histogramsFloor;
    private long index;

    Life(long seed, boolean offHeap) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      head = new Head(TINY, offHeap);
      for (int i = 0; i < SERIES; i++) {
        slots[i] = head.create(Labels.of("__name__", "s" + i));
        samples.add(new ArrayList<>());
      }
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0 -> capture();
        case 1 -> open();
        case 2 -> leave();
        default -> entry();
      }
    }

    private void entry() {
      index++;
      for (int left = random.nextInt(6); left > 0; left--) {
        int series = random.nextInt(SERIES);
        List<Sample> all = samples.get(series);
        long lastMs = all.isEmpty() ? 0 : all.getLast().timestampMs();
        // Now and then so far ahead that a page of one base does not hold it.
        long ahead = random.nextInt(20) == 0 ? 3L << 31 : 1 + random.nextInt(1000);
        all.add(append(slots[series], lastMs + ahead));
      }
      head.view(index, index);
    }

    private Sample append(int slot, long timestampMs) {
      if (random.nextInt(3) == 0) {
        NativeHistogram histogram = RandomHistograms.next(random);
        head.append(slot, timestampMs, histogram);
        return Sample.of(timestampMs, 0, histogram);
      }
      long bits = random.nextLong();
      bits = random.nextInt(5) == 0 ? (HistogramLog.TAG << 48) | (bits >>> 16) : bits;
      head.append(slot, timestampMs, bits);
      return Sample.of(timestampMs, Double.longBitsToDouble(bits), null);
    }

    private static Sample told(Teller teller, long timestampMs, long bits) {
      NativeHistogram histogram = Teller.isTagged(bits) ? teller.histogram(bits) : null;
      long value = Teller.isTagged(bits) && histogram == null ? teller.bits() : bits;
      return Sample.of(timestampMs, Double.longBitsToDouble(value), histogram);
    }

    /// A snapshot: what it is told must be what came since the last one.
    private void capture() {
      long before = floor;
      HeadDelta delta = head.closeGeneration();
      for (int left = random.nextInt(3); left > 0; left--) {
        entry(); // applied while the snapshot is written
      }
      long[] told = {0};
      Teller teller = head.teller();
      delta
          .touched()
          .forEach(
              slot ->
                  teller.tell(
                      slot,
                      delta.from(),
                      delta.to(),
                      (ref, data, from, to) -> {
                        for (int i = from; i < to; i++) {
                          assertThat(samples.get((int) ref - 1))
                              .contains(told(teller, data[2 * i], data[2 * i + 1]));
                        }
                        told[0] += to - from;
                      }));
      assertThat(told[0]).isEqualTo(delta.samples());
      for (int series = 0; series < SERIES; series++) {
        checkLast(series, delta.to(), before);
      }
      floor = delta.to();
      histogramsFloor = delta.histogramsTo();
      trim();
    }

    private void checkLast(int series, long limit, long before) {
      List<String> found = new ArrayList<>();
      head.lastAt(slots[series], limit, before, (ms, bits) -> found.add(ms + " " + bits));
      assertThat(found).hasSizeLessThan(2);
      found.forEach(
          last ->
              assertThat(samples.get(series))
                  .anyMatch(sample -> last.equals(sample.timestampMs() + " " + sample.last())));
    }

    private void open() {
      List<List<Sample>> copy = new ArrayList<>();
      samples.forEach(all -> copy.add(List.copyOf(all)));
      readers.add(new Promise(head.view(index, index), floor, histogramsFloor, copy));
    }

    private void leave() {
      if (!readers.isEmpty()) {
        readers.remove(random.nextInt(readers.size()));
        trim();
      }
    }

    private void trim() {
      head.trim(
          readers.stream().mapToLong(Promise::floor).reduce(floor, Math::min),
          readers.stream().mapToLong(Promise::histogramsFloor).reduce(histogramsFloor, Math::min));
    }

    void check() {
      readers.forEach(
          promise -> {
            for (int series = 0; series < SERIES; series++) {
              check(promise, series);
            }
          });
    }

    private void check(Promise promise, int series) {
      List<Sample> expected = promise.samples().get(series);
      SampleBuffer out = new SampleBuffer();
      long[] storedTo = {Head.NONE};
      head.read(
          slots[series],
          promise.view(),
          promise.floor(),
          0,
          Long.MAX_VALUE,
          (_, toMs, _) -> storedTo[0] = toMs,
          out);
      // Memory holds a tail, and what is asked of the pages ends just before it.
      assertThat(out.size()).isLessThanOrEqualTo(expected.size());
      int stored = expected.size() - out.size();
      assertThat(storedTo[0])
          .isEqualTo(stored == 0 ? Head.NONE : expected.get(stored - 1).timestampMs());
      for (int i = 0; i < out.size(); i++) {
        assertThat(out.timestampMs(i)).isEqualTo(expected.get(stored + i).timestampMs());
        assertThat(RandomHistograms.text(out, i)).isEqualTo(expected.get(stored + i).text());
      }
      checkPart(promise, series, expected, stored);
    }

    private void checkPart(Promise promise, int series, List<Sample> expected, int stored) {
      if (expected.isEmpty()) {
        return;
      }
      int at = random.nextInt(expected.size());
      long toMs = expected.get(at).timestampMs();
      int from = random.nextInt(at + 1);
      if (from >= stored) {
        checkRange(promise, series, expected.subList(from, at + 1));
      }
      SampleBuffer last = new SampleBuffer();
      boolean[] asked = {false};
      head.readLast(
          slots[series],
          promise.view(),
          promise.floor(),
          0,
          toMs,
          (_, _, _) -> asked[0] = true,
          last);
      // The last one in the pages is known if it is a float.
      assertThat(asked[0])
          .isEqualTo(at < stored - 1 || (at == stored - 1 && expected.get(at).isTagged()));
      if (!asked[0]) {
        assertThat(last.timestampMs(0)).isEqualTo(toMs);
        assertThat(RandomHistograms.text(last, 0)).isEqualTo(expected.get(at).text());
      }
    }

    private void checkRange(Promise promise, int series, List<Sample> expected) {
      SampleBuffer out = new SampleBuffer();
      out.add(1, 1); // what a buffer holds already stays
      head.read(
          slots[series],
          promise.view(),
          promise.floor(),
          expected.getFirst().timestampMs(),
          expected.getLast().timestampMs(),
          (_, _, _) -> {
            throw new AssertionError("all is in memory");
          },
          out);
      assertThat(out.size()).isEqualTo(1 + expected.size());
      assertThat(out.value(0)).isEqualTo(1);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(out.timestampMs(i + 1)).isEqualTo(expected.get(i).timestampMs());
        assertThat(RandomHistograms.text(out, i + 1)).isEqualTo(expected.get(i).text());
      }
    }
  }

  @Test
  void aViewEndsBetweenSamplesThatStandFarApartInTheLog() {
    Head head = new Head(TINY, false);
    int slot = head.create(Labels.of("__name__", "s"));
    int other = head.create(Labels.of("__name__", "other"));
    List<HeadView> views = new ArrayList<>();
    for (int sample = 0; sample < 6; sample++) {
      head.append(slot, sample, sample);
      views.add(head.view(sample, sample));
      for (int i = 0; i < (sample == 1 ? 70_000 : 3); i++) {
        head.append(other, sample * 100_000L + i, i);
        head.view(sample, sample);
      }
    }
    for (int sample = 0; sample < 6; sample++) {
      SampleBuffer out = new SampleBuffer();
      head.read(slot, views.get(sample), Head.START, 0, 9, (_, _, _) -> {}, out);
      assertThat(out.size()).isEqualTo(sample + 1);
      assertThat(out.timestampMs(sample)).isEqualTo(sample);
    }
    head.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyReaderFindsWhatItWasPromised(boolean offHeap) {
    for (long seed = 1; seed <= 30; seed++) {
      Life life = new Life(seed, offHeap);
      for (int step = 0; step < 200; step++) {
        life.step();
        if (step % 10 == 0) {
          life.check();
        }
      }
      life.head.close();
    }
  }

  @Test
  void memoryIsGivenBackBelowTheFloor() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    Head head = new Head(TINY, true);
    int slot = head.create(Labels.of("__name__", "s"));
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 40; i++) {
        head.append(slot, round * 1000L + i, i);
      }
      head.append(slot, round * 1000L + 50, RandomHistograms.next(random));
      HeadDelta delta = head.closeGeneration();
      head.trim(delta.to(), delta.histogramsTo());
      assertThat(head.bytes()).isLessThanOrEqualTo(((2L * 16) << TINY) + MOST_HISTOGRAM_BYTES);
    }
    head.close();
  }

  @Test
  void blocksThatTheWriterMayFillAreKeptWhateverIsTrimmed() {
    Head head = new Head(TINY, true);
    int slot = head.create(Labels.of("__name__", "s"));
    int other = head.create(Labels.of("__name__", "other"));
    head.append(slot, 1, 1);
    long floor = head.closeGeneration().to();
    head.append(slot, 2, 2); // behind a note
    for (int i = 0; i < 1000; i++) {
      head.append(other, i, i);
    }
    head.trim(Long.MAX_VALUE, 0);
    head.append(slot, 3, 3); // into the same block
    SampleBuffer out = new SampleBuffer();
    head.read(slot, head.view(1, 1), floor, 2, 9, (_, _, _) -> {}, out);
    assertThat(out.size()).isEqualTo(2);
    assertThat(out.timestampMs(1)).isEqualTo(3);
    head.close();
  }

  @Test
  void memoryIsNotGivenBackWhileABatchIsAppended() throws InterruptedException {
    Head head = new Head(TINY, true);
    int slot = head.create(Labels.of("__name__", "s"));
    Thread closing = Thread.ofPlatform().unstarted(head::close);
    head.judging().lock().lock();
    try {
      closing.start();
      while (closing.isAlive() && closing.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 1000; i++) {
        head.append(slot, i, i);
        assertThat(head.judging().lastMs(slot)).isEqualTo(i);
      }
    } finally {
      head.judging().lock().unlock();
    }
    closing.join();
    assertThatThrownBy(() -> head.append(slot, 1000, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> head.appendLate(slot, 5, 5, null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClosedHeadIsNotUsed() {
    Head head = new Head(TINY, true);
    int slot = head.create(Labels.of("__name__", "s"));
    head.append(slot, 1, 1);
    HeadView view = head.view(1, 1);
    head.close();
    assertThatThrownBy(() -> head.append(slot, 2, 2)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> head.read(slot, view, Head.START, 0, 9, (_, _, _) -> {}, new SampleBuffer()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aHistogramThatIsLargerThanAPageHasOneOfItsOwn() {
    Head head = new Head(TINY, true);
    int slot = head.create(Labels.of("__name__", "s"));
    double[] bounds = new double[500];
    Arrays.setAll(bounds, i -> i);
    HistogramLayout layout =
        HistogramLayout.of(true, FloatHistogram.CUSTOM_SCHEMA, 0, new int[0], new int[0], bounds);
    for (int i = 0; i < 5; i++) {
      NativeHistogram large =
          NativeHistogram.floats(
              layout, FloatHistogram.Hint.UNKNOWN, i, 0, 0, new double[0], new double[0]);
      head.append(slot, 2L * i, large);
      head.append(slot, 2L * i + 1, Double.doubleToRawLongBits(i));
    }
    SampleBuffer out = new SampleBuffer();
    head.read(slot, head.view(1, 1), Head.START, 0, 99, (_, _, _) -> {}, out);
    for (int i = 0; i < 5; i++) {
      assertThat(Objects.requireNonNull(out.histogram(2 * i)).count()).isEqualTo(i);
      assertThat(out.value(2 * i + 1)).isEqualTo(i);
    }
    head.close();
  }
}
