package io.trivigil.dashboards.page;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The places of the site. Paths are relative to the route prefix and begin without a slash.
public enum Place {
  OVERVIEW("", "overview", 5),
  QUERY("query", "query", 10),
  ALERTS("alerts", "alerts", 5),
  SILENCES("silences", "silences", 10),
  SILENCE_FORM("silences/new", "silences", 0),
  TARGETS("targets", "targets", 10),
  RULES("rules", "rules", 10),
  CLUSTER("cluster", "cluster", 10),
  VIGIL("vigil", "vigil", 30),
  STATUS("status", "status", 30),
  ERROR("error", "", 0);

  /// Addresses of Prometheus's own pages that old links and habits use, and where each went.
  private static final Map<String, Place> MOVED =
      Map.of(
          "graph", QUERY,
          "classic/graph", QUERY,
          "flags", STATUS,
          "config", STATUS,
          "tsdb-status", STATUS,
          "service-discovery", TARGETS,
          "alertmanager-discovery", STATUS);

  private final String path;
  private final String section;
  private final int refreshSeconds;

  Place(String path, String section, int refreshSeconds) {
    this.path = path;
    this.section = section;
    this.refreshSeconds = refreshSeconds;
  }

  /// Returns the path below the route prefix, without a slash at its beginning.
  public String path() {
    return path;
  }

  /// Returns the entry of the navigation that is lit on this page; empty for none.
  public String section() {
    return section;
  }

  /// Returns how often the browser asks again, in seconds; 0 means never.
  public int refreshSeconds() {
    return refreshSeconds;
  }

  /// Returns the template's name, which is also the key of the title's text.
  public String template() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns what leads from this page back to the prefix: `./`, or `../` once per level.
  public String root() {
    long levels = path.chars().filter(c -> c == '/').count();
    return levels == 0 ? "./" : "../".repeat((int) levels);
  }

  /// Returns the places that the navigation lists, in its order.
  public static List<Place> navigation() {
    return Arrays.stream(values()).filter(p -> p.path.equals(p.section) || p == OVERVIEW).toList();
  }

  /// Returns where a page of Prometheus's user interface is found here.
  public static Optional<Place> moved(String path) {
    return Optional.ofNullable(MOVED.get(path));
  }

  /// Returns the old paths that [#moved] knows, sorted.
  public static List<String> movedPaths() {
    return MOVED.keySet().stream().sorted().toList();
  }
}
