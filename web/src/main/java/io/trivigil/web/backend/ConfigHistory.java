package io.trivigil.web.backend;

import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigDifference;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.ConfigVersion;
import io.trivigil.node.Configs;
import io.trivigil.node.Node;
import io.trivigil.web.backend.Backend.Decided;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/// The configuration's versions as HTTP shows them: secrets are replaced. Thread-safe.
public final class ConfigHistory {
  /// Stands for this node's own files in [#difference].
  public static final String DISK = "disk";

  private final Node node;

  ConfigHistory(Node node) {
    this.node = node;
  }

  /// What is replicated: settings, versions, members' reports, events.
  public ConfigMachine.View view() {
    return node.machine().config().view();
  }

  /// Members and versions as this node knows them.
  public Configs.Status status() {
    return node.configs().status();
  }

  /// Why this node can not use the version in force, empty if it can.
  public String unusable() {
    return node.configs().unusable();
  }

  /// The files of a version by name.
  ///
  /// @throws IllegalArgumentException if the version is not kept, or can not be opened here
  public SortedMap<String, String> files(String version) {
    return ConfigDifference.shown(bundle(version));
  }

  /// What changed from one version to another; [#DISK] is this node's files.
  ///
  /// @throws IllegalArgumentException if a version is not kept, or can not be opened here
  public ConfigDifference difference(String from, String to) {
    return ConfigDifference.between(bundle(from), bundle(to));
  }

  private ConfigBundle bundle(String version) {
    if (version.equals(DISK)) {
      return node.configs()
          .localFiles()
          .orElseThrow(() -> new IllegalArgumentException("this node's files can not be read"));
    }
    Optional<ConfigVersion> found;
    try {
      found = view().version(Long.parseLong(version));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a version is a number, or %s; not \"%s\"".formatted(DISK, version), e);
    }
    return node.configs()
        .open(
            found.orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "configuration version %s is not kept; kept are %s"
                            .formatted(
                                version,
                                view().versions().stream().map(ConfigVersion::number).toList()))));
  }

  /// Proposes a version with the content of an older one.
  public CompletableFuture<Decided> rollBack(long number, String author) {
    return node.configs().rollBack(number, author).thenApply(ConfigHistory::decided);
  }

  static Decided decided(Configs.Reload reload) {
    return switch (reload) {
      case Configs.Reload.Done(long number, boolean changed) ->
          new Decided.Accepted(changed ? "version " + number : "unchanged");
      case Configs.Reload.Invalid(String problems) -> new Decided.Refused(problems);
      case Configs.Reload.Unavailable(String reason) -> new Decided.Unavailable(reason);
    };
  }
}
