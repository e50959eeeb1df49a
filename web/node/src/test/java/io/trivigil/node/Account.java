package io.trivigil.node;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.dispatch.Suppression;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.scraper.state.TargetState;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must hold at the end of a night, after all was calm for a while.
final class Account {
  private static final long FRESH_MS = 5_000;

  private final SimNight night;
  private final Watch watch;
  private final AlertmanagerConfig config;

  Account(SimNight night, SimConfig config) {
    this.night = night;
    this.watch = night.watch();
    this.config = config.version(1).alertmanager().orElseThrow();
  }

  void check() {
    for (String id : night.cluster().nodeIds()) {
      NodeMachine machine = night.node(id).machine();
      acknowledgedSamplesAreThere(id, machine);
      scrapesAreWhole(id, machine);
      targetsAreScraped(id, machine);
    }
    NodeMachine machine = night.node("n1").machine();
    alertsAreAsTrueAsTheTargets(machine);
    everybodyKnows(machine.alertmanager().view());
    everythingDecidedArrived(machine.alertmanager().view());
    if (!night.somethingIsRepeated()) {
      nothingIsSaidTwice();
    }
  }

  private void acknowledgedSamplesAreThere(String id, NodeMachine machine) {
    Map<Labels, Map<Long, Double>> stored = stored(machine, "written");
    for (SimNight.Acknowledged sample : night.acknowledged()) {
      Double value = stored.getOrDefault(sample.labels(), Map.of()).get(sample.atMs());
      boolean settled = sample.writtenMs() <= settledMs();
      if (settled && (value == null || value != sample.value())) {
        watch.violated("acknowledged sample lost: node=%s sample=%s found=%s", id, sample, value);
        return;
      }
    }
    var known = machine.alertmanager().view().silences().keySet();
    for (String silence : night.silences()) {
      if (!known.contains(silence)) {
        watch.violated("acknowledged silence lost: node=%s silence=%s", id, silence);
      }
    }
  }

  /// Every node has applied by now what is older.
  private long settledMs() {
    return night.cluster().clock().millis() - FRESH_MS;
  }

  private static Map<Labels, Map<Long, Double>> stored(NodeMachine machine, String name) {
    Map<Labels, Map<Long, Double>> stored = new HashMap<>();
    try (Querier querier = machine.storage().open()) {
      Querier.Hints hints = new Querier.Hints(0, Long.MAX_VALUE / 2, 0, 0, "");
      for (Querier.Series series :
          querier.select(hints, List.of(Matcher.equal("__name__", name)))) {
        SampleBuffer samples = new SampleBuffer();
        series.read(0, Long.MAX_VALUE / 2, samples);
        Map<Long, Double> values = stored.computeIfAbsent(series.labels(), _ -> new HashMap<>());
        for (int i = 0; i < samples.size(); i++) {
          values.put(samples.timestampMs(i), samples.value(i));
        }
      }
    }
    return stored;
  }

  /// Of each scrape that the log took, the verdict and what it found are stored, and of no other.
  private void scrapesAreWhole(String id, NodeMachine machine) {
    Map<Long, Integer> up = times(machine, "up");
    Map<Long, Integer> found = times(machine, "requests_total");
    long settledMs = settledMs();
    up.keySet().removeIf(atMs -> atMs > settledMs);
    found.keySet().removeIf(atMs -> atMs > settledMs);
    for (Watch.Taken scrape : watch.scrapes()) {
      if (scrape.scrapeMs() > settledMs) {
        continue;
      }
      up.merge(scrape.scrapeMs(), -1, Integer::sum);
      found.merge(scrape.scrapeMs(), scrape.up() ? -1 : 0, Integer::sum);
    }
    up.values().removeIf(count -> count == 0);
    found.values().removeIf(count -> count == 0);
    if (!up.isEmpty() || !found.isEmpty()) {
      watch.violated("scrapes are not whole: node=%s up=%s found=%s", id, up, found);
    }
  }

  /// How many series have a sample at each time, markers of their end left out.
  private static Map<Long, Integer> times(NodeMachine machine, String name) {
    Map<Long, Integer> times = new TreeMap<>();
    stored(machine, name)
        .values()
        .forEach(
            samples ->
                samples.forEach(
                    (atMs, value) -> times.merge(atMs, value.isNaN() ? 0 : 1, Integer::sum)));
    return times;
  }

  private void targetsAreScraped(String id, NodeMachine machine) {
    long nowMs = night.cluster().clock().millis();
    int fresh = 0;
    for (TargetState state : machine.targets().targets()) {
      fresh += state.up() && state.scrapeMs() > nowMs - FRESH_MS ? 1 : 0;
    }
    if (fresh != SimWorld.TARGETS.size()) {
      watch.violated("targets are not scraped: node=%s fresh=%d", id, fresh);
    }
  }

