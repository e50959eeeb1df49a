package io.trivigil.scraper.discovery;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Labels;
import io.trivigil.scraper.config.StaticGroup;
import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads lists of target groups from YAML or JSON, which is YAML too.
final class GroupText {
  private GroupText() {}

  /// Reads all groups of a text; their sources are `name:0`, `name:1` …
  ///
  /// @param meta a label that each group gets, with `name` as its value
  /// @throws IOException if the text is not such a list
  static List<TargetGroup> read(String name, String text, String meta) throws IOException {
    Problems problems = new Problems();
    List<TargetGroup> groups = new ArrayList<>();
    var document = YamlValue.parse(name, text, problems);
    if (document.isPresent()) {
      int index = 0;
      for (YamlValue item : document.get().items(problems)) {
        if (item.isNull()) {
          throw new IOException("nil target group item found (index %d)".formatted(index));
        }
        YamlMap fields = item.map("targetgroup.Group", problems);
        List<Labels> targets = new ArrayList<>();
        fields.strings("targets").forEach(t -> targets.add(Labels.of("__address__", t)));
        Labels labels = StaticGroup.labels(fields, "labels");
        fields.accept("source");
        fields.done();
        groups.add(new TargetGroup(name + ":" + index, targets, labels.with(meta, name)));
        index++;
      }
    }
    if (!problems.isEmpty()) {
      throw new IOException(problems.errors().get(0).toString());
    }
    return groups;
  }
}
