package io.trivigil.dashboards.page;

import java.util.List;

/// One line above a page that says what an operator should know now.
///
/// @param level `info`, `warn` or `bad`
/// @param key names the text `notice.<key>`
/// @param arguments fill `{0}`, `{1}`… of the text
public record Notice(String level, String key, List<String> arguments) {

  /// All keys that the factories below use; a test holds the texts to them.
  public static final List<String> KEYS =
      List.of("external-alertmanagers", "config-failed", "drift", "clock-skew", "disk-full");

  public Notice {
    arguments = List.copyOf(arguments);
  }

  public boolean info() {
    return level.equals("info");
  }

  /// The configuration names other alertmanagers, which are listed but not sent to.
  public static Notice externalAlertmanagers(List<String> addresses) {
    return new Notice("info", "external-alertmanagers", List.of(String.join(", ", addresses)));
  }

  /// The last configuration that was offered was refused; the one before it runs on.
  public static Notice configFailed(String problem) {
    return new Notice("bad", "config-failed", List.of(problem));
  }

  /// Files on these nodes differ from the configuration that runs.
  public static Notice drift(List<String> nodes) {
    return new Notice("warn", "drift", List.of(String.join(", ", nodes)));
  }

  public static Notice clockSkew(String node, long skewMs) {
    return new Notice("warn", "clock-skew", List.of(node, Long.toString(skewMs)));
  }

  /// Samples are refused because the reserve of free disk space is reached.
  public static Notice diskFull(String node) {
    return new Notice("bad", "disk-full", List.of(node));
  }
}
