package io.trivigil.node.failopen;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.node.failopen.MergeLog.Left;
import io.trivigil.scraper.loop.Pacer;
import io.trivigil.scraper.state.SampleStore;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.scraper.state.TargetState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What was done alone enters the log in order, once, and only where nobody committed the like.
class MergerTest {
  private static final Destination TO = new Destination("{}:{}", "ops", "webhook", 0);

  private final FakeLog log = new FakeLog();
  private final Merger merger = merger("n1", MergeSettings.DEFAULT);

  @AfterEach
  void close() {
    merger.close();
  }

  private Merger merger(String node, MergeSettings settings) {
    return new Merger(node, log, settings, log::newestMs, new Real());
  }

  @Test
  void aWholeSlotIsTakenOnlyAboveTheNewestCommittedOne() {
    log.targets.apply(1, slot("a", 2_000).command());
    merge(slot("a", 1_000), slot("a", 2_000), slot("a", 3_000), slot("b", 1_000));
    assertThat(merger.mergedSlots()).isEqualTo(2);
    assertThat(merger.leftSlots(Left.IN_LOG)).isEqualTo(2);
    assertThat(log.leftOut).containsExactly("a 1000 IN_LOG", "a 2000 IN_LOG");
    assertThat(log.newestMs("a")).isEqualTo(3_000);
    assertThat(log.newestMs("b")).isEqualTo(1_000);
    // The committed slot of `a` brought one sample; each merged one brings its own, whole.
    assertThat(log.samples).containsExactlyInAnyOrder("2000", "1000", "3000");
  }

  @Test
  void mergingTwiceIsMergingOnce() {
    merge(slot("a", 1_000), slot("a", 2_000));
    Map<String, byte[]> once = log.targets.sections();
    merge(slot("a", 1_000), slot("a", 2_000));
    assertThat(log.targets.sections()).usingRecursiveComparison().isEqualTo(once);
    assertThat(merger.mergedSlots()).isEqualTo(2);
    assertThat(log.samples).hasSize(2);
  }

  @Test
  void whatTwoNodesHaveAloneIsMergedSlotBySlot() {
    merge(slot("a", 1_000), slot("a", 2_000));
    Merger other = merger("n2", MergeSettings.DEFAULT);
    run(other, slot("a", 2_000), slot("a", 3_000));
    assertThat(other.mergedSlots()).isEqualTo(1);
    assertThat(other.leftSlots(Left.IN_LOG)).isEqualTo(1);
    assertThat(log.samples).containsExactly("1000", "2000", "3000");
    other.close();
  }

