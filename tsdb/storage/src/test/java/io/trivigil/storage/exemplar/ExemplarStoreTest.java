package io.trivigil.storage.exemplar;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The ring beside a plain list.
final class ExemplarStoreTest {
  private static final List<List<Matcher>> ALL = List.of(List.of());

  private static Labels series(int i) {
    return Labels.of("__name__", "m", "i", "" + i);
  }

  private static Exemplar exemplar(int series, long timestampMs, double value, String trace) {
    return new Exemplar(series(series), Labels.of("trace", trace), value, timestampMs);
  }

  /// The rules once more, as simply as possible.
  private static final class Reference {
    private final List<Exemplar> kept = new ArrayList<>();
    private int accepted;

    void append(Exemplar exemplar, int limit) {
      Exemplar last = null;
      for (Exemplar each : kept) {
        last = each.series().equals(exemplar.series()) ? each : last;
      }
      if (exemplar.isTooLong() || limit == 0 || (last != null && !isAfter(exemplar, last))) {
        return;
      }
      kept.add(exemplar);
      accepted++;
    }

    private static boolean isAfter(Exemplar next, Exemplar last) {
      if (next.timestampMs() != last.timestampMs()) {
        return next.timestampMs() > last.timestampMs();
      }
      return next.value() != last.value()
          ? next.value() > last.value()
          : next.labels().compareTo(last.labels()) > 0;
    }

    SortedMap<Labels, List<Exemplar>> all() {
      SortedMap<Labels, List<Exemplar>> all = new TreeMap<>();
      kept.forEach(each -> all.computeIfAbsent(each.series(), _ -> new ArrayList<>()).add(each));
      return all;
    }
  }

  private static SortedMap<Labels, List<Exemplar>> all(ExemplarStore store) {
    return store.select(ALL, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Test
  void equalsAPlainListWhateverComes() {
    for (long seed = 0; seed < 60; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      ExemplarStore store = new ExemplarStore();
      Reference reference = new Reference();
      int limit = 700;
      int accepted = 0;
      for (int step = 0; step < 60; step++) {
        if (random.nextInt(15) == 0) {
          limit = random.nextInt(5) == 0 ? 0 : random.nextInt(1_400);
        }
        List<Exemplar> some = new ArrayList<>();
        for (int i = random.nextInt(80); i > 0; i--) {
          String trace = random.nextInt(50) == 0 ? "x".repeat(124) : "t" + random.nextInt(3);
          long atMs = step * 10L - random.nextInt(12);
          some.add(exemplar(random.nextInt(40), atMs, random.nextInt(3), trace));
        }
        accepted += store.append(some, limit).accepted();
        for (Exemplar each : some) {
          reference.append(each, limit);
        }
        while (reference.kept.size() > limit) {
          reference.kept.removeFirst();
        }
        if (random.nextInt(10) == 0) {
          ExemplarStore restored = new ExemplarStore();
          restored.restore(store.sections());
          assertThat(text(restored.sections()))
              .as("seed %d", seed)
              .isEqualTo(text(store.sections()));
          store = restored;
        }
        assertThat(all(store)).as("seed %d step %d", seed, step).isEqualTo(reference.all());
        assertThat(store.size()).isEqualTo(reference.kept.size());
        assertThat(store.series()).isEqualTo(reference.all().size());
      }
      assertThat(accepted).as("seed %d", seed).isEqualTo(reference.accepted).isPositive();
    }
  }

  private static Map<String, List<Byte>> text(SortedMap<String, byte[]> sections) {
    Map<String, List<Byte>> text = new HashMap<>();
    sections.forEach(
        (name, bytes) -> {
          List<Byte> list = new ArrayList<>();
          for (byte b : bytes) {
            list.add(b);
          }
          text.put(name, list);
        });
    return text;
  }

  @Test
  void whatDidNotChangeIsNotEncodedAgain() {
    ExemplarStore store = new ExemplarStore();
    for (int i = 0; i < 1_300; i++) {
      store.append(List.of(exemplar(i % 7, i, 1, "t")), 10_000);
    }
    SortedMap<String, byte[]> before = store.sections();
    assertThat(before).hasSize(4);
    store.append(List.of(exemplar(1, 2_000, 1, "t")), 10_000);
    SortedMap<String, byte[]> after = store.sections();
    assertThat(after.get("block/0000000000000000")).isSameAs(before.get("block/0000000000000000"));
    assertThat(after.get("block/0000000000000001")).isSameAs(before.get("block/0000000000000001"));
    assertThat(after.get("block/0000000000000002"))
        .isNotEqualTo(before.get("block/0000000000000002"));
  }

  @Test
  void selectorsAndTimesArePartOfTheQuestion() {
    ExemplarStore store = new ExemplarStore();
    assertThat(store.sections()).isEmpty();
    store.append(
        List.of(
            exemplar(1, 10, 0.5, "a"),
            exemplar(2, 20, 0.5, "b"),
            exemplar(1, 30, 0.5, "c"),
            exemplar(1, 30, 0.5, "c"),
            exemplar(1, 25, 0.5, "late")),
        100);
    List<List<Matcher>> one = List.of(List.of(Matcher.equal("i", "1")));
    assertThat(store.select(one, 10, 30).get(series(1)))
        .extracting(each -> each.labels().get("trace"))
        .containsExactly("a", "c");
    assertThat(store.select(one, 11, 29)).isEmpty();
    assertThat(store.select(ALL, 11, 29)).containsOnlyKeys(series(2));
    assertThat(store.has(exemplar(1, 30, 0.5, "c"))).isTrue();
    assertThat(store.has(exemplar(1, 10, 0.5, "a"))).isFalse();
  }
}
