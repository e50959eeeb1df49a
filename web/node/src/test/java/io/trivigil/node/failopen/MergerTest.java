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
import io.trivigil.scraper.loop.Pacer;
import io.trivigil.scraper.state.SampleStore;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What was done alone enters the log in order, once, and only where nobody committed the like.
class MergerTest {
  private static final Labels UP = Labels.of("__name__", "up", "instance", "a");
  private static final Destination TO = new Destination("{}:{}", "ops", "webhook", 0);

  private final FakeLog log = new FakeLog();
  private final Merger merger = new Merger("n1", log, new Real());

  @AfterEach
  void close() {
    merger.close();
  }

  @Test
  void aWholeSlotIsTakenOnlyAboveTheNewestCommittedOne() {
    log.targets.apply(1, slot("a", 2_000).command());
    merge(slot("a", 1_000), slot("a", 2_000), slot("a", 3_000), slot("b", 1_000));
    assertThat(merger.mergedSlots()).isEqualTo(2);
    assertThat(merger.leftSlots()).isEqualTo(2);
    assertThat(log.targets.target("a").orElseThrow().slotMs()).isEqualTo(3_000);
    assertThat(log.targets.target("b").orElseThrow().slotMs()).isEqualTo(1_000);
    // The committed slot of `a` brought one sample; each merged one brings its own, whole.
    assertThat(log.samples).containsExactly("2000", "1000", "3000");
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
    Merger other = new Merger("n2", log, new Real());
    run(other, slot("a", 2_000), slot("a", 3_000));
    assertThat(other.mergedSlots()).isEqualTo(1);
    assertThat(other.leftSlots()).isEqualTo(1);
    assertThat(log.samples).containsExactly("1000", "2000", "3000");
    other.close();
  }

  @Test
  void whatIsNotKnownToBeAppliedIsProposedAgainAndStillCountsOnce() {
    log.lost = 3; // applied, but the answer is lost, for every second command
    merger.told(List.of(told("x"), told("y")));
    merge(slot("a", 1_000), slot("a", 2_000));
    assertThat(log.lost).isZero();
    assertThat(log.alertmanager.view().log()).hasSize(1);
    assertThat(log.samples).containsExactly("1000", "2000");
    assertThat(log.kinds.getLast()).as("the report comes last").isEqualTo(MergeLog.Kind.FAIL_OPEN);
    assertThat(log.reports.report("n1").orElseThrow().openedMs()).isEqualTo(10);
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

  private static LocalBuffer.Slot slot(String target, long slotMs) {
    SampleBatch samples = new SampleBatch();
    samples.add(UP.toBuilder().set("instance", target).build(), slotMs, 1);
    byte[] command =
        new ScrapeCommand.Batch(
                target, "job", 1_000, slotMs, slotMs, true, "", 1, 0, 1, new TreeMap<>(), samples)
            .encode();
    return new LocalBuffer.Slot(target, slotMs, command);
  }

  private boolean begun;

  private void merge(LocalBuffer.Slot... slots) {
    if (begun) {
      hand(merger, slots);
      await(merger);
    } else {
      begun = true;
      run(merger, slots);
    }
  }

  private static void run(Merger merger, LocalBuffer.Slot... slots) {
    hand(merger, slots);
    merger.start();
    await(merger);
  }

  private static void hand(Merger merger, LocalBuffer.Slot... slots) {
    LocalBuffer buffer = new LocalBuffer(FailOpenSettings.DEFAULT);
    merger.merge(Optional.of(new Merge(List.of(), List.of(slots), buffer)), 0, 10, 20, 0);
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
    private final Map<Labels, Long> refs = new HashMap<>(); // one for each series, as the store has
    final TargetMachine targets =
        new TargetMachine(
            batch -> {
              List<Long> given = new ArrayList<>();
              for (int i = 0; i < batch.size(); i++) {
                samples.add("" + batch.timestampMs(i));
                if (batch.ref(i) == SampleBatch.NO_REF) {
                  given.add(refs.computeIfAbsent(batch.labels(i), _ -> refs.size() + 1L));
                }
              }
              return new SampleStore.Stored.Appended(given, new SampleStore.LeftOut(0, 0, 0, 0));
            });
    final AlertmanagerMachine alertmanager = new AlertmanagerMachine(Limits.DEFAULT);
    final FailOpenMachine reports = new FailOpenMachine();
    int lost;
    private boolean even;

    @Override
    public CompletableFuture<Optional<byte[]>> propose(Kind kind, byte[] command) {
      kinds.add(kind);
      byte[] answer =
          switch (kind) {
            case SCRAPE -> targets.apply(1, command);
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
