package io.trivigil.web.prometheus;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.rules.view.AlertView;
import io.trivigil.rules.view.GroupView;
import io.trivigil.rules.view.RuleView;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/// `rules` and `alerts`.
final class RuleApi {
  private final Backend backend;

  RuleApi(Backend backend) {
    this.backend = backend;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/api/v1/rules", api.wrap(this::rules));
    router.on("GET", "/api/v1/alerts", api.wrap(_ -> alerts()));
  }

  private record Filter(
      String type,
      List<String> names,
      List<String> groups,
      List<String> files,
      List<List<Matcher>> matchers,
      boolean withAlerts) {
    static Filter of(Params params) {
      String type = params.first("type");
      if (!type.isEmpty() && !type.equals("alert") && !type.equals("record")) {
        throw ApiException.badParam("type", "not supported value \"%s\"".formatted(type));
      }
      String exclude = params.first("exclude_alerts");
      return new Filter(
          type,
          params.allOf("rule_name"),
          params.allOf("rule_group"),
          params.allOf("file"),
          LabelApi.selectors(params),
          !(exclude.equals("true") || exclude.equals("1")));
    }

    boolean wants(GroupView group) {
      return (groups.isEmpty() || groups.contains(group.key().name()))
          && (files.isEmpty() || files.contains(group.key().file()));
    }

    boolean wants(RuleView rule) {
      boolean alerting = rule instanceof RuleView.Alerting;
      if ((type.equals("alert") && !alerting) || (type.equals("record") && alerting)) {
        return false;
      }
      if (!names.isEmpty() && !names.contains(rule.name())) {
        return false;
      }
      Labels labels = Labels.of(rule.labels());
      return matchers.isEmpty()
          || matchers.stream()
              .anyMatch(all -> all.stream().allMatch(matcher -> matcher.test(labels)));
    }
  }

  private Api.Data rules(Request request) {
    Params params = request.params();
    Filter filter = Filter.of(params);
    int limit = groupLimit(params);
    String token = params.first("group_next_token");
    List<GroupView> groups = new ArrayList<>();
    String nextToken = "";
    for (GroupView group : backend.ruleGroups()) {
      String key = group.key().file() + ";" + group.key().name();
      if (!filter.wants(group) || (!token.isEmpty() && key.compareTo(token) <= 0)) {
        continue;
      }
      if (limit > 0 && groups.size() == limit) {
        GroupView last = groups.getLast();
        nextToken = last.key().file() + ";" + last.key().name();
        break;
      }
      groups.add(group);
    }
    String next = nextToken;
    return Api.Data.of(
        json -> {
          json.beginObject().name("groups").beginArray();
          for (GroupView group : groups) {
            List<RuleView> wanted = group.rules().stream().filter(filter::wants).toList();
            if (!wanted.isEmpty() || group.rules().isEmpty()) {
              group(json, group, wanted, filter.withAlerts());
            }
          }
          json.endArray();
          if (!next.isEmpty()) {
            json.field("groupNextToken", next);
          }
          json.endObject();
        });
  }

  private static int groupLimit(Params params) {
    String text = params.first("group_limit");
    if (!text.isEmpty() && !text.matches("\\d{1,9}")) {
      throw ApiException.badParam("group_limit", "not a number: " + text);
    }
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  private static void group(
      JsonWriter json, GroupView group, List<RuleView> rules, boolean withAlerts) {
    json.beginObject()
        .field("name", group.key().name())
        .field("file", group.key().file())
        .name("rules")
        .beginArray();
    rules.forEach(rule -> rule(json, rule, withAlerts));
    json.endArray()
        .field("interval", group.intervalMs() / 1000.0)
        .field("limit", group.limit())
        .field("evaluationTime", group.evaluationSeconds())
        .field("lastEvaluation", time(group.lastEvaluationMs()))
        .endObject();
  }

  private static String time(long epochMs) {
    return epochMs == 0 ? Times.ZERO : Times.goTime(epochMs);
  }

  private static void rule(JsonWriter json, RuleView rule, boolean withAlerts) {
    json.beginObject();
    switch (rule) {
      case RuleView.Alerting alerting -> {
        json.field("state", alerting.state())
            .field("name", alerting.name())
            .field("query", alerting.query())
            .field("duration", alerting.forMs() / 1000.0)
            .field("keepFiringFor", alerting.keepFiringForMs() / 1000.0)
            .field("labels", alerting.labels())
            .field("annotations", alerting.annotations())
            .name("alerts")
            .beginArray();
        if (withAlerts) {
          alerting.alerts().forEach(alert -> alert(json, alert));
        }
        json.endArray();
      }
      case RuleView.Recording recording -> {
        json.field("name", recording.name()).field("query", recording.query());
        if (!recording.labels().isEmpty()) {
          json.field("labels", recording.labels());
        }
      }
    }
    json.field("health", rule.health());
    if (!rule.lastError().isEmpty()) {
      json.field("lastError", rule.lastError());
    }
    json.field("evaluationTime", rule.evaluationSeconds())
        .field("lastEvaluation", time(rule.lastEvaluationMs()))
        .field("type", rule instanceof RuleView.Alerting ? "alerting" : "recording")
        .endObject();
  }

  private Api.Data alerts() {
    List<AlertView> alerts = new ArrayList<>();
    for (GroupView group : backend.ruleGroups()) {
      for (RuleView rule : group.rules()) {
        if (rule instanceof RuleView.Alerting alerting) {
          alerts.addAll(alerting.alerts());
        }
      }
    }
    return Api.Data.of(
        json -> {
          json.beginObject().name("alerts").beginArray();
          alerts.forEach(alert -> alert(json, alert));
          json.endArray().endObject();
        });
  }

  private static void alert(JsonWriter json, AlertView alert) {
    json.beginObject()
        .field("labels", alert.labels())
        .field("annotations", alert.annotations())
        .field("state", alert.state())
        .field("activeAt", Times.goTime(alert.activeAtMs()));
    if (alert.keepFiringSinceMs().isPresent()) {
      json.field("keepFiringSince", Times.goTime(alert.keepFiringSinceMs().getAsLong()));
    }
    json.field("value", FloatFormat.exponent(alert.value())).endObject();
  }
}
