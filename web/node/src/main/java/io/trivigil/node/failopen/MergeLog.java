package io.trivigil.node.failopen;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The log as merging needs it: this package's port. Callable from any thread.
@FunctionalInterface
public interface MergeLog {
  /// Whose command it is.
  enum Kind {
    /// A [TakenAlone].
    SCRAPES,
    RULES,
    ALERTMANAGER,
    FAIL_OPEN
  }

  /// Why a scrape that was taken alone does not enter the log.
  enum Left {
    /// The buffer was full, and it was among the oldest.
    DROPPED("dropped"),
    /// Most targets had vanished together with the quorum, or it was not known yet.
    UNTRUSTED("untrusted"),
    /// The log has it, or a later one of the target.
    IN_LOG("in_log"),
    /// With the labels of its series it is larger than a command may be.
    TOO_LARGE("too_large"),
    /// The log did not take the command: not every member knows of failing open.
    REFUSED("refused");

    private final String label;

    Left(String label) {
      this.label = label;
    }

    /// Its name in metrics.
    public String label() {
      return label;
    }
  }

  /// Proposes from any node. The future never fails; it is empty where the command is not known to
  /// be applied, so that it has to be proposed again.
  CompletableFuture<Optional<byte[]>> propose(Kind kind, byte[] command);

  /// Hears of each scrape that is left out while merging. Must return at once.
  ///
  /// @param target the target's key
  default void leftOut(String target, long slotMs, Left why) {}
}
