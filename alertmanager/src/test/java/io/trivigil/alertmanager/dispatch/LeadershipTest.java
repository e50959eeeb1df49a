package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.CommandLog.Fate;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.config.ConfigException;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What a leader does before it decides anything behind a time in which nothing was committed.
class LeadershipTest {
  private static final GapSeen GAP = new GapSeen(300, 60_000);

  private final AlertmanagerMachine machine = new AlertmanagerMachine(Limits.DEFAULT);
  private final List<Command> proposed = new ArrayList<>();
  private final List<CompletableFuture<Fate>> fates = new ArrayList<>();
  private final Queue<Runnable> later = new ArrayDeque<>();

  private final CommandLog log =
      new CommandLog() {
        @Override
        public CompletableFuture<Fate> propose(byte[] command) {
          proposed.add(CommandCodec.decode(command));
          fates.add(new CompletableFuture<>());
          return fates.getLast();
        }

        @Override
        public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
          return propose(command);
        }
      };

  private Leadership leadership(Optional<GapSeen> gap) throws ConfigException {
    String yaml =
        """
        route: {receiver: hook, group_wait: 0s}
        receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:1/hook'}]}]
        """;
    Setup setup =
        new Setup(
            AlertmanagerConfig.parse("am.yml", yaml, Path.of("/")),
            (_, _, _, _, _) -> Payload.EMPTY);
    DispatchSettings settings = DispatchSettings.DEFAULT;
    return new Leadership(
        new DispatchPorts(
            "n1",
            settings,
            machine::view,
            () -> setup,
            log,
            (_, _, _, _) -> new CompletableFuture<>(),
            () -> Instant.ofEpochMilli(60_000),
            () -> 0,
            _ -> "one",
            (_, task) -> later.add(task),
            new DispatchMetrics(new Metrics())),
        new Decider(settings, new SilenceMatchers()),
        1,
        () -> {},
        new HashSet<>(),
        gap);
  }

  private void fire(long endsMs) {
    AlertUpdate down =
        new AlertUpdate(Labels.of("alertname", "Down"), Labels.EMPTY, 100, endsMs, "");
    var _ = machine.apply(200, AlertsReceived.of(List.of(down)));
  }

  private void apply(int number, long logTimeMs) {
    fates
        .get(number)
        .complete(
            new Fate.Applied(machine.apply(logTimeMs, CommandCodec.encode(proposed.get(number)))));
  }

  /// Else what fires would be told as over: nobody could repeat it.
  @Test
  void theLogHearsOfTheGapBeforeAnybodyIsTold() throws ConfigException {
    fire(1_000);
    Leadership work = leadership(Optional.of(GAP));
    assertThat(work.tick(60_000)).isEqualTo(Long.MAX_VALUE);
    var _ = work.tick(60_001);
    assertThat(proposed).containsExactly(GAP);
    apply(0, 60_002);
    var _ = work.tick(60_003);
    assertThat(proposed).hasSize(2).last().isInstanceOf(AttemptsStarted.class);
    AttemptsStarted told = (AttemptsStarted) proposed.getLast();
    assertThat(told.attempts().getFirst().firing().isEmpty()).isFalse();
    assertThat(told.attempts().getFirst().resolved().isEmpty()).isTrue();
  }

  @Test
  void aGapThatTheLogDidNotTakeIsToldAgain() throws ConfigException {
    fire(1_000);
    Leadership work = leadership(Optional.of(GAP));
    var _ = work.tick(60_000);
    fates.getFirst().complete(new Fate.Unknown("deposed, perhaps"));
    var _ = work.tick(60_001);
    assertThat(proposed).as("not at once").containsExactly(GAP);
    later.remove().run();
    var _ = work.tick(60_300);
    assertThat(proposed).containsExactly(GAP, GAP);
  }

  @Test
  void whoStoodStillTellsOfIt() throws ConfigException {
    fire(100_000);
    Leadership work = leadership(Optional.empty());
    var _ = work.tick(300);
    assertThat(proposed).hasSize(1).first().isInstanceOf(AttemptsStarted.class);
    apply(0, 301);
    work.stoodStill(400, 200_000);
    var _ = work.tick(200_000);
    GapSeen first = new GapSeen(400, 200_000);
    assertThat(proposed).hasSize(2).last().isEqualTo(first);
    work.stoodStill(200_000, 300_000);
    apply(1, 300_001);
    var _ = work.tick(300_001);
    GapSeen both = new GapSeen(400, 300_000);
    assertThat(proposed).as("one gap may follow the other").hasSize(3).last().isEqualTo(both);
    apply(2, 300_002);
    assertThat(machine.view().alerts().getFirst().endsMs()).isEqualTo(100_000 + 299_600);
  }
}
