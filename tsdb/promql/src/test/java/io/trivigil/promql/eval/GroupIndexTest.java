package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GroupIndexTest {
  private static final Set<String> NAMES = Set.of("job", "a", "zone");

  @Test
  void groupsAreTheDistinctLabelSets() {
    RandomGenerator random = new Random(1);
    GroupIndex by = GroupIndex.by(List.of("zone", "a", "job", "a"));
    GroupIndex without = GroupIndex.without(NAMES);
    Map<Labels, Integer> kept = new HashMap<>();
    Map<Labels, Integer> rest = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      Labels labels = labels(random);
      int group = by.of(labels);
      assertThat(kept.computeIfAbsent(labels.keep(NAMES), key -> kept.size())).isEqualTo(group);
      assertThat(by.groups().get(group)).isEqualTo(labels.keep(NAMES));
      int other = without.of(labels);
      assertThat(rest.computeIfAbsent(labels.drop(NAMES), key -> rest.size())).isEqualTo(other);
      assertThat(without.groups().get(other)).isEqualTo(labels.drop(NAMES));
    }
    assertThat(by.groups()).hasSizeGreaterThan(100);
    assertThat(without.groups()).hasSizeGreaterThan(50);
  }

  @Test
  void withoutNamesThereIsOneGroup() {
    GroupIndex all = GroupIndex.by(List.of());
    assertThat(all.of(Labels.of("a", "1"))).isZero();
    assertThat(all.of(Labels.EMPTY)).isZero();
    assertThat(all.groups()).containsExactly(Labels.EMPTY);
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
