package io.trivigil.web.page;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.dispatch.Suppression;
import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.dashboards.page.AlertGroup;
import io.trivigil.dashboards.page.AlertRow;
import io.trivigil.dashboards.page.SilenceRow;
import io.trivigil.model.Matcher;
import io.trivigil.web.backend.Backend;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Rows of alerts and silences as the alertmanager knows them.
final class AlertModels {
  private final Backend backend;
  private final InstantSource clock;
  private final SilenceMatchers matchers = new SilenceMatchers();

  AlertModels(Backend backend, InstantSource clock) {
    this.backend = backend;
    this.clock = clock;
  }

  private Optional<AlertmanagerConfig> config() {
    return backend.configuration().flatMap(Backend.Configuration::alertmanager);
  }

  /// All alerts that fire, muted ones too.
  List<AlertRow> firing() {
    StateView state = backend.alerts();
    long nowMs = clock.millis();
    Optional<Suppression> suppression =
        config().map(config -> new Suppression(state, config, matchers, nowMs));
    return state.alerts().stream()
        .filter(alert -> !alert.resolvedAt(nowMs))
        .map(alert -> row(alert, suppression, List.of()))
        .toList();
  }

  int firingNotMuted() {
    return (int) firing().stream().filter(row -> !row.suppressed()).count();
  }

  private static AlertRow row(
      Alert alert, Optional<Suppression> suppression, List<String> mutedBy) {
    return new AlertRow(
        AlertRow.Phase.FIRING,
        alert.labels(),
        alert.annotations(),
        alert.startsMs(),
        "",
        "",
        alert.generatorUrl(),
        suppression.map(s -> s.silencedBy(alert.labels())).orElse(List.of()),
        suppression
            .map(
                s ->
                    s.inhibitedBy(alert.labels()).stream()
                        .map(source -> Fingerprint.text(source.fingerprint()))
                        .toList())
            .orElse(List.of()),
        mutedBy);
  }

  /// What goes into one notification each.
  List<AlertGroup> groups() {
    Optional<AlertmanagerConfig> config = config();
    if (config.isEmpty()) {
      return List.of();
    }
    StateView state = backend.alerts();
    long nowMs = clock.millis();
    Suppression suppression = new Suppression(state, config.get(), matchers, nowMs);
    List<AlertGroup> groups = new ArrayList<>();
    List<Alert> firing = state.alerts().stream().filter(alert -> !alert.resolvedAt(nowMs)).toList();
    for (Grouping.Group group : new Grouping(config.get().route()).group(firing).values()) {
      List<String> mutedBy = suppression.mutedBy(group.route().options());
      groups.add(
          new AlertGroup(
              group.route().options().receiver(),
              group.labels(),
              group.alerts().stream()
                  .map(alert -> row(alert, Optional.of(suppression), mutedBy))
                  .toList()));
    }
    groups.sort(Comparator.comparing(AlertGroup::labels));
    return groups;
  }

  int activeSilences() {
    long nowMs = clock.millis();
    return (int)
        backend.alerts().silences().values().stream()
            .filter(silence -> silence.stateAt(nowMs) == Silence.State.ACTIVE)
            .count();
  }

  /// Active ones by end, pending ones by start, expired ones by end, the newest first.
  List<SilenceRow> silences() {
    long nowMs = clock.millis();
    StateView state = backend.alerts();
    List<Alert> firing = state.alerts().stream().filter(alert -> !alert.resolvedAt(nowMs)).toList();
    return state.silences().values().stream()
        .map(silence -> row(silence, firing, nowMs))
        .sorted(
            Comparator.comparing(SilenceRow::silenceState)
                .thenComparingLong(
                    row ->
                        switch (row.silenceState()) {
                          case ACTIVE -> row.endsMs();
                          case PENDING -> row.startsMs();
                          case EXPIRED -> -row.endsMs();
                        }))
        .toList();
  }

  private SilenceRow row(Silence silence, List<Alert> firing, long nowMs) {
    Silence.State at = silence.stateAt(nowMs);
    int mutes =
        at == Silence.State.ACTIVE
            ? (int) firing.stream().filter(a -> matchers.matches(silence, a.labels())).count()
            : 0;
    List<Matcher> conditions =
        silence.matchers().stream().map(c -> Matchers.of(c.name(), c.op(), c.value())).toList();
    return new SilenceRow(
        silence.id(),
        SilenceRow.State.valueOf(at.name()),
        conditions,
        silence.startsMs(),
        silence.endsMs(),
        silence.updatedMs(),
        silence.createdBy(),
        silence.comment(),
        mutes);
  }
}
