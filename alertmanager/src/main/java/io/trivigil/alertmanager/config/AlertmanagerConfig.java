package io.trivigil.alertmanager.config;

import io.trivigil.alertmanager.interval.TimeInterval;
import io.trivigil.alertmanager.route.InhibitRule;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.config.ConfigException;
import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `alertmanager.yml` says. Immutable.
///
/// @param original the file's text, with secrets
/// @param redacted the file's text with its secrets replaced by `<secret>`, as the API shows it
/// @param resolveTimeout after which an alert of unknown end counts as over
/// @param templates globs of template files, as written
/// @param route the root of the routing tree
/// @param receivers by name, in the order of the file
/// @param inhibitRules in the order of the file
/// @param timeIntervals by name
/// @param warnings what loads all the same, but should be seen
public record AlertmanagerConfig(
    String original,
    String redacted,
    Duration resolveTimeout,
    List<String> templates,
    Route route,
    Map<String, Receiver> receivers,
    List<InhibitRule> inhibitRules,
    Map<String, List<TimeInterval>> timeIntervals,
    List<Problem> warnings) {

  public AlertmanagerConfig {
    templates = List.copyOf(templates);
    receivers = Collections.unmodifiableMap(new LinkedHashMap<>(receivers));
    inhibitRules = List.copyOf(inhibitRules);
    timeIntervals = Collections.unmodifiableMap(new LinkedHashMap<>(timeIntervals));
    warnings = List.copyOf(warnings);
  }

  /// Reads the file's text.
  ///
  /// @param file the file's name, for messages
  /// @param folder where relative paths begin
  /// @throws ConfigException with everything that is wrong
  public static AlertmanagerConfig parse(String file, String text, Path folder)
      throws ConfigException {
    return ConfigReader.read(file, text, folder, new Problems());
  }

  /// The receiver of that name; routes name only those that exist.
  public Receiver receiver(String name) {
    Receiver receiver = receivers.get(name);
    if (receiver == null) {
      throw new IllegalArgumentException("no such receiver: " + name);
    }
    return receiver;
  }
}