  @Test
  void anHourOfScrapesTravelsInFewCommands() {
    LocalBuffer.Slot[] slots = new LocalBuffer.Slot[8 * 240];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = slot("target" + i % 8, 15_000L * (1 + i / 8));
    }
    merge(slots);
    assertThat(merger.mergedSlots()).isEqualTo(slots.length);
    assertThat(merger.waitingSlots()).isZero();
    assertThat(log.samples).hasSize(slots.length);
    long commands = log.kinds.stream().filter(MergeLog.Kind.SCRAPES::equals).count();
    assertThat(commands).as("its beginning and one for each lane").isBetween(2L, 5L);
  }

  @Test
  void aSmallLimitMakesMoreCommandsAndKeepsTheOrder() {
    Merger other = merger("n2", MergeSettings.DEFAULT.withChunkBytes(1));
    run(other, slot("a", 1_000), slot("b", 1_000), slot("a", 2_000), slot("a", 3_000));
    assertThat(other.mergedSlots()).isEqualTo(4);
    assertThat(log.kinds.stream().filter(MergeLog.Kind.SCRAPES::equals)).hasSize(5);
    assertThat(log.leftOut).isEmpty();
    other.close();
  }

  @Test
  void seriesThatTheStoreHasForgottenTravelWithTheirLabels() {
    LocalBuffer buffer = new LocalBuffer(FailOpenSettings.DEFAULT);
    buffer.know(77, up("a"));
    log.unknown.add(77L);
    merge(buffer, slot("a", 1_000, 77), slot("a", 2_000, 77), slot("b", 1_000));
    merge(buffer, slot("a", 3_000, 77));
    assertThat(merger.mergedSlots()).isEqualTo(4);
    assertThat(log.leftOut).isEmpty();
    assertThat(log.samples.stream().filter("1000"::equals)).hasSize(2);
    assertThat(log.samples).contains("2000", "3000");
    assertThat(log.newestMs("a")).isEqualTo(3_000);
  }

  @Test
  void aSeriesOfTheBufferGetsTheStoresReferenceFromTheFirstAnswer() {
    LocalBuffer buffer = new LocalBuffer(FailOpenSettings.DEFAULT);
    SampleBatch first = new SampleBatch();
    first.add(up("a"), 500, 1);
    long own = ((SampleStore.Stored.Appended) buffer.append(first)).refs().getFirst();
    assertThat(LocalBuffer.isOwn(own)).isTrue();
    Merger other = merger("n2", MergeSettings.DEFAULT.withChunkBytes(1)); // a scrape a command
    hand(other, buffer, slot("a", 1_000, own), slot("a", 2_000, own), slot("a", 3_000, own));
    other.start();
    await(other);
    assertThat(other.mergedSlots()).isEqualTo(3);
    assertThat(log.labelled).as("samples that came with labels").isEqualTo(1);
    other.close();
  }

  @Test
  void aScrapeThatNoCommandCanHoldIsLeftOutAndTheNextOnesAreNot() {
    int largest = slot("a", 1_000).command().length + 5;
    MergeSettings tight =
        new MergeSettings(
            MergeSettings.DEFAULT.unreached(),
            MergeSettings.DEFAULT.silence(),
            MergeSettings.DEFAULT.stall(),
            MergeSettings.DEFAULT.limit(),
            1,
            largest);
    Merger other = merger("n2", tight);
    run(other, slot("a", 1_000), slot("a much longer name", 1_000), slot("a", 2_000));
    assertThat(other.mergedSlots()).isEqualTo(2);
    assertThat(other.leftSlots(Left.TOO_LARGE)).isEqualTo(1);
    assertThat(log.leftOut).containsExactly("a much longer name 1000 TOO_LARGE");
    other.close();
  }

  @Test
  void aClusterWithOlderMembersRefusesAndNothingHangs() {
    log.refuses = true;
    merge(slot("a", 1_000), slot("a", 2_000));
    assertThat(merger.leftSlots(Left.REFUSED)).isEqualTo(2);
    assertThat(merger.waitingSlots()).isZero();
  }

  @Test
  void whatIsNotKnownToBeAppliedIsProposedAgainAndStillCountsOnce() {
    log.lost = 4; // applied, but the answer is lost, for every second command
    merger.begin();
    merger.told(List.of(told("x"), told("y")));
    merger.merge(
        Optional.of(
            new Merge(
                List.of(),
                List.of(slot("a", 1_000), slot("a", 2_000)),
                new LocalBuffer(FailOpenSettings.DEFAULT))),
        Map.of(),
        10,
        20,
        2);
    merger.start();
    await(merger);
    assertThat(log.lost).isZero();
    assertThat(log.alertmanager.view().log()).hasSize(1);
    assertThat(log.samples).containsExactly("1000", "2000");
    assertThat(log.kinds.getFirst()).as("that it begins").isEqualTo(MergeLog.Kind.SCRAPES);
    assertThat(log.kinds.getLast()).as("the report comes last").isEqualTo(MergeLog.Kind.FAIL_OPEN);
    assertThat(log.reports.report("n1").orElseThrow().openedMs()).isEqualTo(10);
    assertThat(log.reports.merging("n1")).isPresent();
  }

  @Test
  void aNodeThatWasAloneTwiceReportsWhenBothTimesAreMerged() {
    hand(merger, new LocalBuffer(FailOpenSettings.DEFAULT), slot("a", 1_000));
    hand(merger, new LocalBuffer(FailOpenSettings.DEFAULT), slot("a", 2_000));
    merger.start();
    await(merger);
    assertThat(log.samples).containsExactly("1000", "2000");
    assertThat(log.kinds.stream().filter(MergeLog.Kind.FAIL_OPEN::equals)).hasSize(1);
    assertThat(log.kinds.getLast()).isEqualTo(MergeLog.Kind.FAIL_OPEN);
  }

  @Test
  void whatWasLeftOutBeforeIsReportedToo() {
    merger.begin();
    merger.merge(Optional.empty(), Map.of(Left.DROPPED, 3L, Left.UNTRUSTED, 4L), 10, 20, 0);
    merger.start();
    await(merger);
    assertThat(log.reports.report("n1").orElseThrow().leftSlots()).isEqualTo(7);
    assertThat(merger.leftSlots(Left.DROPPED)).isEqualTo(3);
    assertThat(merger.leftSlots(Left.UNTRUSTED)).isEqualTo(4);
  }

  @Test
  void whatWasToldIsUnsettledUntilItIsInTheLog() {
    Command.ToldAlone told = told("x");
    merger.told(List.of(told));
    assertThat(merger.unsettled()).containsExactly(told);
    assertThat(merger.idle()).isFalse();
    merge();
    assertThat(merger.unsettled()).isEmpty();
  }

  private static Command.ToldAlone told(String id) {
    AlertUpdate alert = new AlertUpdate(Labels.of("alertname", "Down"), Labels.EMPTY, 1, 0, "");
    return new Command.ToldAlone(id, TO, 90, List.of(alert));
  }

  private static Labels up(String target) {
    return Labels.of("__name__", "up", "instance", target);
  }

  private static LocalBuffer.Slot slot(String target, long slotMs) {
    return slot(target, slotMs, SampleBatch.NO_REF);
  }

  private static LocalBuffer.Slot slot(String target, long slotMs, long ref) {
    SampleBatch samples = new SampleBatch();
    if (ref == SampleBatch.NO_REF) {
      samples.add(up(target), slotMs, 1);
    } else {
      samples.add(ref, slotMs, 1);
    }
    byte[] command =
        new ScrapeCommand.Batch(
                target, "job", 1_000, slotMs, slotMs, true, "", 1, 0, 1, new TreeMap<>(), samples)
            .encode();
    return new LocalBuffer.Slot(target, slotMs, command);
  }

  private boolean begun;

  private void merge(LocalBuffer.Slot... slots) {
    merge(new LocalBuffer(FailOpenSettings.DEFAULT), slots);
  }

  private void merge(LocalBuffer buffer, LocalBuffer.Slot... slots) {
    hand(merger, buffer, slots);
    if (!begun) {
      begun = true;
      merger.start();
    }
    await(merger);
  }

  private static void run(Merger merger, LocalBuffer.Slot... slots) {
    hand(merger, new LocalBuffer(FailOpenSettings.DEFAULT), slots);
    merger.start();
    await(merger);
  }

  private static void hand(Merger merger, LocalBuffer buffer, LocalBuffer.Slot... slots) {
    merger.begin();
    merger.merge(Optional.of(new Merge(List.of(), List.of(slots), buffer)), Map.of(), 10, 20, 0);
  }

  private static void await(Merger merger) {
    long endNanos = System.nanoTime() + 60_000_000_000L;
    while (!merger.idle() && System.nanoTime() < endNanos) {
      Thread.onSpinWait();
    }
    assertThat(merger.idle()).isTrue();
  }

  /// The machines that the log feeds; may lose answers. The merger's thread alone calls it.
  private static final class FakeLog implements MergeLog {
    final List<String> samples = new ArrayList<>();
    final List<Kind> kinds = new ArrayList<>();
    final List<String> leftOut = new ArrayList<>();
    final Set<Long> unknown = new HashSet<>(); // references
    private final Map<Labels, Long> refs = new HashMap<>(); // one for each series, as the store has
    final TargetMachine targets = new TargetMachine(this::store);
    final AlertmanagerMachine alertmanager = new AlertmanagerMachine(Limits.DEFAULT);
    final FailOpenMachine reports = new FailOpenMachine();
    int labelled;
    int lost;
    boolean refuses;
    private boolean even;

    long newestMs(String target) {
      return targets.target(target).map(TargetState::slotMs).orElse(Long.MIN_VALUE);
    }

    private SampleStore.Stored store(SampleBatch batch) {
      List<Long> given = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        if (unknown.contains(batch.ref(i))) {
          return new SampleStore.Stored.UnknownRefs(List.of(batch.ref(i)));
        }
      }
      for (int i = 0; i < batch.size(); i++) {
        samples.add("" + batch.timestampMs(i));
        if (batch.ref(i) == SampleBatch.NO_REF) {
          labelled++;
          given.add(refs.computeIfAbsent(batch.labels(i), _ -> refs.size() + 1L));
        }
      }
      return new SampleStore.Stored.Appended(given, new SampleStore.LeftOut(0, 0, 0, 0));
    }

    @Override
    public CompletableFuture<Optional<byte[]>> propose(Kind kind, byte[] command) {
      kinds.add(kind);
      byte[] answer =
          switch (kind) {
            case SCRAPES ->
                refuses
                    ? new byte[] {0}
                    : reports.apply(1, command, scrape -> targets.apply(1, scrape));
            case ALERTMANAGER -> alertmanager.apply(1, CommandCodec.decode(command)).encode();
            case FAIL_OPEN -> reports.apply(1, command);
            case RULES -> throw new AssertionError("no rules here");
          };
      even = !even;
      if (even && lost > 0) {
        lost--;
        return CompletableFuture.completedFuture(Optional.empty());
      }
      return CompletableFuture.completedFuture(Optional.of(answer));
    }

    @Override
    public void leftOut(String target, long slotMs, Left why) {
      leftOut.add(target + " " + slotMs + " " + why);
    }
  }

  /// Waits for nothing.
  private static final class Real implements Pacer {
    @Override
    public long nowMs() {
      return 5_000;
    }

    @Override
    public long nanoTime() {
      return 99;
    }

    @Override
    public void sleepUntil(long atMs) {}

    @Override
    public void await(Semaphore signal, long atMs) {
      throw new AssertionError("nothing is awaited");
    }
  }
}
