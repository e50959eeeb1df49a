package io.trivigil.scraper.relabel;

import io.trivigil.model.Names;

/// Which names are valid.
public enum NameScheme {
  /// Any UTF-8 text that is not empty.
  UTF8,
  /// Letters, digits, underscores (and colons in metric names).
  LEGACY;

  /// Parses `utf8` or `legacy`.
  ///
  /// @throws IllegalArgumentException in Prometheus's words
  public static NameScheme parse(String text) {
    return switch (text) {
      case "utf8" -> UTF8;
      case "legacy" -> LEGACY;
      default ->
          throw new IllegalArgumentException("unrecognized ValidationScheme: " + Names.quote(text));
    };
  }

  public boolean isLabelName(String name) {
    return this == UTF8 ? Names.isUtf8Name(name) : Names.isClassicLabelName(name);
  }

  public boolean isMetricName(String name) {
    return this == UTF8 ? Names.isUtf8Name(name) : Names.isClassicMetricName(name);
  }
}
