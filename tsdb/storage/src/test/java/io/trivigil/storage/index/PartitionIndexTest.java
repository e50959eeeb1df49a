package io.trivigil.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a partition's members went through, a search finds those that pass.
final class PartitionIndexTest {
  private static final List<Matcher.Op> OPS = List.of(Matcher.Op.values());
  private static final List<String> EXPRESSIONS =
      List.of("a", "a.*", ".*", ".+", "", "a|ab", "api-.", "(?i)b", "v1.*", "😀|日本", "[a-c]+");

  private static Optional<IndexHome> home(Path directory) {
    // Room for some 200 members: what is moved at once takes several pieces.
    return Optional.of(new IndexHome(directory, 40_000, new Answers(1), AssertionError::new));
  }

  private static Matcher matcher(RandomMembers members) {
    Matcher.Op op = OPS.get(members.random.nextInt(OPS.size()));
    String value =
        op.isRegex()
            ? EXPRESSIONS.get(members.random.nextInt(EXPRESSIONS.size()))
            : members.value();
    return Matcher.of(members.name(), op, value);
  }

  private static void compare(PartitionIndex index, RandomMembers members, String when) {
    for (int round = 0; round < 40; round++) {
      List<Matcher> matchers = new ArrayList<>();
      for (int i = members.random.nextInt(3); i >= 0; i--) {
        matchers.add(matcher(members));
      }
      LongArrayList expected = new LongArrayList();
      for (long ref : members.refs) {
        Labels labels = members.labels(ref);
        if (labels != null && matchers.stream().allMatch(matcher -> matcher.test(labels))) {
          expected.add(ref);
        }
      }
      LongArrayList found = new LongArrayList();
      index.search(matchers, members, found);
      found.unstableSort(null);
      expected.unstableSort(null);
      assertThat(found.toLongArray())
          .as("%s: %s", when, matchers)
          .isEqualTo(expected.toLongArray());
    }
    compareTerms(index, members, when);
  }

  private static void compareTerms(PartitionIndex index, RandomMembers members, String when) {
    String name = members.name();
    LongArrayList rest = new LongArrayList();
    Optional<List<String>> terms = index.terms(Optional.of(name), Long.MAX_VALUE, rest);
    TreeSet<String> expected = new TreeSet<>();
    members.refs.forEach(ref -> add(members.labels(ref), name, expected));
    terms.ifPresent(
        found -> {
          TreeSet<String> all = new TreeSet<>(found);
          rest.forEach(ref -> add(members.labels(ref), name, all));
          assertThat(all).as("%s: %s", when, name).isEqualTo(expected);
        });
  }

  private static void add(@Nullable Labels labels, String name, Set<String> out) {
    if (labels != null && labels.has(name)) {
      out.add(labels.get(name));
    }
  }

  private static long hash(LongList refs) {
    long hash = MemberHash.EMPTY;
    for (long ref : refs) {
      hash = MemberHash.add(hash, ref);
    }
    return hash;
  }

  private static PartitionIndex restore(
      Path directory, RandomMembers members, AtomicInteger loads) {
    return PartitionIndex.restore(
        1,
        home(directory),
        members.refs.size(),
        hash(members.refs),
        () -> {
          loads.incrementAndGet();
          return members.refs.clone();
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void documentsOfOlderVersionsAndWhatIsWrittenNowAreOneIndex(long seed, @TempDir Path directory)
      throws IOException {
    RandomMembers members = new RandomMembers(seed);
    members.grow(300);
    Documents.write(IndexHome.path(directory, 1), members.refs, members);
    AtomicInteger loads = new AtomicInteger();
    try (PartitionIndex index = restore(directory, members, loads)) {
      assertThat(loads).hasValue(0);
      assertThat(index.overlaySize()).isZero();
      compare(index, members, "documents");
      for (int i = 0; i < 6; i++) {
        members.grow(members.random.nextInt(400)).forEach(index::add);
        compare(index, members, "waiting");
        index.flush(100, i % 2 == 0 ? members.refs.size() : 0, members);
        compare(index, members, "moved");
      }
      index.flush(1, members.refs.size(), members);
      members.grow(50).forEach(index::add); // lost with the process: behind the commit
    }
    try (PartitionIndex again = restore(directory, members, loads)) {
      assertThat(loads).hasValue(1);
      assertThat(again.overlaySize()).isBetween(1, 100);
      compare(again, members, "opened again");
      again.seal(members.refs.size(), members);
      compare(again, members, "sealed");
    }
    try (PartitionIndex sealed = restore(directory, members, loads)) {
      assertThat(loads).hasValue(1);
      compare(sealed, members, "sealed and opened again");
    }
  }

  @Test
  void whoWasWrittenByAnAttemptThatFailedIsNotWrittenAgain(@TempDir Path directory) {
    int many = 2_000;
    AtomicInteger asked = new AtomicInteger();
    SeriesLabels series =
        ref -> {
          if (asked.incrementAndGet() == 1_500) {
            throw new IllegalStateException("not now");
          }
          return Labels.of("__name__", "up", "instance", "host-" + ref);
        };
    try (PartitionIndex index = PartitionIndex.create(1, home(directory))) {
      for (int ref = 1; ref <= many; ref++) {
        index.add(ref);
      }
      assertThatThrownBy(() -> index.flush(1, many, series)).hasMessage("not now");
      assertThat(index.covered()).isBetween(1, 1_499);
      assertThat(index.overlaySize()).isEqualTo(many);
      assertThat(ups(index, series)).isEqualTo(many);

      index.flush(1, many, series);
      assertThat(index.covered()).isEqualTo(many);
      assertThat(index.overlaySize()).isZero();
      assertThat(ups(index, series)).isEqualTo(many);
    }
    LongArrayList refs = new LongArrayList();
    for (int ref = 1; ref <= many; ref++) {
      refs.add(ref);
    }
    try (PartitionIndex again =
        PartitionIndex.restore(
            1,
            home(directory),
            many,
            hash(refs),
            () -> {
              throw new AssertionError("all of it was committed");
            })) {
      assertThat(ups(again, series)).isEqualTo(many);
    }
  }

  @Test
  void whatAnIndexWasAskedBeforeItGrewIsForgotten(@TempDir Path directory) {
    Answers answers = new Answers(1 << 20);
    IndexHome home = new IndexHome(directory, 40_000, answers, AssertionError::new);
    SeriesLabels series = ref -> Labels.of("__name__", "up", "instance", "host-" + ref);
    List<Matcher> some =
        List.of(
            Matcher.equal("__name__", "up"),
            Matcher.of("instance", Matcher.Op.MATCHES, "host-1.*"));
    int each = 100;
    try (PartitionIndex index = PartitionIndex.create(1, Optional.of(home))) {
      for (int ref = 1; ref <= 10 * each; ref++) {
        index.add(ref);
        if (ref % each == 0) {
          index.flush(1, ref, series);
          assertThat(answers.bytes()).as("nobody asked this one yet").isZero();
          assertThat(ups(index, series)).isEqualTo(ref);
          index.search(some, series, new LongArrayList());
          index.terms(Optional.of("instance"), ref, new LongArrayList());
          assertThat(answers.bytes()).isPositive();
        }
      }
    }
    assertThat(answers.bytes()).isZero();
  }

  private static int ups(PartitionIndex index, SeriesLabels series) {
    LongArrayList found = new LongArrayList();
    index.search(List.of(Matcher.equal("__name__", "up")), series, found);
    return found.size();
  }
}