  /// As one node that nothing ever happened to would see them.
  private void alertsAreAsTrueAsTheTargets(NodeMachine machine) {
    TreeSet<String> expected = new TreeSet<>();
    for (String condition : SimWorld.CONDITIONS) {
      for (String target : SimWorld.TARGETS) {
        if (night.world().holds(condition, target)) {
          String alert =
              condition.substring(0, 1).toUpperCase(Locale.ROOT) + condition.substring(1);
          expected.add(alert + " " + target);
        }
      }
    }
    TreeSet<String> firing = new TreeSet<>();
    for (GroupState group : machine.rules().groups().values()) {
      for (RuleState rule : group.rules()) {
        rule.alerts().stream()
            .filter(alert -> alert.state().isFiring())
            .forEach(alert -> firing.add(name(alert.labels())));
      }
    }
    TreeSet<String> told = new TreeSet<>();
    long nowMs = machine.alertmanager().view().logTimeMs();
    machine.alertmanager().view().alerts().stream()
        .filter(alert -> !alert.resolvedAt(nowMs))
        .forEach(alert -> told.add(name(alert.labels())));
    if (!firing.equals(expected) || !told.equals(expected)) {
      watch.violated(
          "alerts are not what is true: expected=%s rules=%s alertmanager=%s",
          expected, firing, told);
    }
  }

  private static String name(Labels labels) {
    return labels.get("alertname") + " " + labels.get("instance");
  }

  /// What each receiver heard last of each group is what is true now.
  private void everybodyKnows(StateView state) {
    Map<Destination, Hashes> heard = new HashMap<>();
    for (Watch.Request request : watch.requests()) {
      if (request.taken()) {
        Hashes firing = request.attempt().firing();
        // Two nodes apart may each tell what the other does not.
        heard.merge(
            request.attempt().destination(),
            firing,
            (before, now) -> request.alone() ? before.plus(now) : now);
      }
    }
    Suppression suppression =
        new Suppression(state, config, new SilenceMatchers(), state.logTimeMs());
    for (Grouping.Group group : new Grouping(config.route()).group(state.alerts()).values()) {
      List<Long> passing =
          group.alerts().stream()
              .filter(alert -> !alert.resolvedAt(state.logTimeMs()))
              .filter(alert -> suppression.silencedBy(alert.labels()).isEmpty())
              .filter(alert -> suppression.inhibitedBy(alert.labels()).isEmpty())
              .map(alert -> alert.fingerprint())
              .toList();
      boolean fires = group.alerts().stream().anyMatch(a -> !a.resolvedAt(state.logTimeMs()));
      String receiver = group.route().options().receiver();
      for (Integration integration : config.receiver(receiver).integrations()) {
        Destination destination =
            new Destination(group.stateKey(), receiver, integration.kind(), integration.index());
        Hashes known = heard.getOrDefault(destination, Hashes.NONE);
        if (!known.containsAll(Hashes.of(passing))) {
          watch.violated("not told that it fires: destination=%s heard=%s", destination, known);
        }
        // Upstream's way: what ends while it is held back ends in silence.
        boolean heldBack =
            receiver.equals("low")
                && (watch.anySilence()
                    || state.alerts().stream().anyMatch(a -> inhibits(a, group)));
        if (!fires && !known.isEmpty() && !heldBack && !night.somethingIsForgotten()) {
          watch.violated("not told that it ended: destination=%s", destination);
        }
      }
    }
  }

  private static boolean inhibits(Alert alert, Grouping.Group group) {
    return alert.labels().get("alertname").equals("Broken")
        && alert.labels().get("instance").equals(group.labels().get("instance"));
  }

  /// What was decided was delivered, unless the group had changed and something newer was said.
  private void everythingDecidedArrived(StateView state) {
    if (!state.attempts().isEmpty()) {
      watch.violated("attempts are open: %s", state.attempts().keySet());
    }
    TreeSet<String> taken = new TreeSet<>();
    watch.requests().stream()
        .filter(Watch.Request::taken)
        .forEach(request -> taken.add(request.attempt().id()));
    for (String id : watch.committed()) {
      Command.Outcome outcome = watch.outcomes().get(id);
      if (outcome == Command.Outcome.DELIVERED && !taken.contains(id)) {
        watch.violated("called delivered, but nobody took it: attempt=%s", id);
      } else if (outcome == null || outcome == Command.Outcome.RETRY) {
        watch.violated("decided, but never finished: attempt=%s", id);
      }
    }
  }

  /// Two decisions of the same content for one destination need the time to repeat between them, or
  /// a first one of which nobody knows whether it arrived.
  private void nothingIsSaidTwice() {
    Map<Destination, Attempt> before = new TreeMap<>();
    for (Watch.Request request : watch.requests()) {
      Attempt now = request.attempt();
      if (watch.outcomes().get(now.id()) == Command.Outcome.SUPERSEDED) {
        before.remove(now.destination());
      } else if (request.alone()) {
        before.remove(now.destination()); // judged elsewhere
      } else if (request.taken()) {
        Attempt earlier = before.put(now.destination(), now);
        if (earlier != null
            && !earlier.id().equals(now.id())
            && earlier.firing().equals(now.firing())
            && earlier.resolved().equals(now.resolved())
            && now.flushMs() - earlier.flushMs() < SimConfig.REPEAT_MS
            && !mayHaveChangedBetween(earlier, now)) {
          watch.violated(
              "decided twice: first=%s second=%s to=%s", earlier.id(), now.id(), now.destination());
        }
      }
    }
  }

  /// Whether the destination may have heard otherwise in between: of an attempt that died with its
  /// node nobody knows whether it was written, so its end is told even if it was not.
  private boolean mayHaveChangedBetween(Attempt earlier, Attempt now) {
    return watch.superseded().stream()
        .anyMatch(
            attempt ->
                attempt.destination().equals(now.destination())
                    && attempt.flushMs() > earlier.flushMs()
                    && attempt.flushMs() < now.flushMs());
  }
}
