package io.trivigil.web.alertmanager;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.dispatch.Suppression;
import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.model.Regex;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonReader;
import io.trivigil.web.json.JsonValue;
import io.trivigil.web.json.JsonWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `alerts` and `alerts/groups`.
final class AmAlerts {
  private final AmApi api;
  private final InstantSource clock;
  private final SilenceMatchers silences = new SilenceMatchers();

  AmAlerts(AmApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  void addTo(Router router) {
    router.on("GET", "/api/v2/alerts", AmApi.wrap(this::list));
    router.on("POST", "/api/v2/alerts", AmApi.wrap(this::receive));
    router.on("GET", "/api/v2/alerts/groups", AmApi.wrap(this::groups));
  }

  /// What a request asks for, and what holds alerts back now.
  private final class Look {
    private final AlertmanagerConfig config = api.config();
    private final StateView state = api.backend().alerts();
    private final long nowMs = clock.millis();
    private final Suppression suppression = new Suppression(state, config, silences, nowMs);
    private final List<Matcher> filter;
    private final Optional<Regex> receiver;
    private final boolean active;
    private final boolean silenced;
    private final boolean inhibited;
    private final boolean muted;

    Look(Params params) {
      filter = AmApi.filter(params, "filter");
      receiver = AmApi.receiverRegex(params);
      active = AmApi.flag(params, "active", true);
      silenced = AmApi.flag(params, "silenced", true);
      inhibited = AmApi.flag(params, "inhibited", true);
      muted = AmApi.flag(params, "muted", true);
    }

    private boolean wantsReceiver(String name) {
      return receiver.isEmpty() || receiver.get().matches(name);
    }

    private boolean wants(Alert alert, List<String> mutedBy) {
      if (alert.resolvedAt(nowMs) || !Matchers.matches(filter, alert.labels())) {
        return false;
      }
      boolean isSilenced = !suppression.silencedBy(alert.labels()).isEmpty();
      boolean isInhibited = !suppression.inhibitedBy(alert.labels()).isEmpty();
      boolean isActive = !isSilenced && !isInhibited && mutedBy.isEmpty();
      return (active || !isActive)
          && (silenced || !isSilenced)
          && (inhibited || !isInhibited)
          && (muted || mutedBy.isEmpty());
    }

    private void write(JsonWriter json, Alert alert, Set<String> receivers, List<String> mutedBy) {
      List<String> silencedBy = suppression.silencedBy(alert.labels());
      List<String> inhibitedBy =
          suppression.inhibitedBy(alert.labels()).stream()
              .map(source -> Fingerprint.text(source.fingerprint()))
              .toList();
      boolean suppressed = !silencedBy.isEmpty() || !inhibitedBy.isEmpty() || !mutedBy.isEmpty();
      json.beginObject()
          .field("annotations", alert.annotations())
          .field(
              "endsAt",
              alert.endsMs() == 0 ? "0001-01-01T00:00:00.000Z" : Times.millisTime(alert.endsMs()))
          .field("fingerprint", Fingerprint.text(alert.fingerprint()))
          .name("receivers")
          .beginArray();
      receivers.forEach(name -> json.beginObject().field("name", name).endObject());
      json.endArray()
          .field("startsAt", Times.millisTime(alert.startsMs()))
          .name("status")
          .beginObject()
          .field("inhibitedBy", inhibitedBy)
          .field("mutedBy", mutedBy)
          .field("silencedBy", silencedBy)
          .field("state", suppressed ? "suppressed" : "active")
          .endObject()
          .field("updatedAt", Times.millisTime(alert.updatedMs()))
          .field("generatorURL", alert.generatorUrl())
          .field("labels", alert.labels())
          .endObject();
    }
  }

  private Answer list(Request request) {
    Look look = new Look(request.params());
    List<Matcher> byReceiver = AmApi.filter(request.params(), "receiver_matchers");
    return AmApi.json(
        json -> {
          json.beginArray();
          for (Alert alert :
              look.state.alerts().stream()
                  .sorted(Comparator.comparing(a -> Fingerprint.text(a.fingerprint())))
                  .toList()) {
            Set<String> receivers = new LinkedHashSet<>();
            Set<String> mutedBy = new LinkedHashSet<>();
            for (Route route : look.config.route().match(alert.labels())) {
              receivers.add(route.options().receiver());
              mutedBy.addAll(look.suppression.mutedBy(route.options()));
            }
            boolean wanted =
                receivers.stream().anyMatch(look::wantsReceiver)
                    && byReceiver.stream().allMatch(m -> receivers.stream().anyMatch(m::test));
            if (wanted && look.wants(alert, List.copyOf(mutedBy))) {
              look.write(json, alert, receivers, List.copyOf(mutedBy));
            }
          }
          json.endArray();
        });
  }

  private Answer groups(Request request) {
    Look look = new Look(request.params());
    Map<String, Grouping.Group> groups =
        new Grouping(look.config.route()).group(look.state.alerts());
    List<Grouping.Group> shown =
        groups.values().stream()
            .filter(group -> look.wantsReceiver(group.route().options().receiver()))
            .sorted(
                Comparator.comparing(Grouping.Group::labels)
                    .thenComparing(group -> group.route().options().receiver()))
            .toList();
    return AmApi.json(
        json -> {
          json.beginArray();
          shown.forEach(group -> group(json, look, group));
          json.endArray();
        });
  }

  private static void group(JsonWriter json, Look look, Grouping.Group group) {
    List<String> mutedBy = look.suppression.mutedBy(group.route().options());
    List<Alert> alerts =
        group.alerts().stream().filter(alert -> look.wants(alert, mutedBy)).toList();
    if (alerts.isEmpty()) {
      return;
    }
    String receiver = group.route().options().receiver();
    json.beginObject().name("alerts").beginArray();
    alerts.forEach(alert -> look.write(json, alert, Set.of(receiver), mutedBy));
    json.endArray()
        .field("labels", group.labels())
        .name("receiver")
        .beginObject()
        .field("name", receiver)
        .endObject()
        .endObject();
  }

  private Answer receive(Request request) throws InterruptedException {
    long nowMs = clock.millis();
    long timeoutMs = api.config().resolveTimeout().toMillis();
    List<Command.Received> alerts = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (JsonValue item : JsonReader.read(request.body()).list("alerts")) {
      try {
        alerts.add(read(item.object("alert"), nowMs, timeoutMs));
      } catch (JsonException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (!alerts.isEmpty()) {
      api.decide(new Command.AlertsReceived(alerts));
    }
    if (!problems.isEmpty()) {
      throw ApiException.badData(String.join("; ", problems));
    }
    return Answer.text(200, Answer.JSON, "");
  }

  private static Command.Received read(JsonValue.Fields body, long nowMs, long timeoutMs) {
    Labels labels = labels(body.texts("labels"));
    Labels annotations = labels(body.texts("annotations"));
    if (labels.isEmpty()) {
      throw new JsonException("at least one label pair required");
    }
    String starts = body.text("startsAt", "");
    String ends = body.text("endsAt", "");
    long startsMs = starts.isEmpty() ? 0 : AmTimes.read("startsAt", starts);
    long endsMs = ends.isEmpty() ? 0 : AmTimes.read("endsAt", ends);
    boolean timeout = endsMs == 0;
    if (startsMs == 0) {
      startsMs = timeout ? nowMs : endsMs;
    }
    if (timeout) {
      endsMs = nowMs + timeoutMs;
    }
    if (endsMs < startsMs) {
      throw new JsonException("start time must be before end time");
    }
    String source = body.text("generatorURL", "");
    return new Command.Received(
        new AlertUpdate(labels, annotations, startsMs, endsMs, source), timeout);
  }

  private static Labels labels(Map<String, String> texts) {
    texts.forEach(
        (name, value) -> {
          if (!Names.isUtf8Name(name) || !Names.isValidUtf8(value)) {
            throw new JsonException("invalid label name or value: " + Names.quote(name));
          }
        });
    return Labels.of(texts);
  }
}
