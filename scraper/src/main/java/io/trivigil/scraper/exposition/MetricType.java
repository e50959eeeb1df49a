package io.trivigil.scraper.exposition;

import java.util.Locale;
import java.util.Optional;

/// What a metric family is.
public enum MetricType {
  UNKNOWN,
  COUNTER,
  GAUGE,
  HISTOGRAM,
  GAUGEHISTOGRAM,
  SUMMARY,
  INFO,
  STATESET;

  /// As it is written in a TYPE line.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<MetricType> parse(String text) {
    if (text.equals("untyped")) {
      return Optional.of(UNKNOWN);
    }
    for (MetricType type : values()) {
      if (type.text().equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
