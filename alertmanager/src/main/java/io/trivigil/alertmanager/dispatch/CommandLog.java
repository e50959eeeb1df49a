package io.trivigil.alertmanager.dispatch;

import java.util.concurrent.CompletableFuture;

/// The log to which this module proposes: its port. `web` joins it to the replicated log.
public interface CommandLog {
  /// Proposes from any node, in any term.
  CompletableFuture<Fate> propose(byte[] command);

  /// Proposes only while this node leads in `term`.
  CompletableFuture<Fate> proposeAsLeader(long term, byte[] command);

  /// What became of a proposal. The futures never fail.
  sealed interface Fate {
    /// Committed, and applied on this node with this answer.
    record Applied(byte[] answer) implements Fate {}

    /// Certainly not in the log.
    record NotTaken(String reason) implements Fate {}

    /// Perhaps in the log, now or later.
    record Unknown(String reason) implements Fate {}
  }
}
