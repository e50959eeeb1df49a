package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Some addresses with common labels, as they stand in a configuration or a discovery file.
public record StaticGroup(List<String> targets, Labels labels) {
  public StaticGroup {
    targets = List.copyOf(targets);
  }

  /// Reads one group.
  public static StaticGroup read(YamlMap map) {
    List<String> targets = new ArrayList<>();
    for (String target : map.strings("targets")) {
      if (target.contains("/")) {
        map.problem("targets", Names.quote(target) + " is not a valid hostname");
      } else {
        targets.add(target);
      }
    }
    return new StaticGroup(targets, labels(map, "labels"));
  }

  /// Reads a mapping as labels.
  public static Labels labels(YamlMap map, String key) {
    Map<String, String> labels = map.stringMap(key);
    labels
        .keySet()
        .removeIf(
            name -> {
              boolean bad = !Names.isUtf8Name(name);
              if (bad) {
                map.problem(key, Names.quote(name) + " is not a valid label name");
              }
              return bad;
            });
    return Labels.of(labels);
  }
}
