package io.trivigil.node.failopen;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The log as merging needs it: this package's port. Callable from any thread.
@FunctionalInterface
public interface MergeLog {
  /// Whose command it is.
  enum Kind {
    SCRAPE,
    RULES,
    ALERTMANAGER,
    FAIL_OPEN
  }

  /// Proposes from any node. The future never fails; it is empty where the command is not known to
  /// be applied, so that it has to be proposed again.
  CompletableFuture<Optional<byte[]>> propose(Kind kind, byte[] command);
}
