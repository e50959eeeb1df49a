package io.trivigil.scraper.loop;

import io.trivigil.model.Exemplar;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The log as the leader's work needs it.
@FunctionalInterface
public interface CommandLog {
  /// Proposes a command if this node leads in `term`. The future never completes exceptionally.
  CompletableFuture<Proposed> propose(long term, byte[] command);

  /// Proposes the exemplars of a scrape that was committed. They may be lost.
  default void exemplars(long term, List<Exemplar> found) {}

  /// What became of a proposal.
  sealed interface Proposed {
    /// Committed and applied here, with this answer.
    record Applied(byte[] answer) implements Proposed {}

    /// This node does not lead in that term (any more): the work is over.
    record Deposed(String reason) implements Proposed {}

    /// Certainly not in the log: too much is in flight, or the command is too large.
    record Rejected(String reason) implements Proposed {}

    /// Perhaps in the log: it may be proposed again, since every command is conditional.
    record Unknown(String reason) implements Proposed {}
  }
}
