package io.trivigil.alertmanager.config;

import io.trivigil.alertmanager.interval.TimeInterval;
import io.trivigil.alertmanager.match.MatcherParser;
import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.route.InhibitRule;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.route.RouteOptions;
import io.trivigil.config.YamlMap;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads routes and inhibition rules, in their old and new forms.
final class RouteReader {
  private final Map<String, Receiver> receivers;
  private final Map<String, List<TimeInterval>> intervals;

  RouteReader(Map<String, Receiver> receivers, Map<String, List<TimeInterval>> intervals) {
    this.receivers = receivers;
    this.intervals = intervals;
  }

  Route.Node root(YamlMap map, RouteOptions defaults) {
    if (map.string("receiver", "").isEmpty()) {
      map.problem("receiver", "root route must specify a default receiver");
    }
    if (!matchers(map, "match", "match_re", "matchers").isEmpty()) {
      map.problem("matchers", "root route must not have any matchers");
    }
    if (map.has("mute_time_intervals")) {
      map.problem("mute_time_intervals", "root route must not have any mute time intervals");
    }
    if (map.has("active_time_intervals")) {
      map.problem("active_time_intervals", "root route must not have any active time intervals");
    }
    if (map.bool("continue", false)) {
      map.problem("continue", "cannot have continue in root route");
    }
    return node(map, defaults, List.of());
  }

  private Route.Node child(YamlMap map, RouteOptions parent) {
    return node(map, parent, matchers(map, "match", "match_re", "matchers"));
  }

  private Route.Node node(YamlMap map, RouteOptions parent, List<Matcher> matchers) {
    RouteOptions options = options(map, parent);
    boolean continues = map.bool("continue", false);
    List<Route.Node> children = map.list("routes", "Route", fields -> child(fields, options));
    return new Route.Node(matchers, options, continues, children);
  }

  private RouteOptions options(YamlMap map, RouteOptions parent) {
    String receiver = map.string("receiver", "");
    if (!receiver.isEmpty() && !receivers.containsKey(receiver)) {
      map.problem("receiver", "undefined receiver \"%s\" used in route".formatted(receiver));
    }
    List<String> groupBy = new ArrayList<>(map.strings("group_by"));
    boolean wildcard = groupBy.removeIf(name -> name.equals("..."));
    checkGroupBy(map, groupBy, wildcard);
    boolean own = map.has("group_by");
    Map<String, String> labels = new LinkedHashMap<>(parent.labels());
    labels.putAll(map.stringMap("labels"));
    return new RouteOptions(
        receiver.isEmpty() ? parent.receiver() : receiver,
        own ? groupBy : parent.groupBy(),
        own ? wildcard : parent.groupByAll(),
        map.duration("group_wait", parent.groupWait()),
        positive(map, "group_interval", parent.groupInterval()),
        positive(map, "repeat_interval", parent.repeatInterval()),
        labels,
        timeIntervals(map, "mute_time_intervals"),
        timeIntervals(map, "active_time_intervals"));
  }

  private static void checkGroupBy(YamlMap map, List<String> groupBy, boolean wildcard) {
    if (wildcard && !groupBy.isEmpty()) {
      map.problem(
          "group_by", "cannot have wildcard group_by (`...`) and other labels at the same time");
    }
    HashSet<String> seen = new HashSet<>();
    for (String name : groupBy) {
      if (!Names.isUtf8Name(name)) {
        map.problem("group_by", "invalid label name \"%s\" in group_by list".formatted(name));
      }
      if (!seen.add(name)) {
        map.problem("group_by", "duplicated label \"%s\" in group_by".formatted(name));
      }
    }
  }

  private static Duration positive(YamlMap map, String key, Duration inherited) {
    Duration value = map.duration(key, inherited);
    if (value.isZero()) {
      map.problem(key, key + " cannot be zero");
      return inherited;
    }
    return value;
  }

  private List<String> timeIntervals(YamlMap map, String key) {
    List<String> names = map.strings(key);
    for (String name : names) {
      if (!intervals.containsKey(name)) {
        map.problem(key, "undefined time interval \"%s\" used in route".formatted(name));
      }
    }
    return names;
  }

  static InhibitRule inhibitRule(YamlMap map) {
    List<String> equal = map.strings("equal");
    for (String name : equal) {
      if (!Names.isUtf8Name(name)) {
        map.problem("equal", "invalid label name \"%s\" in equal list".formatted(name));
      }
    }
    return new InhibitRule(
        map.string("name", ""),
        matchers(map, "source_match", "source_match_re", "source_matchers"),
        matchers(map, "target_match", "target_match_re", "target_matchers"),
        equal);
  }

  private static List<Matcher> matchers(
      YamlMap map, String equalKey, String regexKey, String listKey) {
    List<Matcher> matchers = new ArrayList<>();
    map.stringMap(equalKey)
        .forEach(
            (name, value) -> {
              checkName(map, equalKey, name);
              matchers.add(Matchers.of(name, Matcher.Op.EQUALS, value));
            });
    map.object(regexKey, "MatchRegexps", fields -> regexes(fields)).ifPresent(matchers::addAll);
    for (String text : map.strings(listKey)) {
      try {
        MatcherParser.Parsed parsed = MatcherParser.parse(text);
        matchers.addAll(parsed.matchers());
        parsed.warning().ifPresent(w -> map.problems().warn(map.position(listKey), w));
      } catch (IllegalArgumentException e) {
        map.problem(listKey, String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }

  private static List<Matcher> regexes(YamlMap map) {
    List<Matcher> matchers = new ArrayList<>();
    for (String name : map.names()) {
      checkName(map, name, name);
      if (!map.has(name)) {
        map.accept(name);
        map.problem(name, "invalid regexp value for %s: it is missing".formatted(name));
        continue;
      }
      map.parsed(name, "regexp", text -> Matchers.of(name, Matcher.Op.MATCHES, text))
          .ifPresent(matchers::add);
    }
    return matchers;
  }

  private static void checkName(YamlMap map, String key, String name) {
    if (!Names.isClassicLabelName(name)) {
      map.problem(key, "invalid label name \"%s\"".formatted(name));
    }
  }
}
