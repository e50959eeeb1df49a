package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.promql.Numbered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupIndexTest {
  private static final Set<String> NAMES = Set.of("job", "a", "zone");

  /// By their texts, by their numbers, or some so and some so; from a series on that is not first.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void groupsAreTheDistinctLabelSets(int way) {
    RandomGenerator random = new Random(1);
    Numbered numbers = new Numbered();
    GroupIndex by = GroupIndex.by(List.of("zone", "a", "job", "a"));
    GroupIndex without = GroupIndex.without(NAMES);
    Map<Labels, Integer> kept = new HashMap<>();
    Map<Labels, Integer> rest = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      Labels labels = labels(random);
      boolean numbered = way == 1 || (way == 2 && random.nextBoolean()) || (way == 3 && i < 2000);
      Labelled series = numbered ? numbers.of(labels) : labels;
      int group = by.of(series);
      assertThat(kept.computeIfAbsent(labels.keep(NAMES), key -> kept.size())).isEqualTo(group);
      assertThat(by.labels(group)).isEqualTo(labels.keep(NAMES));
      int other = without.of(series);
      assertThat(rest.computeIfAbsent(labels.drop(NAMES), key -> rest.size())).isEqualTo(other);
      assertThat(without.labels(other)).isEqualTo(labels.drop(NAMES));
    }
    assertThat(by.count()).isEqualTo(kept.size()).isGreaterThan(100);
    assertThat(without.count()).isEqualTo(rest.size()).isGreaterThan(50);
  }

  @Test
  void withoutNamesThereIsOneGroup() {
    GroupIndex all = GroupIndex.by(List.of());
    assertThat(all.of(Labels.of("a", "1"))).isZero();
    assertThat(all.of(Labels.EMPTY)).isZero();
    assertThat(all.count()).isEqualTo(1);
    assertThat(all.labels(0)).isEqualTo(Labels.EMPTY);
  }

  @Test
  void labelsAreMadeForGroupsThatAreAskedFor() {
    Numbered numbers = new Numbered();
    GroupIndex by = GroupIndex.by(List.of("job"));
    for (int i = 0; i < 1_000; i++) {
      by.of(numbers.of(Labels.of("__name__", "up", "instance", "i" + i, "job", "j" + i % 10)));
    }
    assertThat(by.count()).isEqualTo(10);
    assertThat(numbers.made).isEqualTo(1); // to know where "job" stands
    assertThat(by.labels(3)).isEqualTo(Labels.of("job", "j3"));
    assertThat(numbers.made).isEqualTo(2);
  }

  @Test
  void namesThatWereTakenAwayDoNotTellApart() {
    Numbered numbers = new Numbered();
    GroupIndex all = GroupIndex.without(List.of());
    assertThat(all.of(numbers.of(Labels.of("job", "a")))).isZero();
    for (String metric : List.of("up", "down", "up")) {
      Labelled series = numbers.of(Labels.of("A", "1", "__name__", metric, "job", "a"));
      assertThat(all.of(Nameless.of(series))).isEqualTo(1);
    }
    assertThat(all.of(Nameless.of(numbers.of(Labels.of("__name__", "up", "job", "a"))))).isZero();
    assertThat(all.of(numbers.of(Labels.of("__name__", "up", "job", "a")))).isEqualTo(2);
    assertThat(all.labels(1)).isEqualTo(Labels.of("A", "1", "job", "a"));
  }

  private static Labels labels(RandomGenerator random) {
    Labels.Builder builder = new Labels.Builder();
    for (String name : new String[] {"__name__", "a", "b", "c", "job", "le", "zone"}) {
      int value = random.nextInt(9);
      builder.set(name, value == 0 ? "" : "v" + value % 7);
    }
    builder.set("b", "").set("c", random.nextBoolean() ? "" : "x" + random.nextInt(3));
    return builder.build();
  }
}
