package io.trivigil.scraper.exposition;

import io.trivigil.scraper.config.ScrapeProtocol;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The two families of text formats.
public enum ExpositionFormat {
  TEXT,
  OPEN_METRICS;

  /// The format of an answer.
  ///
  /// @param contentType the header, empty if absent
  /// @throws IllegalArgumentException in Prometheus's words where it is not one that we read
  public static ExpositionFormat of(String contentType, Optional<ScrapeProtocol> fallback) {
    String[] parts = contentType.split(";");
    String media = parts[0].strip().toLowerCase(Locale.ROOT);
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        parameters.put(
            parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
            parts[i].substring(equals + 1).strip());
      }
    }
    if (media.equals("application/openmetrics-text")) {
      return OPEN_METRICS;
    }
    String version = parameters.getOrDefault("version", "0.0.4");
    if (media.equals("text/plain") && (version.equals("0.0.4") || version.equals("1.0.0"))) {
      return TEXT;
    }
    if (media.equals("application/vnd.google.protobuf")) {
      throw new IllegalArgumentException(
          "received Content-Type \"%s\", which is not supported yet".formatted(contentType));
    }
    if (fallback.isEmpty()) {
      throw new IllegalArgumentException(
          contentType.isBlank()
              ? "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"
              : "received unsupported Content-Type \"%s\" and no fallback_scrape_protocol specified for target"
                  .formatted(contentType));
    }
    return switch (fallback.get()) {
      case OPEN_METRICS_0_0_1, OPEN_METRICS_1_0_0 -> OPEN_METRICS;
      case TEXT_0_0_4, TEXT_1_0_0 -> TEXT;
      case PROTOBUF -> throw new IllegalArgumentException("PrometheusProto is not supported yet");
    };
  }
}
