package io.trivigil.node;

import io.trivigil.config.ConfigException;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigDifference;
import io.trivigil.config.version.MemberReport;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// This machine's configuration files: what was read of them for the cluster (at the start, or by a
/// reload), and what they are now. Changed by the configuration's thread alone; read from any.
final class MachineFiles {
  private final ConfigFolder folder;
  private final ConfigBundle.Source source;
  private final ConfigLoader loader;
  private volatile Optional<LoadedConfig> offered = Optional.empty();
  private volatile State now = new State(Optional.empty(), "");
  private State tried = now; // what the last attempt to load found

  /// What the files are.
  ///
  /// @param bundle empty if they can not be read at all
  /// @param problem why they can not be loaded, empty if they can
  record State(Optional<ConfigBundle> bundle, String problem) {
    /// The hash of what is there, empty if it can not be read.
    String hash() {
      return bundle.map(ConfigBundle::hash).orElse("");
    }
  }

  MachineFiles(ConfigFolder folder, ConfigBundle.Source machine, ConfigLoader loader) {
    this.folder = folder;
    this.source = folder.over(machine);
    this.loader = loader;
  }

  /// What was read last to be offered to the cluster.
  Optional<LoadedConfig> offered() {
    return offered;
  }

  State now() {
    return now;
  }

  /// Reads the files, to offer them.
  ///
  /// @param check what must hold of them beside what they say themselves
  /// @throws ConfigException with all problems; the offer is as it was then
  LoadedConfig read(Configs.Check check) throws ConfigException {
    try {
      LoadedConfig read = load();
      check.check(read);
      offered = Optional.of(read);
      now = new State(Optional.of(read.bundle()), "");
      return read;
    } catch (ConfigException e) {
      now = new State(again(), String.valueOf(e.getMessage()));
      throw e;
    } finally {
      tried = now;
    }
  }

  private LoadedConfig load() throws ConfigException {
    return loader.load(source, folder.prometheusFile(), folder.alertmanagerFile());
  }

  /// What the questions that were asked last are answered now: enough to see a change, and much
  /// cheaper than parsing everything.
  private Optional<ConfigBundle> again() {
    try {
      return now.bundle().map(bundle -> bundle.askAgain(source));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /// Looks whether the files are others than at the last look; nothing is offered.
  boolean look() {
    State before = now;
    Optional<ConfigBundle> seen = again();
    if (seen.isPresent() && seen.equals(before.bundle()) && before.problem().isEmpty()) {
      return false;
    }
    try {
      now = new State(Optional.of(load().bundle()), "");
    } catch (ConfigException e) {
      now = new State(seen, String.valueOf(e.getMessage()));
    }
    return !now.equals(before);
  }

  /// Whether the files are others than those that the last attempt to load them found.
  boolean untried() {
    return !now.equals(tried);
  }

  /// The last attempt came to nothing for reasons that do not lie in the files: it is still due.
  void tryAgain() {
    tried = new State(Optional.empty(), "");
  }

  /// What this node says of itself, its clock left out.
  MemberReport report(
      NodeOptions options, Optional<ConfigBundle> active, long startedMs, String problem) {
    State seen = now;
    List<String> drift =
        active.isPresent() && seen.bundle().isPresent()
            ? ConfigDifference.names(active.get(), seen.bundle().get())
            : List.of();
    return new MemberReport(
        seen.hash(),
        options.advertisedUrl(),
        0,
        "",
        options.config().knownLevel(),
        options.config().programVersion(),
        startedMs,
        offered.map(config -> config.bundle().hash()).orElse(""),
        drift,
        problem);
  }
}
