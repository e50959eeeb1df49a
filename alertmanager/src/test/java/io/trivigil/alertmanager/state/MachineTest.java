package io.trivigil.alertmanager.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.state.Answer.Accepted;
import io.trivigil.alertmanager.state.Answer.Refused;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptRetried;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.Command.Outcome;
import io.trivigil.alertmanager.state.Command.Received;
import io.trivigil.alertmanager.state.Command.SilenceExpire;
import io.trivigil.alertmanager.state.Command.SilenceSet;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineTest {
  private static final Labels DOWN = Labels.of("alertname", "Down");
  private static final Destination TO = new Destination("{}:{}", "ops", "webhook", 0);

  private final AlertmanagerMachine machine =
      new AlertmanagerMachine(new Limits(3, 2, 4096, 10, 5));

  private static AlertUpdate update(Labels labels, long startsMs, long endsMs) {
    return new AlertUpdate(labels, Labels.of("summary", "s"), startsMs, endsMs, "http://g/");
  }

  private Alert take(long atMs, long startsMs, long endsMs, boolean timeout) {
    machine.apply(
        atMs, new AlertsReceived(List.of(new Received(update(DOWN, startsMs, endsMs), timeout))));
    return machine.view().alerts().getFirst();
  }

  @Test
  void updatesOfOneAlertAreMerged() {
    assertThat(take(100, 50, 1_000, false).receivedMs()).isEqualTo(100);
    Alert later = take(200, 80, 900, true);
    assertThat(later.startsMs()).as("the earliest start stays").isEqualTo(50);
    assertThat(later.endsMs()).as("a named end outlives a timeout before it").isEqualTo(1_000);
    Alert over = take(300, 50, 250, false);
    assertThat(over.endsMs()).as("an end is an end").isEqualTo(250);
    assertThat(over.receivedMs()).isEqualTo(100);
    Alert again = take(400, 390, 2_000, false);
    assertThat(again.startsMs()).as("what was over begins anew").isEqualTo(390);
    assertThat(again.receivedMs()).isEqualTo(400);
    assertThat(machine.view().history().stream().map(Transition::phase))
        .containsExactly(Phase.ACTIVE, Phase.RESOLVED, Phase.ACTIVE);
  }

  @Test
  void whatWasToldAloneEntersTheLogOnce() {
    Command.ToldAlone told = new Command.ToldAlone("x", TO, 90, List.of(update(DOWN, 50, 1_000)));
    machine.apply(100, told);
    StateView once = machine.view();
    LogEntry entry = once.logEntry(TO).orElseThrow();
    assertThat(entry.firing()).isEqualTo(Hashes.of(List.of(Fingerprint.of(DOWN))));
    assertThat(once.alerts().getFirst().endsMs()).as("so that its end follows").isEqualTo(1_000);
    machine.apply(200, told);
    assertThat(machine.view().log()).isEqualTo(once.log());
    assertThat(machine.view().alerts()).isEqualTo(once.alerts());
    AlertmanagerMachine other = new AlertmanagerMachine(Limits.DEFAULT);
    other.restore(machine.sections());
    other.apply(300, told);
    assertThat(other.view().log()).as("known behind a snapshot too").isEqualTo(once.log());
  }

  /// Else the end of last time would be told again while it fires.
  @Test
  void whatFiredAnewAloneIsNotOver() {
    var _ = take(100, 50, 1_000, false);
    assertThat(take(300, 50, 250, false).resolvedAt(300)).isTrue();
    machine.apply(700, new Command.ToldAlone("x", TO, 600, List.of(update(DOWN, 500, 2_000))));
    Alert alert = machine.view().alerts().getFirst();
    assertThat(alert.startsMs()).isEqualTo(500);
    assertThat(alert.resolvedAt(700)).as("it fires").isFalse();
    assertThat(alert.resolvedAt(2_000)).as("and ends of itself, if nobody hears of it").isTrue();
  }

  /// Else what still fires would be over, as nobody could say so while nothing was committed.
  @Test
  void whatOnlyRanOutInAGapDidNotFireAnew() {
    var _ = take(100, 50, 1_000, false);
    machine.apply(
        2_000, new Command.ToldAlone("x", TO, 1_600, List.of(update(DOWN, 1_500, 1_700))));
    machine.apply(2_001, new GapSeen(200, 2_001));
    Alert alert = machine.view().alerts().getFirst();
    assertThat(alert.startsMs()).isEqualTo(50);
    assertThat(alert.resolvedAt(2_001)).isFalse();
  }

  /// Else the next time that it fires would be no news.
  @Test
  void whatWasToldAloneIsForgottenWhenItsEndIsTold() {
    machine.apply(100, new Command.ToldAlone("x", TO, 90, List.of(update(DOWN, 50, 1_000))));
    long told = machine.view().logEntry(TO).orElseThrow().version();
    machine.apply(1_100, ending("end", told, 1_100));
    machine.apply(1_101, new AttemptFinished("end", 1, Outcome.DELIVERED, "", 0));
    assertThat(machine.view().logEntry(TO).orElseThrow().firing()).isEqualTo(Hashes.NONE);
  }

  @Test
  void whatWasToldAloneBesideAnAttemptStaysInTheLogWhenThatArrives() {
    machine.apply(100, ending("end", 0, 100));
    machine.apply(110, new Command.ToldAlone("x", TO, 105, List.of(update(DOWN, 50, 1_000))));
    machine.apply(111, new AttemptFinished("end", 1, Outcome.DELIVERED, "", 0));
    LogEntry entry = machine.view().logEntry(TO).orElseThrow();
    assertThat(entry.firing()).isEqualTo(Hashes.of(List.of(Fingerprint.of(DOWN))));
    assertThat(entry.attemptId()).isEqualTo("end");
  }

  @Test
  void aGapDoesNotKeepWhoWasFirstHeardOfBehindIt() {
    machine.apply(500, new Command.ToldAlone("x", TO, 90, List.of(update(DOWN, 50, 600))));
    machine.apply(501, new GapSeen(10, 500));
    assertThat(machine.view().alerts().getFirst().endsMs()).isEqualTo(600);
  }

  @Test
  void anUnchangedUpdateChangesNothing() {
    long revision = take(100, 50, 1_000, false).revision();
    assertThat(take(200, 50, 1_000, false).revision()).isEqualTo(revision);
  }

  @Test
  void theLimitOfAlertsRefusesNewOnesOnly() {
    for (int i = 0; i < 4; i++) {
      Answer answer =
          machine.apply(10, AlertsReceived.of(List.of(update(Labels.of("i", "v" + i), 1, 100))));
      assertThat(answer).isEqualTo(new Accepted(i < 3 ? "" : "refused=1"));
    }
    assertThat(machine.view().alerts()).hasSize(3);
    assertThat(machine.apply(11, AlertsReceived.of(List.of(update(Labels.of("i", "v0"), 1, 200)))))
        .isEqualTo(new Accepted(""));
  }

  @Test
  void aGapMovesTheEndOfWhatFiredOnce() {
    take(100, 50, 1_000, false);
    machine.apply(5_000, new GapSeen(200, 5_000));
    machine.apply(5_000, new GapSeen(200, 5_000));
    assertThat(machine.view().alerts().getFirst().endsMs()).isEqualTo(5_800);
    machine.apply(5_100, new GapSeen(4_000, 5_100));
    assertThat(machine.view().alerts().getFirst().endsMs())
        .as("what overlaps counts once")
        .isEqualTo(5_900);
  }

  private static AttemptsStarted start(
      String id, long groupVersion, long logVersion, long flushMs) {
    return start(id, groupVersion, logVersion, flushMs, Hashes.of(List.of(Fingerprint.of(DOWN))));
  }

  /// An attempt that says that nothing fires any more.
  private static AttemptsStarted ending(String id, long logVersion, long flushMs) {
    return start(id, 0, logVersion, flushMs, Hashes.NONE);
  }

  private static AttemptsStarted start(
      String id, long groupVersion, long logVersion, long flushMs, Hashes firing) {
    Flush flush =
        new Flush("{}:{}", groupVersion, flushMs, flushMs, 1, flushMs + 60, true, List.of());
    return new AttemptsStarted(
        flush,
        List.of(
            new AttemptPlan(
                id,
                TO,
                logVersion,
                new Payload(List.of(), "body".getBytes(StandardCharsets.UTF_8)),
                firing,
                Hashes.NONE,
                "n1",
                1,
                flushMs + 10,
                flushMs + 60,
                AttemptPlan.Mode.SEND,
                "")));
  }

  @Test
  void anAttemptIsFencedByItsGroupItsLogEntryAndItsLease() {
    take(1, 1, 1_000, false);
    assertThat(machine.apply(10, start("a", 0, 0, 10))).isEqualTo(new Accepted(""));
    assertThat(machine.apply(10, start("a", 0, 0, 10))).isInstanceOf(Refused.class);
    long version = machine.view().group("{}:{}").orElseThrow().version();
    assertThat(machine.apply(11, start("b", version, 0, 11)))
        .isEqualTo(new Refused("attempt a to webhook[0] is open"));
    assertThat(machine.apply(12, new AttemptRetried("a", 1, "n2", 2, 40, 19)))
        .isEqualTo(new Refused("attempt a is not free before 20"));
    assertThat(machine.apply(20, new AttemptRetried("a", 1, "n2", 2, 40, 20)))
        .isEqualTo(new Accepted(""));
    assertThat(machine.apply(20, new AttemptRetried("a", 1, "n3", 2, 40, 41)))
        .isEqualTo(new Refused("attempt a was tried meanwhile"));
    // The first sender's failure no longer counts; that it was delivered does.
    assertThat(machine.apply(21, new AttemptFinished("a", 1, Outcome.RETRY, "x", 30)))
        .isInstanceOf(Refused.class);
    AttemptFinished delivered = new AttemptFinished("a", 1, Outcome.DELIVERED, "", 0);
    assertThat(machine.apply(22, delivered)).isEqualTo(new Accepted(""));
    assertThat(machine.apply(23, delivered)).isEqualTo(new Accepted("closed already"));
    assertThat(machine.view().attempts()).isEmpty();
    assertThat(machine.apply(70, start("c", version, 0, 70)))
        .isEqualTo(new Refused("webhook[0] was told meanwhile"));
    long told = machine.view().logEntry(TO).orElseThrow().version();
    assertThat(machine.apply(70, start("c", version, told, 70))).isEqualTo(new Accepted(""));
  }

  private Silence silence(String id) {
    return java.util.Objects.requireNonNull(machine.view().silences().get(id));
  }

  private static Silence silence(String id, long endsMs) {
    return new Silence(
        id,
        List.of(new Silence.Condition("a", Matcher.Op.MATCHES, "x.*")),
        10,
        endsMs,
        10,
        "me",
        "why",
        0);
  }

  @Test
  void silencesAreConditionalOnTheirVersion() {
    assertThat(machine.apply(10, new SilenceSet(silence("s", 100), 0, Optional.empty())))
        .isEqualTo(new Accepted("s"));
    assertThat(machine.apply(11, new SilenceSet(silence("s", 200), 0, Optional.empty())))
        .isInstanceOf(Refused.class);
    long version = silence("s").version();
    assertThat(
            machine.apply(
                12,
                new SilenceSet(
                    silence("t", 200), 0, Optional.of(new SilenceExpire("s", version, 12)))))
        .isEqualTo(new Accepted("t"));
    assertThat(silence("s").stateAt(12)).isEqualTo(Silence.State.EXPIRED);
    assertThat(machine.apply(13, new SilenceSet(silence("u", 200), 0, Optional.empty())))
        .isEqualTo(new Refused("too many silences: limit=2"));
  }

  @Test
  void historyKeepsTheNewest() {
    for (int i = 0; i < 5; i++) {
      take(100 + i * 100, 100 + i * 100, 150 + i * 100, false);
      take(160 + i * 100, 100 + i * 100, 150 + i * 100, false);
    }
    assertThat(machine.view().history()).hasSize(5);
  }

  @Test
  void stateSurvivesAsBytes() {
    take(1, 1, 1_000, false);
    machine.apply(10, start("a", 0, 0, 10));
    machine.apply(10, new SilenceSet(silence("s", 100), 0, Optional.empty()));
    AlertmanagerMachine other = new AlertmanagerMachine(Limits.DEFAULT);
    other.restore(machine.sections());
    assertThat(other.view()).isEqualTo(machine.view());
    machine.apply(11, new AttemptFinished("a", 1, Outcome.DELIVERED, "", 0));
    other.apply(11, new AttemptFinished("a", 1, Outcome.DELIVERED, "", 0));
    var a = machine.sections();
    var b = other.sections();
    assertThat(a.keySet()).isEqualTo(b.keySet());
    a.forEach((key, bytes) -> assertThat(bytes).as(key).isEqualTo(b.get(key)));
  }

  @Test
  void anyPrefixOfACommandIsRefusedAndChangesNothing() {
    byte[] bytes = CommandCodec.encode(start("a", 0, 0, 10));
    var before = machine.sections().keySet();
    for (int length = 0; length < bytes.length; length++) {
      Answer answer = Answer.decode(machine.apply(5, Arrays.copyOf(bytes, length)));
      assertThat(answer).isInstanceOf(Refused.class);
    }
    assertThat(machine.sections().keySet()).isEqualTo(before);
    assertThat(Answer.decode(machine.apply(5, bytes))).isEqualTo(new Accepted(""));
  }
}
