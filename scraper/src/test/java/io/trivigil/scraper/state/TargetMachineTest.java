package io.trivigil.scraper.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TargetMachineTest {
  private static final Labels A = Labels.of("__name__", "a");
  private static final Labels B = Labels.of("__name__", "b");
  private static final Labels UP = Labels.of("__name__", "up");

  private final FakeStore store = new FakeStore();
  private final TargetMachine machine = new TargetMachine(store);

  private static ScrapeCommand.Batch batch(
      long slotMs, long scrapeMs, boolean up, SortedMap<String, FamilyMeta> meta, Labels... seen) {
    SampleBatch samples = new SampleBatch();
    for (Labels labels : seen) {
      samples.add(labels, scrapeMs, 1);
    }
    samples.add(UP, scrapeMs, up ? 1 : 0);
    return new ScrapeCommand.Batch(
        "k", "j", 1000, slotMs, scrapeMs, up, up ? "" : "down", 5, seen.length, 1, meta, samples);
  }

  private ScrapeAnswer apply(ScrapeCommand command) {
    return ScrapeAnswer.decode(machine.apply(0, command.encode()));
  }

  private ScrapeAnswer scrape(long slotMs, Labels... seen) {
    return apply(batch(slotMs, slotMs, true, new TreeMap<>(), seen));
  }

  @Test
  void aSlotIsTakenOnceAndWhole() {
    assertThat(scrape(1000, A))
        .isEqualTo(new ScrapeAnswer.Applied(List.of(1L, 2L), SampleStore.LeftOut.NONE));
    SortedMap<String, byte[]> before = machine.sections();
    assertThat(scrape(1000, B)).isInstanceOf(ScrapeAnswer.Refused.class);
    assertThat(scrape(999, B)).isInstanceOf(ScrapeAnswer.Refused.class);
    assertThat(store.series()).containsExactlyInAnyOrder(A, UP);
    assertThat(machine.sections()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void aSeriesThatIsMissingEnds() {
    scrape(1000, A, B);
    scrape(2000, A);
    assertThat(store.of(A)).isEqualTo("1000=1 2000=1");
    assertThat(store.of(B)).isEqualTo("1000=1 2000=stale");
  }

  @Test
  void aFailedScrapeEndsAllButItsReport() {
    scrape(1000, A, B);
    apply(batch(2000, 2000, false, new TreeMap<>()));
    assertThat(store.of(A)).isEqualTo("1000=1 2000=stale");
    assertThat(store.of(UP)).isEqualTo("1000=1 2000=0");
    assertThat(machine.target("k").orElseThrow().error()).isEqualTo("down");
    apply(batch(3000, 3000, false, new TreeMap<>()));
    assertThat(store.of(A)).as("ends once").isEqualTo("1000=1 2000=stale");
  }

  @Test
  void whatIsOverALimitStandsOnTheTargetThatIsUp() {
    List<Integer> reports = new ArrayList<>();
    TargetMachine full =
        new TargetMachine(
            new SampleStore() {
              @Override
              public Stored append(SampleBatch batch) {
                return store.append(batch);
              }

              @Override
              public Stored append(SampleBatch batch, int report) {
                reports.add(report);
                return new Stored.Appended(
                    List.of(0L, 7L), new LeftOut(0, 0, 0, 1), "too many series");
              }
            });
    full.apply(0, batch(1000, 1000, true, new TreeMap<>(), A).encode());
    TargetState state = full.target("k").orElseThrow();
    assertThat(state.up()).isTrue();
    assertThat(state.error()).isEqualTo("too many series");
    assertThat(state.seen()).as("what was left out was not seen").isEqualTo(RefSet.EMPTY);
    assertThat(reports).containsExactly(1);
    full.apply(0, batch(2000, 2000, false, new TreeMap<>(), A).encode());
    assertThat(full.target("k").orElseThrow().error()).as("its own comes first").isEqualTo("down");
  }

  @Test
  void aTargetThatIsGoneEndsWithItsReport() {
    scrape(1000, A);
    assertThat(apply(new ScrapeCommand.Gone("k", 999, 2000)))
        .as("scraped meanwhile")
        .isInstanceOf(ScrapeAnswer.Refused.class);
    apply(new ScrapeCommand.Gone("k", 1000, 2000));
    assertThat(store.of(A)).isEqualTo("1000=1 2000=stale");
    assertThat(store.of(UP)).isEqualTo("1000=1 2000=stale");
    assertThat(machine.target("k")).isEmpty();
    assertThat(apply(new ScrapeCommand.Gone("k", 1000, 2000)))
        .as("once more is no harm")
        .isInstanceOf(ScrapeAnswer.Applied.class);
  }

  @Test
  void timestampsAreClampedAboveTheLast() {
    apply(batch(1000, 5000, true, new TreeMap<>(), A));
    apply(batch(2000, 2000, true, new TreeMap<>(), A));
    assertThat(store.of(A)).isEqualTo("5000=1 5001=1");
    assertThat(machine.target("k").orElseThrow().scrapeMs()).isEqualTo(5001);
  }

  @Test
  void unknownReferencesChangeNothing() {
    SampleBatch samples = new SampleBatch();
    samples.add(99, 1000, 1);
    ScrapeCommand.Batch batch =
        new ScrapeCommand.Batch(
            "k", "j", 1000, 1000, 1000, true, "", 0, 1, 0, new TreeMap<>(), samples);
    assertThat(apply(batch)).isEqualTo(new ScrapeAnswer.UnknownRefs(List.of(99L)));
    assertThat(machine.sections()).isEmpty();
  }

  @Test
  void seriesThatTheStoreForgotEndByThemselves() {
    scrape(1000, A, B);
    store.forget(B);
    scrape(2000);
    assertThat(store.of(A)).isEqualTo("1000=1 2000=stale");
  }

  @Test
  void malformedBytesAreRefused() {
    byte[] whole = batch(1000, 1000, true, new TreeMap<>(), A).encode();
    for (int length = 0; length < whole.length; length++) {
      assertThat(ScrapeAnswer.decode(machine.apply(0, Arrays.copyOf(whole, length))))
          .isInstanceOf(ScrapeAnswer.Refused.class);
    }
    assertThat(machine.sections()).isEmpty();
    assertThat(store.series()).isEmpty();
  }

  @Test
  void groupsChangeByDifferencesAgainstTheirVersion() {
    TargetGroup one = new TargetGroup("f:0", List.of(Labels.of("__address__", "x:1")), A);
    TargetGroup two = new TargetGroup("f:1", List.of(), Labels.EMPTY);
    long before = machine.groupsVersion();
    apply(new ScrapeCommand.Groups("j", "p", 0, List.of(one, two), List.of()));
    assertThat(apply(new ScrapeCommand.Groups("j", "p", 0, List.of(), List.of("f:0"))))
        .isInstanceOf(ScrapeAnswer.Refused.class);
    apply(new ScrapeCommand.Groups("j", "p", 1, List.of(), List.of("f:1")));
    assertThat(machine.groups("j", "p").orElseThrow().groups().values()).containsExactly(one);
    assertThat(machine.groupsVersion()).isEqualTo(before + 2);
    apply(new ScrapeCommand.GroupsGone("j", "p"));
    assertThat(machine.groups("j", "p")).isEmpty();
  }

  @Test
  void theFirstSeedStays() {
    apply(new ScrapeCommand.Seed(7));
    apply(new ScrapeCommand.Seed(8));
    assertThat(machine.seed()).isEqualTo(OptionalLong.of(7));
  }

  @Test
  void stateSurvivesItsSections() {
    SortedMap<String, FamilyMeta> meta = new TreeMap<>();
    meta.put("a", new FamilyMeta("counter", "help", "s"));
    apply(batch(1000, 1001, true, meta, A, B));
    apply(new ScrapeCommand.Groups("j", "p", 0, List.of(), List.of()));
    apply(new ScrapeCommand.Seed(7));
    TargetMachine other = new TargetMachine(store);
    other.restore(machine.sections());
    assertThat(other.sections()).usingRecursiveComparison().isEqualTo(machine.sections());
    assertThat(other.target("k")).isEqualTo(machine.target("k"));
    assertThat(other.metadata("k")).isEqualTo(meta);
    assertThat(machine.sections().keySet())
        .containsExactly("groups/j\np", "metadata/k", "seed", "target/k");
  }
}
