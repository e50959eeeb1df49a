package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.model.Labels;
import io.trivigil.model.Regex;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoObject;
import io.trivigil.template.value.GoSlice;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.GoTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// A notification as templates see it.
final class GoData {
  private GoData() {}

  static GoStruct of(Notification told) {
    return GoStruct.named("template.Data")
        .field("Receiver", Regex.quote(told.receiver()))
        .field("Status", told.status())
        .field("Alerts", alerts(told))
        .field("NotificationReason", told.reason())
        .field("GroupLabels", Kv.of(told.groupLabels()))
        .field("CommonLabels", Kv.of(told.commonLabels()))
        .field("CommonAnnotations", Kv.of(told.commonAnnotations()))
        .field("RouteLabels", Kv.of(told.routeLabels()))
        .field("ExternalURL", told.externalUrl())
        .build();
  }

  private static Alerts alerts(Notification told) {
    List<GoStruct> all = new ArrayList<>();
    List<GoStruct> firing = new ArrayList<>();
    List<GoStruct> resolved = new ArrayList<>();
    for (Alert alert : told.alerts()) {
      GoStruct struct = alert(told, alert);
      all.add(struct);
      (told.hasEnded(alert) ? resolved : firing).add(struct);
    }
    return new Alerts(List.copyOf(all), List.copyOf(firing), List.copyOf(resolved));
  }

  private static GoStruct alert(Notification told, Alert alert) {
    boolean ended = told.hasEnded(alert);
    return GoStruct.named("template.Alert")
        .field("Status", ended ? "resolved" : "firing")
        .field("Labels", Kv.of(alert.labels()))
        .field("Annotations", Kv.of(alert.annotations()))
        .field("StartsAt", time(alert.startsMs()))
        .field("EndsAt", ended ? time(alert.endsMs()) : GoTime.zero())
        .field("GeneratorURL", alert.generatorUrl())
        .field("Fingerprint", Fingerprint.text(alert.fingerprint()))
        .build();
  }

  private static GoTime time(long atMs) {
    return GoTime.utc(Instant.ofEpochMilli(atMs));
  }

  private static GoObject.Member method(int args, GoFunction.Body body) {
    return new GoObject.Member.Method(GoFunction.of(args, body));
  }

  /// `.Alerts`, with its two halves.
  private record Alerts(List<GoStruct> elements, List<GoStruct> firing, List<GoStruct> resolved)
      implements GoSlice {
    @Override
    public String goType() {
      return "template.Alerts";
    }

    @Override
    public @Nullable Member member(String name) {
      return switch (name) {
        case "Firing" -> method(0, _ -> firing);
        case "Resolved" -> method(0, _ -> resolved);
        default -> null;
      };
    }
  }

  /// Labels or annotations: a map with methods.
  private record Kv(Map<String, String> texts) implements GoMap {
    static Kv of(Labels labels) {
      return new Kv(labels.toMap());
    }

    static Kv of(Map<String, String> texts) {
      return new Kv(texts);
    }

    @Override
    public String goType() {
      return "template.KV";
    }

    @Override
    public SortedMap<String, @Nullable Object> entries() {
      return GoMap.sorted(texts);
    }

    @Override
    public Object zero() {
      return "";
    }

    @Override
    public String text() {
      return pairs().text();
    }

    @Override
    public @Nullable Member member(String name) {
      return switch (name) {
        case "SortedPairs" -> method(0, _ -> pairs());
        case "Names" -> method(0, _ -> pairs().names());
        case "Values" -> method(0, _ -> pairs().values());
        case "String" -> method(0, _ -> text());
        case "Remove" -> method(1, args -> remove(args.list(0)));
        default -> null;
      };
    }

    private Kv remove(List<? extends @Nullable Object> names) {
      Set<String> gone = new HashSet<>();
      names.forEach(name -> gone.add(GoFormat.sprint(name)));
      Map<String, String> rest = new LinkedHashMap<>(texts);
      rest.keySet().removeAll(gone);
      return new Kv(rest);
    }

    /// By name, but the alert's name comes first.
    private Pairs pairs() {
      List<GoStruct> pairs = new ArrayList<>();
      for (String name : entries().keySet()) {
        pairs.add(name.equals("alertname") ? 0 : pairs.size(), pair(name));
      }
      return new Pairs(List.copyOf(pairs));
    }

    private GoStruct pair(String name) {
      return GoStruct.named("template.Pair")
          .field("Name", name)
          .field("Value", texts.getOrDefault(name, ""))
          .build();
    }
  }

  /// Pairs in order.
  private record Pairs(List<GoStruct> elements) implements GoSlice {
    @Override
    public String goType() {
      return "template.Pairs";
    }

    @Override
    public String text() {
      return joined(", ");
    }

    private String joined(String separator) {
      return String.join(
          separator,
          elements.stream()
              .map(p -> p.fields().get("Name") + "=" + p.fields().get("Value"))
              .toList());
    }

    Strings names() {
      return field("Name");
    }

    Strings values() {
      return field("Value");
    }

    private Strings field(String name) {
      return new Strings(elements.stream().map(p -> String.valueOf(p.fields().get(name))).toList());
    }

    @Override
    public @Nullable Member member(String name) {
      return switch (name) {
        case "Names" -> method(0, _ -> names());
        case "Values" -> method(0, _ -> values());
        case "String" -> method(0, _ -> text());
        case "Join" -> method(1, args -> joined(args.string(0)));
        default -> null;
      };
    }
  }

  /// A list of texts that can join itself.
  record Strings(List<String> elements) implements GoSlice {
    @Override
    public String goType() {
      return "template.Strings";
    }

    @Override
    public @Nullable Member member(String name) {
      return name.equals("Join") ? method(1, args -> String.join(args.string(0), elements)) : null;
    }
  }
}
