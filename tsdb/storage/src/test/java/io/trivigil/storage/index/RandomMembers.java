package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Members of all kinds, in an order that need not rise, some of them twice, some gone.
final class RandomMembers implements SeriesLabels {
  private static final List<String> NAMES = List.of("job", "instance", "i.ref", "i.odd", "é.ü");
  private static final String LONG = "m".repeat(255);
  // Among the metrics some that begin alike for longer than what is sorted by, one in the middle of
  // a character; among the values some whose order by bytes is not that by characters.
  private static final List<String> METRICS =
      List.of(
          "",
          "a",
          "up",
          "up_b",
          LONG + "éa",
          LONG + "éb",
          LONG + "éa" + "x".repeat(300),
          "\ufb00",
          "😀");
  private static final List<String> VALUES =
      List.of("a", "ab", "b", "B", "api-1", "api-10", "日本", "\ufb00", "😀", "\ue000", "x\ny", "|");

  final LongArrayList refs = new LongArrayList();
  final RandomGenerator random;
  private final Map<Long, Labels> labels = new HashMap<>();
  private long next = 1;

  RandomMembers(long seed) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// Adds so many; tells which.
  LongArrayList grow(int many) {
    LongArrayList added = new LongArrayList();
    boolean rising = random.nextBoolean();
    for (int i = 0; i < many; i++) {
      long ref = next += 1 + random.nextInt(3);
      labels.put(ref, someLabels());
      added.add(ref);
      if (random.nextInt(20) == 0) {
        labels.put(ref, Labels.EMPTY);
      }
      if (random.nextInt(20) == 0) {
        labels.remove(ref); // gone
      }
      if (random.nextInt(20) == 0) {
        added.add(added.getLong(random.nextInt(added.size())));
      }
    }
    if (!rising) {
      for (int i = added.size() - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        long kept = added.getLong(i);
        added.set(i, added.getLong(other));
        added.set(other, kept);
      }
    }
    refs.addAll(added);
    return added;
  }

  private Labels someLabels() {
    Labels.Builder builder = new Labels.Builder().set("__name__", one(METRICS));
    for (String name : NAMES) {
      if (random.nextInt(3) > 0) {
        builder.set(name, random.nextInt(3) == 0 ? "v" + random.nextInt(5_000) : one(VALUES));
      }
    }
    return switch (random.nextInt(60)) {
      case 0 -> builder.set("long", "é".repeat(16_001)).build(); // longer than Lucene takes
      case 1 -> builder.set("long", "é".repeat(16_000)).build();
      case 2 -> builder.set("é".repeat(16_001), "long").build();
      default -> builder.build();
    };
  }

  String name() {
    return random.nextInt(8) == 0 ? one(List.of("none", "long", "__name__")) : one(NAMES);
  }

  String value() {
    return random.nextInt(8) == 0 ? "" : one(random.nextBoolean() ? VALUES : METRICS);
  }

  @Override
  public @Nullable Labels labels(long ref) {
    return labels.get(ref);
  }
}
