package io.trivigil.rules.eval;

import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand;

/// Where the leader of one term proposes. Calls from several threads are welcome.
public interface CommandLog {
  /// Proposes and waits until the command is applied on this node, or can not be any more.
  Outcome propose(RulesCommand command) throws InterruptedException;

  /// What became of a proposal.
  sealed interface Outcome {
    /// It was applied, and this is what the machine said.
    record Applied(RulesAnswer answer) implements Outcome {}

    /// It was not committed as far as we know: no leader, another term, no quorum in time.
    record Lost(String reason) implements Outcome {}
  }
}
