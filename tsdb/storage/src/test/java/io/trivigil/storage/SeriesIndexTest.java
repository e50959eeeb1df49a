package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever Lucene answers, looking at every series one by one must answer the same.
final class SeriesIndexTest {
  private static final long HOUR_MS = 3_600_000;
  private static final List<String> NAMES = List.of("__name__", "job", "instance", "i.ref", "é.ü");
  private static final List<String> VALUES =
      List.of("a", "ab", "abc", "b.c", "B", "api-1", "api-2", "api-10", "日本", "x\ny", "|", "(a)");
  private static final List<String> EXPRESSIONS =
      List.of(
          "a",
          "a.*",
          ".*",
          ".+",
          "",
          "a|ab",
          "(a|abc)",
          "(?:b|)",
          "api-.",
          "api-\\d+",
          "(?i)b.*",
          "ab*",
          "ab?c?",
          "日本?",
          "x.y",
          "[a-c]+",
          "a||b",
          "b\\.c",
          "a{2}",
          "^a$",
          "\\|",
          ".",
          "api-1|api-10",
          "(a)",
          "(a|b)(c|)",
          "a|b*");
  private static final List<Matcher.Op> OPS = List.of(Matcher.Op.values());

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);

  private static <T> T one(RandomGenerator random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Labels randomLabels() {
    Labels.Builder builder = new Labels.Builder();
    for (String name : NAMES) {
      if (random.nextInt(3) > 0) {
        builder.set(name, one(random, VALUES));
      }
    }
    if (random.nextInt(40) == 0) {
      builder.set("long", "é".repeat(20_000) + random.nextInt(2)); // longer than Lucene takes
    }
    return builder.set("n", "" + random.nextInt(1000)).build();
  }

  private List<Matcher> randomMatchers() {
    return IntStream.range(0, random.nextInt(4)).mapToObj(_ -> randomMatcher()).toList();
  }

  private Matcher randomMatcher() {
    Matcher.Op op = one(random, OPS);
    String name =
        one(random, List.of("__name__", "job", "instance", "i.ref", "é.ü", "none", "long"));
    String plain =
        random.nextInt(6) == 0
            ? ""
            : name.equals("long") ? "é".repeat(20_000) + "1" : one(random, VALUES);
    return Matcher.of(name, op, op.isRegex() ? one(random, EXPRESSIONS) : plain);
  }

  private static StorageConfig config(Path index) {
    return StorageConfig.in(index)
        .withPartitionLength(Duration.ofHours(1))
        .withSealAfter(Duration.ofMinutes(1))
        .withOverlayMembers(32);
  }

  private static List<Labels> select(Querier querier, long fromMs, long toMs, List<Matcher> by) {
    return querier.select(new Querier.Hints(fromMs, toMs, 0, 0, ""), by).stream()
        .map(Querier.Series::labels)
        .sorted()
        .toList();
  }

  /// What is found at hand; empty if it is not.
  private static <T> Optional<T> atHand(Storage storage, Function<Querier, T> look) {
    try (Querier querier = storage.openAtHand()) {
      return Optional.of(look.apply(querier));
    } catch (NotAtHandException _) {
      return Optional.empty();
    }
  }

  private void compare(Storage storage, List<Set<Labels>> hours, int rounds) {
    try (Querier querier = storage.open()) {
      for (int round = 0; round < rounds; round++) {
        int from = random.nextInt(hours.size());
        int to = from + random.nextInt(hours.size() - from);
        long fromMs = from * HOUR_MS;
        long toMs = to * HOUR_MS + 5;
        List<Matcher> matchers = randomMatchers();
        TreeSet<Labels> expected = new TreeSet<>();
        hours.subList(from, to + 1).stream()
            .flatMap(Set::stream)
            .filter(labels -> matchers.stream().allMatch(m -> m.test(labels)))
            .forEach(expected::add);
        assertThat(select(querier, fromMs, toMs, matchers))
            .as("%s", matchers)
            .containsExactlyElementsOf(expected);
        assertThat(select(querier, fromMs, toMs, matchers))
            .as("asked again: %s", matchers)
            .containsExactlyElementsOf(expected);
        assertThat(querier.labelNames(fromMs, toMs, matchers))
            .containsExactlyElementsOf(
                expected.stream()
                    .flatMap(labels -> labels.toMap().keySet().stream())
                    .collect(Collectors.toCollection(TreeSet::new)));
        String name = one(random, NAMES);
        assertThat(querier.labelValues(name, fromMs, toMs, matchers))
            .containsExactlyInAnyOrderElementsOf(
                expected.stream()
                    .filter(labels -> labels.has(name))
                    .map(labels -> labels.get(name))
                    .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
  }

  private List<Set<Labels>> fill(Storage storage, long firstIndex, int hours) {
    List<Set<Labels>> filled = new ArrayList<>();
    long index = firstIndex;
    for (int hour = 0; hour < hours; hour++) {
      Set<Labels> members = new TreeSet<>();
      for (int entry = 0; entry < 6; entry++) {
        SampleBatch batch = new SampleBatch();
        for (int i = 0; i < 40; i++) {
          Labels labels = randomLabels();
          members.add(labels);
          batch.add(labels, hour * HOUR_MS + entry, 1);
        }
        storage.beginEntry(index++, hour * HOUR_MS + entry);
        storage.append(batch, AppendRules.EACH);
        storage.endEntry();
      }
      filled.add(members);
    }
    return filled;
  }

  @Test
  void luceneEqualsLookingAtEverySeries(@TempDir Path directory) throws IOException {
    Path index = directory.resolve("index");
    MemoryPageStore pages = new MemoryPageStore();
    List<Set<Labels>> hours;
    try (Storage storage = Storage.open(config(index), pages)) {
      hours = fill(storage, 1, 4);
      assertThat(storage.engine().partitions.all())
          .allSatisfy(partition -> assertThat(partition.covered()).isPositive());
      compare(storage, hours, 150);
      storage.capture(new SnapshotPosition(1, 100, 4 * HOUR_MS), Map.of()).write();
      storage.merge(); // seals
      compare(storage, hours, 150);
      storage.capture(new SnapshotPosition(1, 101, 4 * HOUR_MS), Map.of()).write();
    }
    try (Storage again = Storage.open(config(index), pages)) {
      assertThat(again.engine().partitions.all())
          .allSatisfy(partition -> assertThat(partition.overlaySize()).isZero());
      compare(again, hours, 50);
    }
    Trees.delete(index);
    try (Storage lost = Storage.open(config(index), pages)) {
      compare(lost, hours, 50);
      lost.capture(new SnapshotPosition(1, 102, 4 * HOUR_MS), Map.of()).write();
      assertThat(lost.engine().partitions.all())
          .allSatisfy(partition -> assertThat(partition.overlaySize()).isZero());
      compare(lost, hours, 50);
    }
    for (Path file : files(index)) { // garbage instead of an index
      Files.write(file, new byte[] {1, 2, 3});
    }
    List<String> warnings = new ArrayList<>();
    try (Storage broken =
        Storage.open(config(index), pages, new Metrics(), Runnable::run, warnings::add)) {
      assertThat(warnings).isNotEmpty();
      compare(broken, hours, 50);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void indexAheadOfThePagesIsBuiltAgain(@TempDir Path directory) {
    Path index = directory.resolve("index");
    MemoryPageStore pages = new MemoryPageStore();
    try (Storage ahead = Storage.open(config(index), pages)) {
      fill(ahead, 1, 2);
      ahead.capture(new SnapshotPosition(1, 50, 2 * HOUR_MS), Map.of()).write();
    }
    MemoryPageStore other = new MemoryPageStore(); // another history over the same directory
    try (Storage storage = Storage.open(config(index), other)) {
      List<Set<Labels>> hours = fill(storage, 1, 2);
      compare(storage, hours, 50);
    }
  }

  @Test
  void whoAsksTheSameAgainSeesTheMembersThatCameBetween(@TempDir Path directory) {
    List<Matcher> matchers = List.of(Matcher.of("n", Matcher.Op.MATCHES, "[0-9]*[02468]"));
    try (Storage storage =
        Storage.open(config(directory.resolve("index")), new MemoryPageStore())) {
      TreeSet<Labels> passing = new TreeSet<>();
      TreeSet<String> values = new TreeSet<>();
      for (int entry = 1; entry <= 20; entry++) {
        SampleBatch batch = new SampleBatch();
        for (int i = 0; i < 17; i++) { // some move into Lucene, some stay in the overlay
          int n = entry * 100 + i;
          Labels labels = Labels.of("n", "" + n);
          batch.add(labels, entry, 1);
          values.add("" + n);
          if (n % 2 == 0) {
            passing.add(labels);
          }
        }
        storage.beginEntry(entry, entry);
        storage.append(batch, AppendRules.EACH);
        storage.endEntry();
        try (Querier querier = storage.open()) {
          assertThat(select(querier, 0, 100, matchers)).containsExactlyElementsOf(passing);
          assertThat(querier.labelValues("n", 0, 100, List.of())).containsExactlyElementsOf(values);
          assertThat(querier.labelNames(0, 100, List.of())).containsExactly("n");
        }
        assertThat(atHand(storage, near -> select(near, 0, 100, matchers)))
            .hasValueSatisfying(found -> assertThat(found).containsExactlyElementsOf(passing));
        assertThat(atHand(storage, near -> near.labelValues("n", 0, 100, List.of())))
            .hasValueSatisfying(found -> assertThat(found).containsExactlyElementsOf(values));
      }
      assertThat(storage.engine().partitions.answers().searchHits()).isPositive();
      assertThat(storage.engine().partitions.all())
          .allSatisfy(partition -> assertThat(partition.covered()).isPositive());
    }
  }

  @Test
  void labelValuesForgetSeriesThatLeft(@TempDir Path directory) {
    try (Storage storage =
        Storage.open(config(directory.resolve("index")), new MemoryPageStore())) {
      fill(storage, 1, 1);
      storage.beginEntry(50, HOUR_MS);
      SampleBatch batch = new SampleBatch();
      batch.add(Labels.of("__name__", "stays"), HOUR_MS - 1, 1);
      storage.append(batch, AppendRules.WHOLE);
      storage.endEntry();
      storage.capture(new SnapshotPosition(1, 50, HOUR_MS), Map.of()).write();
      try (Querier before = storage.open()) {
        storage.beginEntry(51, HOUR_MS);
        storage.retain(HOUR_MS - 10);
        storage.endEntry();
        try (Querier after = storage.open()) {
          assertThat(after.labelValues("__name__", 0, HOUR_MS, List.of())).containsExactly("stays");
          assertThat(after.labelNames(0, HOUR_MS, List.of())).containsExactly("__name__");
        }
        assertThat(before.labelValues("__name__", 0, HOUR_MS, List.of())).contains("stays", "a");
      }
    }
  }
}
