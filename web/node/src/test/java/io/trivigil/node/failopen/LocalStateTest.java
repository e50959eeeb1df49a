package io.trivigil.node.failopen;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.dispatch.QuorumNotice;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpenCore.Round;
import io.trivigil.node.failopen.FailOpenCore.Tell;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import io.trivigil.scraper.state.SampleStore;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The copies go on alone, the machines of the log stay as they are.
class LocalStateTest {
  private static final Labels DOWN = Labels.of("alertname", "Down");
  private static final String GROUP = "{}:{alertname=\"Down\"}";
  private static final Destination TO = new Destination(GROUP, "ops", "webhook", 0);

  private final AlertmanagerMachine alertmanager = new AlertmanagerMachine(Limits.DEFAULT);
  private final TargetMachine targets =
      new TargetMachine(_ -> new SampleStore.Stored.Appended(List.of(), SampleStore.LeftOut.NONE));
  private final Metrics.Counter delivered = new Metrics().counter("told", "Told.");

  private LocalState open(List<Command> unsettled) {
    FailOpenParts.Base base =
        new FailOpenParts.Base(
            targets,
            new RulesMachine(() -> 1, new NoOutputs()),
            alertmanager::sections,
            () -> {
              throw new AssertionError("nothing is read here");
            },
            _ -> Optional.empty());
    return new LocalState(base, 1, FailOpenSettings.DEFAULT, unsettled, delivered);
  }

  private static final class NoOutputs implements RunOutputs {
    @Override
    public void samples(SampleBatch batch) {}

    @Override
    public void alerts(List<AlertUpdate> alerts) {}

    @Override
    public void transitions(List<AlertTransition> transitions) {}
  }

  private static void say(LocalState state, long nowMs, Command command) {
    state.alertmanager(nowMs, CommandCodec.encode(command));
  }

  /// The local dispatcher sends for the alert and it is delivered.
  private static void deliver(LocalState state, String id, Labels labels, Destination to) {
    long fingerprint = Fingerprint.of(labels);
    Flush flush =
        new Flush(to.groupKey(), 0, 1_000, 1_000, state.view().revision(), 9_000, true, List.of());
    AttemptPlan plan =
        new AttemptPlan(
            id,
            to,
            0,
            Payload.EMPTY,
            Hashes.of(List.of(fingerprint)),
            Hashes.NONE,
            "n1",
            1,
            5_000,
            60_000,
            AttemptPlan.Mode.SEND,
            "");
    say(state, 1_000, new AttemptsStarted(flush, List.of(plan)));
    say(state, 1_001, new AttemptFinished(id, 1, Command.Outcome.DELIVERED, "", 0));
  }

  private static Command alert(Labels labels) {
    AlertUpdate update = new AlertUpdate(labels, Labels.EMPTY, 900, 0, "");
    return Command.AlertsReceived.of(List.of(update));
  }

  private static Hashes firing(AlertmanagerMachine machine) {
    return machine.view().logEntry(TO).map(LogEntry::firing).orElse(Hashes.NONE);
  }

  @Test
  void whatWasDeliveredBecomesACommandOnceAndCountsAtOnce() {
    LocalState state = open(List.of());
    say(state, 950, alert(DOWN));
    deliver(state, "x", DOWN, TO);
    assertThat(delivered.value()).isEqualTo(1);
    assertThat(alertmanager.view().alerts()).as("the log's machine is untouched").isEmpty();
    List<Command> told = state.takeTold(2_000);
    assertThat(told).hasSize(1);
    assertThat(state.takeTold(2_000)).isEmpty();
    alertmanager.apply(3_000, told.getFirst());
    assertThat(firing(alertmanager)).isEqualTo(Hashes.of(List.of(Fingerprint.of(DOWN))));
    assertThat(alertmanager.view().alerts()).as("so that its end follows").hasSize(1);
  }

  @Test
  void whatWasToldBeforeALeaderWasHeardForAMomentIsKnownInTheNextTime() {
    LocalState first = open(List.of());
    say(first, 950, alert(DOWN));
    deliver(first, "x", DOWN, TO);
    List<Command> unsettled = first.takeTold(2_000);
    LocalState second = open(unsettled);
    second.tell(Tell.ALL);
    assertThat(second.view().logEntry(TO).orElseThrow().firing())
        .isEqualTo(Hashes.of(List.of(Fingerprint.of(DOWN))));
    assertThat(second.takeTold(3_000)).as("it is handed on once").isEmpty();
    assertThat(firing(alertmanager)).as("and not in the log yet").isEqualTo(Hashes.NONE);
  }

  @Test
  void theNoticeEndsWhenTheQuorumIsBack() {
    LocalState state = open(List.of());
    Labels notice = QuorumNotice.labels("c", "n1");
    state.notice(950, notice, Labels.EMPTY, 900);
    state.notice(960, notice, Labels.EMPTY, 910);
    state.tell(Tell.NOTICE);
    assertThat(state.view().alerts()).hasSize(1);
    Destination to = new Destination("{}:{alertname=\"TrivigilQuorumLost\"}", "ops", "webhook", 0);
    deliver(state, "n", notice, to);
    Command.ToldAlone told = (Command.ToldAlone) state.takeTold(2_000).getFirst();
    assertThat(told.told().getFirst().endsMs()).isEqualTo(2_000);
  }

  @Test
  void onlyWhatMayBeToldIsSeenByTheDispatcher() {
    LocalState state = open(List.of());
    say(state, 950, alert(DOWN));
    state.notice(950, QuorumNotice.labels("c", "n1"), Labels.EMPTY, 900);
    assertThat(state.view().alerts()).as("at first nothing").isEmpty();
    state.tell(Tell.NOTICE);
    assertThat(state.view().alerts()).hasSize(1);
    assertThat(QuorumNotice.is(state.view().alerts().getFirst().labels())).isTrue();
    state.tell(Tell.ALL);
    assertThat(state.view().alerts()).hasSize(2);
  }

  @Test
  void theRoundCountsTargetsThatWereUpAndAreStillWanted() {
    targets.apply(100, batch("a", 100, true));
    targets.apply(100, batch("b", 100, true));
    targets.apply(100, batch("c", 100, false));
    targets.apply(100, batch("gone", 100, true));
    LocalState state = open(List.of());
    state.wanted(Set.of("a", "b", "c"));
    assertThat(state.round()).isEqualTo(new Round(2, 0, 0));
    state.scrape(200, batch("a", 200, false));
    state.scrape(200, batch("c", 200, false));
    assertThat(state.round()).isEqualTo(new Round(2, 1, 1));
    state.scrape(300, batch("a", 300, true));
    state.scrape(300, batch("b", 300, true));
    assertThat(state.round()).isEqualTo(new Round(2, 2, 0));
    assertThat(state.merge().slots()).hasSize(4);
    assertThat(targets.target("a").orElseThrow().slotMs()).isEqualTo(100);
  }

  private static byte[] batch(String target, long slotMs, boolean up) {
    return new ScrapeCommand.Batch(
            target,
            "job",
            100,
            slotMs,
            slotMs,
            up,
            up ? "" : "down",
            1,
            0,
            0,
            new TreeMap<>(),
            new SampleBatch())
        .encode();
  }
}
