package io.trivigil.alertmanager.config;

import io.trivigil.alertmanager.interval.TimeInterval;
import io.trivigil.alertmanager.interval.TimeIntervalReader;
import io.trivigil.alertmanager.route.InhibitRule;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.route.RouteOptions;
import io.trivigil.config.ConfigException;
import io.trivigil.config.Position;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the whole file.
final class ConfigReader {
  private final Problems problems;
  private final Path folder;
  private final Map<String, Receiver> receivers = new LinkedHashMap<>();
  private final Map<String, List<TimeInterval>> intervals = new LinkedHashMap<>();

  private ConfigReader(Path folder, Problems problems) {
    this.folder = folder;
    this.problems = problems;
  }

  static AlertmanagerConfig read(String file, String text, Path folder, Problems problems)
      throws ConfigException {
    Optional<YamlValue> document = YamlValue.parse(file, text, problems);
    problems.throwIfAny();
    if (document.isEmpty() || document.get().isNull()) {
      problems.add(Position.of(file), "no route provided in config");
      problems.throwIfAny();
    }
    return new ConfigReader(folder, problems).read(text, document.orElseThrow());
  }

  private AlertmanagerConfig read(String text, YamlValue document) throws ConfigException {
    YamlMap map = document.map("Config", problems);
    problems.throwIfAny();
    Globals globals =
        map.object("global", "GlobalConfig", fields -> Globals.read(fields, folder))
            .orElse(Globals.NONE);
    ReceiverReader reader = new ReceiverReader(globals, folder, problems);
    map.list("receivers", "Receiver", fields -> receiver(fields, reader));
    map.list("mute_time_intervals", "MuteTimeInterval", f -> interval(f, "mute time interval"));
    map.list("time_intervals", "TimeInterval", fields -> interval(fields, "time interval"));
    List<InhibitRule> rules = map.list("inhibit_rules", "InhibitRule", RouteReader::inhibitRule);
    Optional<Route.Node> root = Optional.empty();
    if (map.has("route")) {
      RouteReader routes = new RouteReader(receivers, intervals);
      root = map.object("route", "Route", f -> routes.root(f, RouteOptions.DEFAULT));
    } else {
      map.problem("route", "no route provided in config");
      map.accept("route");
    }
    map.accept("tracing", "event_recorder");
    for (String key : List.of("tracing", "event_recorder")) {
      if (map.has(key)) {
        problems.warn(map.position(key), key + " is accepted, but not done by this version");
      }
    }
    List<String> templates = map.strings("templates");
    map.done();
    problems.throwIfAny();
    return new AlertmanagerConfig(
        text,
        Redaction.redact(document),
        globals.resolveTimeout(),
        templates,
        Route.of(root.orElseThrow()),
        receivers,
        rules,
        intervals,
        problems.warnings());
  }

  private Receiver receiver(YamlMap map, ReceiverReader reader) {
    Receiver receiver = reader.read(map);
    if (receivers.putIfAbsent(receiver.name(), receiver) != null) {
      map.problem(
          "name", "notification config name \"%s\" is not unique".formatted(receiver.name()));
    }
    return receiver;
  }

  private String interval(YamlMap map, String what) {
    String name = map.string("name", "");
    if (name.isEmpty()) {
      map.problem("name", "missing name in " + what);
    }
    List<TimeInterval> read = map.list("time_intervals", "TimeInterval", TimeIntervalReader::read);
    if (intervals.putIfAbsent(name, read) != null) {
      map.problem("name", "%s \"%s\" is not unique".formatted(what, name));
    }
    return name;
  }
}
