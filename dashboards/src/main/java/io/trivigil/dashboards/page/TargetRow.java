package io.trivigil.dashboards.page;

import io.trivigil.model.Labels;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// One scrape target and how its last scrape went.
///
/// @param lastScrapeMs when it was last scraped; 0 means never
public record TargetRow(
    String pool,
    String url,
    Health health,
    Labels labels,
    Labels discoveredLabels,
    String lastError,
    long lastScrapeMs,
    Duration lastDuration,
    Duration interval,
    Duration timeout) {

  /// How the last scrape ended.
  public enum Health {
    UP,
    DOWN,
    UNKNOWN;

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public String state() {
    return health.wire();
  }

  public boolean scraped() {
    return lastScrapeMs > 0;
  }

  public String name() {
    return labels.has("instance") ? labels.get("instance") : url;
  }

  /// Returns the address that is scraped, if it is one of the web.
  public String href() {
    return url.startsWith("http://") || url.startsWith("https://") ? url : "";
  }

  public Labels otherLabels() {
    return labels.drop(List.of("instance", "job"));
  }

  /// Returns whether the last scrape took more than half of its timeout.
  public boolean slow() {
    return !timeout.isZero() && lastDuration.multipliedBy(2).compareTo(timeout) > 0;
  }

  /// Returns an expression for what the target said of itself lately.
  public String query() {
    return "up{job=\"%s\",instance=\"%s\"}"
        .formatted(quoted(labels.get("job")), quoted(labels.get("instance")));
  }

  private static String quoted(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  String searchText() {
    return pool + " " + url + " " + labels + " " + lastError;
  }
}
