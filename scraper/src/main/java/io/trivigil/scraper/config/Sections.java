package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.scraper.relabel.RelabelRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Reads lists of sections, with Prometheus's words for an empty one.
final class Sections {
  private Sections() {}

  /// Reads a list of mappings; `whenNull` is said of an element that is empty.
  static <T> List<T> list(
      YamlMap map, String key, String type, String whenNull, Function<YamlMap, T> reader) {
    List<T> read = new ArrayList<>();
    if (map.value(key).isEmpty()) {
      return List.of();
    }
    for (YamlValue item : map.value(key).get().items(map.problems())) {
      if (item.isNull()) {
        map.problems().add(item.position(), whenNull);
        continue;
      }
      YamlMap fields = item.map(type, map.problems());
      read.add(reader.apply(fields));
      fields.done();
    }
    return List.copyOf(read);
  }

  static List<RelabelRule> relabel(YamlMap map, String key, String whenNull, NameScheme scheme) {
    return list(map, key, "relabel.plain", whenNull, rule -> RelabelRule.read(rule, scheme));
  }

  /// The folder that relative paths of a file begin in.
  static Path folder(String file) {
    Path parent = Path.of(file).getParent();
    return parent == null ? Path.of("") : parent;
  }

  static String resolve(Path folder, String path) {
    return folder.resolve(path).normalize().toString();
  }
}
