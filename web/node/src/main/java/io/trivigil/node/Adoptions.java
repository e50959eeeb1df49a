package io.trivigil.node;

import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.Sealer;
import io.trivigil.raft.ReplicatedLog;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proposes files as the next version of the configuration. Confined to the configuration's thread.
final class Adoptions {
  private static final Logger LOG = LoggerFactory.getLogger(Adoptions.class);

  /// The most bytes of files that are replicated.
  static final int MAX_BUNDLE_BYTES = 3 << 20;

  private final ConfigMachine machine;
  private final Sealer sealer;
  private final ConfigThread thread;

  Adoptions(ConfigMachine machine, Sealer sealer, ConfigThread thread) {
    this.machine = machine;
    this.sealer = sealer;
    this.thread = thread;
  }

  /// The answer that the version in force stands for, if it has these very files.
  Optional<ConfigAnswer> inForce(ConfigBundle bundle) {
    return machine
        .view()
        .newest()
        .filter(newest -> newest.hash().equals(bundle.hash()))
        .map(newest -> new ConfigAnswer.Accepted(newest.number()));
  }

  /// The command that makes `bundle` the version after the one that is in force now.
  ConfigCommand.Adopt command(ConfigBundle bundle, String author) {
    return new ConfigCommand.Adopt(
        machine.view().number(), author, bundle.hash(), sealer.seal(bundle.encode()));
  }

  /// Proposes it, and goes on with `then`: refused if it is too large, empty if the outcome is not
  /// known.
  ///
  /// @param term in which this node must lead; 0 if any node may propose it
  void propose(
      ReplicatedLog to,
      long term,
      ConfigBundle bundle,
      String author,
      Consumer<Optional<ConfigAnswer>> then) {
    if (bundle.sizeBytes() > MAX_BUNDLE_BYTES) {
      LOG.error(
          "configuration is too large to be replicated bytes={} limit={}",
          bundle.sizeBytes(),
          MAX_BUNDLE_BYTES);
      then.accept(
          Optional.of(
              new ConfigAnswer.Refused(
                  "configuration is larger than %d bytes".formatted(MAX_BUNDLE_BYTES))));
      return;
    }
    thread.propose(to, term, command(bundle, author), then);
  }
}
