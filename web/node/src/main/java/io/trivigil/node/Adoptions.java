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

  private final Sealer sealer;
  private final ConfigThread thread;

  Adoptions(Sealer sealer, ConfigThread thread) {
    this.sealer = sealer;
    this.thread = thread;
  }

  /// The answer that the version in force stands for, if it has these very files.
  static Optional<ConfigAnswer> inForce(ConfigMachine.View view, ConfigBundle bundle) {
    return view.newest()
        .filter(newest -> newest.hash().equals(bundle.hash()))
        .map(newest -> new ConfigAnswer.Accepted(newest.number()));
  }

  /// The command that makes `bundle` the version after the one in force in `view`; refused if there
  /// is a later one by then.
  ConfigCommand.Adopt command(ConfigMachine.View view, ConfigBundle bundle, String author) {
    return new ConfigCommand.Adopt(
        view.number(), author, bundle.hash(), sealer.seal(bundle.encode()));
  }

  /// Proposes it, and goes on with `then`: refused if it is too large, empty if the outcome is not
  /// known.
  ///
  /// @param term in which this node must lead; 0 if any node may propose it
  /// @param view by which this was decided
  void propose(
      ReplicatedLog to,
      long term,
      ConfigMachine.View view,
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
    thread.propose(to, term, command(view, bundle, author), then);
  }
}
