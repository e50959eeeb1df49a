package io.trivigil.scraper.state;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/// Targets that were discovered together.
///
/// @param source names the group within its provider: `/etc/targets.json:0`
/// @param targets the labels of each target alone, `__address__` among them
/// @param labels common to all
public record TargetGroup(String source, List<Labels> targets, Labels labels) {
  public TargetGroup {
    targets = List.copyOf(targets);
  }

  /// Writes string source, varint count, labels of each target, common labels.
  void encode(ByteWriter out) {
    out.string(source).varint(targets.size());
    targets.forEach(out::labels);
    out.labels(labels);
  }

  static TargetGroup decode(ByteReader in) {
    String source = in.string();
    int count = in.count(1);
    List<Labels> targets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      targets.add(in.labels());
    }
    return new TargetGroup(source, targets, in.labels());
  }
}
