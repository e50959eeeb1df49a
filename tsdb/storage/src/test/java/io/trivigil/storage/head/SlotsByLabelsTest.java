package io.trivigil.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SlotsByLabelsTest {
  /// Series that come, leave and are recycled, beside a map that says which are there.
  private static final class Life implements AutoCloseable {
    private final RandomGenerator random;
    private final SlotTable table;
    private final SlotsByLabels slots;
    private final Map<Labels, Integer> live = new HashMap<>();
    private final Map<Integer, Labels> leaving = new HashMap<>(); // by slot
    private final LabelNumbers numbers = new LabelNumbers();
    private final Map<Integer, Object> textsOfNumbers = new HashMap<>();
    private final Map<Object, Integer> numbersOfTexts = new HashMap<>();
    private long lastRef;

    Life(long seed, boolean offHeap) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      table = new SlotTable(offHeap);
      slots = new SlotsByLabels(table, offHeap);
    }

    Labels next() {
      Labels.Builder labels = new Labels.Builder();
      for (int left = random.nextInt(8) == 0 ? 0 : random.nextInt(6); left > 0; left--) {
        labels.set("n" + random.nextInt(8), "v" + random.nextInt(40));
      }
      if (random.nextInt(4) > 0) {
        labels.set(Labels.NAME, "m" + random.nextInt(12));
      }
      if (random.nextInt(200) == 0) { // longer than a page on the heap
        for (int i = 0; i < 1500; i++) {
          labels.set("w" + i, "v" + random.nextInt(40));
        }
      }
      return labels.set("job", random.nextBoolean() ? "a" : "").build();
    }

    void add(Labels labels) {
      assertThat(slots.find(labels)).isEqualTo(live.getOrDefault(labels, Head.NO_SLOT));
      if (!live.containsKey(labels)) {
        int slot = slots.add(++lastRef, labels, Head.NONE, 0);
        assertThat(live.put(labels, slot)).isNull();
        assertThat(leaving).doesNotContainKey(slot);
        assertThat(table.find(lastRef)).isEqualTo(slot);
      }
    }

    void remove(int most) {
      int[] gone = live.values().stream().limit(most).mapToInt(slot -> slot).toArray();
      for (int slot : gone) {
        Labels labels = Objects.requireNonNull(slots.labels(table.record(slot)));
        assertThat(live.remove(labels)).isEqualTo(slot);
        table.setRemoved(slot, 1);
        slots.count(slot, -1);
        slots.remove(slot);
        leaving.put(slot, labels);
      }
      slots.tidy();
    }

    void recycle() {
      leaving.keySet().forEach(slots::recycle);
      leaving.clear();
    }

    void check() {
      assertThat(slots.size()).isEqualTo(live.size());
      textsOfNumbers.clear();
      numbersOfTexts.clear();
      live.forEach((labels, slot) -> check(labels, slot, slots.find(labels)));
      leaving.forEach((slot, labels) -> check(labels, slot, slot));
      for (int i = 0; i < 12; i++) {
        String name = "m" + i;
        assertThat(slots.counts().ofMetric(name))
            .isEqualTo(live.keySet().stream().filter(l -> l.metricName().equals(name)).count());
      }
      assertThat(slots.counts().ofJob("a"))
          .isEqualTo(live.keySet().stream().filter(l -> l.has("job")).count());
    }

    private void check(Labels labels, int slot, int found) {
      assertThat(found).isEqualTo(slot);
      assertThat(slots.labels(table.record(slot))).isEqualTo(labels);
      assertThat(slots.labelsOrNull(table.ref(slot))).isEqualTo(labels);
      assertThat(slots.metricName(table.record(slot))).isEqualTo(labels.metricName());
      slots.number(slot, numbers);
      assertThat(numbers.size()).isEqualTo(labels.size());
      for (int i = 0; i < labels.size(); i++) {
        assertThat(slots.value(slot, i)).isEqualTo(labels.value(i));
        isTheOnly(numbers.value(i), labels.value(i));
      }
      List<String> names = List.copyOf(labels.toMap().keySet());
      isTheOnly(-1 - numbers.names(), names);
      numbers.dropMetricName();
      assertThat(numbers.size()).isEqualTo(labels.dropName().size());
      for (int i = 0; i < numbers.size(); i++) {
        isTheOnly(numbers.value(i), labels.dropName().value(i));
      }
    }

    /// Equal numbers for equal texts, those who left and still may be read among them.
    private void isTheOnly(int number, Object text) {
      assertThat(textsOfNumbers.computeIfAbsent(number, _ -> text)).isEqualTo(text);
      assertThat(numbersOfTexts.computeIfAbsent(text, _ -> number)).isEqualTo(number);
    }

    @Override
    public void close() {
      slots.close();
      table.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void seriesAreFoundAsLongAsTheyLive(boolean offHeap) {
    for (long seed = 0; seed < 12; seed++) {
      try (Life life = new Life(seed, offHeap)) {
        for (int step = 0; step < 4000; step++) {
          switch (life.random.nextInt(400)) {
            case 0 -> life.remove(life.random.nextInt(2000));
            case 1, 2 -> life.recycle();
            case 3 -> life.check();
            default -> life.add(life.next());
          }
        }
        life.check();
      }
    }
  }

  @Test
  void whoLeavesTakesItsStringsAndItsRoomAlong() {
    try (Life life = new Life(1, true)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 2000; i++) {
          life.add(Labels.of(Labels.NAME, "m1", "pod", round + "-" + i));
        }
        life.remove(2000);
        life.recycle();
      }
      life.add(Labels.of(Labels.NAME, "m1", "pod", "last"));
      life.check();
      assertThat(life.slots.symbols()).isLessThan(3 * 2000);
      assertThat(life.table.slots()).isEqualTo(2000);
      assertThat(life.slots.bytes()).isLessThan(2 * (256 << 10));
    }
  }

  /// Labels of low numbers stand in half the room of those of high ones, and each is found again.
  @Test
  void lowNumbersTakeHalfTheRoom() {
    try (Life life = new Life(4, true)) {
      for (int i = 0; i < 20_000; i++) {
        life.add(Labels.of(Labels.NAME, "m1", "host", "h" + i));
      }
      long low = life.slots.bytes();
      for (int i = 0; life.slots.symbol("unused" + i) <= Ints.MOST_NARROW; i++) {
        assertThat(i).isLessThanOrEqualTo(Ints.MOST_NARROW);
      }
      for (int i = 20_000; i < 32_000; i++) { // one beyond makes all of a record wide
        life.add(Labels.of(Labels.NAME, "m1", "host", "h" + i));
        life.add(Labels.of(Labels.NAME, "m1", "old", "h" + i % 20_000));
      }
      life.check();
      assertThat(low).isEqualTo((1 << 16) * Integer.BYTES + (128 << 10));
      assertThat(life.slots.bytes())
          .isEqualTo((1 << 17) * Integer.BYTES + 2 * (128 << 10) + (256 << 10));
      life.remove(40_000);
      life.recycle();
      for (int i = 0; i < 8000; i++) { // what went makes room for both widths
        life.add(Labels.of(Labels.NAME, "m1", "host", "h" + (16_000 + i)));
      }
      life.check();
    }
  }

  @Test
  void whoComesTooLateFindsNothingOrTheSame() throws InterruptedException {
    try (Life life = new Life(2, true)) {
      AtomicBoolean done = new AtomicBoolean();
      long[] read = {0, 0};
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long ref = 1; !done.get(); ref = ref % 300_000 + 1) {
                      Labels labels = life.slots.labelsOrNull(ref);
                      if (labels != null) {
                        read[0]++;
                        read[1] += labels.get("ref").equals("" + ref) ? 0 : 1;
                      }
                    }
                  });
      for (int round = 0; round < 150; round++) {
        for (int i = 0; i < 2000; i++) {
          String ref = "" + (life.lastRef + 1);
          // Lists of names that come and go as well, so that their numbers are given again.
          life.add(Labels.of(Labels.NAME, "m1", "ref", ref, "w" + round + i % 7, "x"));
        }
        life.remove(2000);
        life.recycle();
      }
      done.set(true);
      reader.join();
      assertThat(read[0]).isPositive();
      assertThat(read[1]).isZero();
    }
  }

  @Test
  void batchesDoNotSeeEachOthersMarks() {
    SlotTable table = new SlotTable(false);
    int slot = table.add(1, 1, Head.NONE, 0);
    for (int batch = 0; batch < 5; batch++) {
      table.beginBatch(1 << 30);
      assertThat(table.marked(slot)).isEqualTo(-1);
      table.mark(slot, batch);
      assertThat(table.marked(slot)).isEqualTo(batch);
      table.mark(slot, (1 << 30) - 1);
      assertThat(table.marked(slot)).isEqualTo((1 << 30) - 1);
    }
  }

  @Test
  void nothingIsReadAfterTheEnd() {
    Life life = new Life(3, true);
    life.add(Labels.of(Labels.NAME, "m1"));
    life.close();
    life.close();
    assertThatThrownBy(() -> life.slots.labelsOrNull(1)).isInstanceOf(IllegalStateException.class);
  }
}
