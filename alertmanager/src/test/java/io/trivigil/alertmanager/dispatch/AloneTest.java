package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.config.ConfigException;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Quorums come and go while alerts do: whatever the seed, a node alone tells only what the log
/// lacks, two that say the same use one id, nobody is paged twice for it afterwards, and every end
/// is told in the end.
class AloneTest {
  private static final int SEEDS = Integer.getInteger("trivigil.seeds", 150);

  /// After so long under a leader everybody knows what fires: a group's interval, twice, for an
  /// attempt of before may have to be given up first, ms.
  private static final long TOLD_MS = 25_000;

  private static final String CONFIG =
      """
      route: {receiver: ops, group_by: [team], group_wait: 3s, group_interval: 10s, repeat_interval: 9h}
      receivers:
        - {name: ops, webhook_configs: [{url: 'http://a/'}, {url: 'http://b/'}]}
      """;

  private final AlertmanagerConfig config;

  AloneTest() throws ConfigException {
    config = AlertmanagerConfig.parse("am.yml", CONFIG, Path.of("/"));
  }

  @Test
  void whateverTheSeedNobodyIsToldTwiceAndEveryEndIsTold() {
    int alone = 0;
    int led = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Night night = new Night(seed);
      night.play();
      alone += night.sentAlone;
      led += night.sentLed;
    }
    assertThat(alone).as("something was sent alone").isGreaterThan(SEEDS);
    assertThat(led).isGreaterThan(SEEDS);
  }

  private record Timed(long atMs, int order, Runnable run) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      return atMs == other.atMs
          ? Integer.compare(order, other.order)
          : Long.compare(atMs, other.atMs);
    }
  }

  private final class Night {
    private final long seed;
    private final RandomGenerator random;
    private final AlertmanagerMachine log = new AlertmanagerMachine(Limits.DEFAULT);
    private final PriorityQueue<Timed> timed = new PriorityQueue<>();
    private final List<Labels> all = new ArrayList<>();
    private final TreeMap<Labels, Long> firing = new TreeMap<>();
    private final TreeMap<Labels, AlertUpdate> known = new TreeMap<>();
    private final Map<String, Set<String>> told = new HashMap<>(); // by destination
    private final Map<String, String> idsOfTexts = new HashMap<>();
    private long nowMs = 1_700_000_000_000L;
    private long term;
    private int order;
    private int ids;
    private int sentAlone;
    private int sentLed;

    Night(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      for (int i = 0; i < 5; i++) {
        all.add(Labels.of("alertname", "A" + i, "team", i < 3 ? "x" : "y"));
      }
    }

    void play() {
      for (int round = 0; round < 4; round++) {
        led(20 + random.nextInt(60), true);
        alone(5 + random.nextInt(60), 1 + random.nextInt(2));
      }
      led(30, true);
      firing.clear();
      led(60, false);
      told.forEach(
          (destination, alerts) ->
              assertThat(alerts)
                  .as("seed %d: every end is told to %s", seed, destination)
                  .isEmpty());
    }

    private void led(int seconds, boolean changes) {
      term++;
      Desk desk = new Desk("n" + term, log, Telling.ALL);
      run(seconds, changes, List.of(desk));
      desk.work.end();
      firing.forEach(
          (labels, sinceMs) -> {
            long knowing =
                told.values().stream()
                    .filter(alerts -> alerts.contains("+" + labels.get("alertname")))
                    .count();
            assertThat(sinceMs > nowMs - TOLD_MS || knowing == 2)
                .as("seed %d: both receivers are told of %s since %d", seed, labels, sinceMs)
                .isTrue();
          });
    }

    private void alone(int seconds, int nodes) {
      List<Desk> desks = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        AlertmanagerMachine copy = new AlertmanagerMachine(Limits.DEFAULT);
        copy.restore(log.sections());
        desks.add(new Desk("alone" + i, copy, Telling.UNTOLD));
      }
      run(seconds, true, desks);
      for (Desk desk : desks) {
        desk.work.end();
        List<Command> merged = desk.merged();
        merged.forEach(command -> log.apply(nowMs, command));
        merged.forEach(command -> log.apply(nowMs, command)); // twice is once
      }
    }

    private void run(int seconds, boolean changes, List<Desk> desks) {
      for (int i = 0; i < seconds; i++) {
        nowMs += 1_000;
        if (changes && random.nextInt(6) == 0) {
          Labels one = all.get(random.nextInt(all.size()));
          if (firing.remove(one) == null) {
            firing.put(one, nowMs);
          }
        }
        Command seen = Command.AlertsReceived.of(evaluate());
        desks.forEach(desk -> desk.machine.apply(nowMs, seen));
        while (!timed.isEmpty() && timed.peek().atMs() <= nowMs) {
          timed.remove().run().run();
        }
        desks.forEach(desk -> desk.work.tick(nowMs));
      }
    }

    /// What a rule run hands on: what fires, and what has ended.
    private List<AlertUpdate> evaluate() {
      known.replaceAll(
          (labels, was) ->
              firing.containsKey(labels) || was.endsMs() <= nowMs
                  ? was
                  : new AlertUpdate(labels, Labels.EMPTY, was.startsMs(), nowMs, ""));
      firing.forEach(
          (labels, sinceMs) ->
              known.put(
                  labels, new AlertUpdate(labels, Labels.EMPTY, sinceMs, nowMs + 200_000, "")));
      return List.copyOf(known.values());
    }

    private void sent(Attempt attempt, Desk desk) {
      String text = new String(attempt.payload().body(), StandardCharsets.UTF_8);
      Set<String> before =
          told.computeIfAbsent(attempt.destination().toString(), _ -> new TreeSet<>());
      Set<String> names = new TreeSet<>(List.of(text.split("[|]", -1)[1].split(" ")));
      // A try that was given up without knowing leaves open whether it was told: it is told anew.
      boolean certain =
          desk.machine.view().logEntry(attempt.destination()).map(LogEntry::certain).orElse(true);
      Set<String> fires =
          names.stream().filter(name -> name.startsWith("+")).collect(Collectors.toSet());
      if (desk.attemptsBefore.contains(attempt.id())) {
        // Decided under a leader, and taken over with the same id and bytes.
        before.clear();
        before.addAll(fires);
        desk.loggedAtLoss.put(attempt.destination(), Set.copyOf(fires));
      } else if (desk.telling == Telling.UNTOLD) {
        sentAlone++;
        assertThat(fires).as("seed %d: alone no end is told: %s", seed, text).isEqualTo(names);
        Set<String> logged =
            certain
                ? desk.loggedAtLoss.getOrDefault(attempt.destination(), Set.of())
                : Set.<String>of();
        assertThat(names.stream().anyMatch(logged::contains))
            .as("seed %d: of the log nothing is told: %s", seed, text)
            .isFalse();
        assertThat(desk.said.add(attempt.destination() + text))
            .as("seed %d: said once: %s", seed, text)
            .isTrue();
        String id = idsOfTexts.putIfAbsent(attempt.destination() + text, attempt.id());
        assertThat(attempt.id())
            .as("seed %d: one id for: %s", seed, text)
            .isEqualTo(id == null ? attempt.id() : id);
        before.addAll(fires);
      } else {
        sentLed++;
        boolean news = certain && (text.startsWith("FIRST") || text.startsWith("NEW_ALERTS"));
        assertThat(news && before.containsAll(fires))
            .as("seed %d: told twice: %s of %s", seed, text, before)
            .isFalse();
        before.clear();
        before.addAll(fires);
      }
    }

    /// One node's dispatcher over a machine; what it proposes is applied at once.
    private final class Desk {
      private final AlertmanagerMachine machine;
      private final Telling telling;
      private final Leadership work;
      private final Set<String> said = new HashSet<>();
      private final Map<Object, Set<String>> loggedAtLoss = new HashMap<>();
      private final List<Command> delivered = new ArrayList<>();
      private final Set<String> attemptsBefore;

      Desk(String node, AlertmanagerMachine machine, Telling telling) {
        this.machine = machine;
        this.telling = telling;
        this.attemptsBefore = Set.copyOf(machine.view().attempts().keySet());
        machine
            .view()
            .log()
            .forEach(
                (to, entry) -> loggedAtLoss.put(to, entry.certain() ? names(entry) : Set.of()));
        Setup setup = new Setup(config, (_, need, _, _, _) -> text(need));
        DispatchSettings settings = DispatchSettings.DEFAULT;
        this.work =
            new Leadership(
                new DispatchPorts(
                    node,
                    settings,
                    machine::view,
                    () -> setup,
                    new Applied(),
                    (attempt, _, _, _) -> {
                      sent(attempt, this);
                      return CompletableFuture.completedFuture(new Delivery.Delivered());
                    },
                    () -> Instant.ofEpochMilli(nowMs),
                    () -> nowMs * 1_000_000,
                    need -> telling == Telling.UNTOLD ? AttemptIds.of(need) : "led" + ids++,
                    (delay, task) -> timed.add(new Timed(nowMs + delay.toMillis(), order++, task)),
                    new DispatchMetrics(new Metrics())),
                new Decider(settings, new SilenceMatchers(), telling),
                Math.max(1, term),
                () -> {},
                new HashSet<>(),
                Optional.empty());
      }

      private Set<String> names(LogEntry entry) {
        return all.stream()
            .filter(labels -> entry.firing().contains(Fingerprint.of(labels)))
            .map(labels -> "+" + labels.get("alertname"))
            .collect(Collectors.toSet());
      }

      private Payload text(Action.Need need) {
        String text =
            need.reason()
                + "|"
                + need.alerts().stream()
                    .map(a -> (a.resolvedAt(nowMs) ? "-" : "+") + a.labels().get("alertname"))
                    .sorted()
                    .collect(Collectors.joining(" "))
                + "|"
                + need.alerts().stream().map(Alert::startsMs).toList();
        return new Payload(List.of(), text.getBytes(StandardCharsets.UTF_8));
      }

      /// What the log learns, as a node that failed open tells it.
      List<Command> merged() {
        return delivered;
      }

      private final class Applied implements CommandLog {
        @Override
        public CompletableFuture<Fate> propose(byte[] bytes) {
          Command command = CommandCodec.decode(bytes);
          if (command instanceof Command.AttemptFinished end
              && end.outcome() == Command.Outcome.DELIVERED) {
            Attempt attempt = machine.view().attempts().get(end.id());
            if (attempt != null) {
              delivered.add(attemptsBefore.contains(end.id()) ? end : told(attempt));
            }
          }
          return CompletableFuture.completedFuture(
              new Fate.Applied(machine.apply(nowMs, command).encode()));
        }

        @Override
        public CompletableFuture<Fate> proposeAsLeader(long ofTerm, byte[] command) {
          return propose(command);
        }

        private Command told(Attempt attempt) {
          List<AlertUpdate> updates = new ArrayList<>();
          for (Labels labels : all) {
            AlertUpdate update = known.get(labels);
            if (update != null && attempt.firing().contains(Fingerprint.of(labels))) {
              updates.add(update);
            }
          }
          return new Command.ToldAlone(
              attempt.id(), attempt.destination(), attempt.flushMs(), updates);
        }
      }
    }
  }
}
