package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.CommandCodec;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the outcome of one try into the log, also after this node was deposed: that a
/// notification was delivered is what keeps a successor from sending it again.
///
/// Confined to one callback at a time.
final class OutcomeReport {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeReport.class);
  private static final int MAX_TRIES = 60;
  private static final Duration WAIT = Duration.ofMillis(500);

  private final DispatchPorts ports;
  private final AttemptFinished command;
  private final byte[] bytes;
  private int tries;

  OutcomeReport(DispatchPorts ports, AttemptFinished command) {
    this.ports = ports;
    this.command = command;
    this.bytes = CommandCodec.encode(command);
  }

  void tell() {
    tries++;
    var _ = ports.log().propose(bytes).whenComplete((fate, _) -> heard(fate));
  }

  private void heard(CommandLog.Fate fate) {
    if (fate instanceof CommandLog.Fate.Applied) {
      return;
    }
    // Idempotent, so that proposing it once more does no harm.
    if (tries < MAX_TRIES && ports.state().get().attempts().containsKey(command.id())) {
      ports.timer().after(WAIT, this::tell);
    } else if (tries >= MAX_TRIES) {
      LOG.error(
          "outcome could not be committed id={} outcome={} tries={}",
          command.id(),
          command.outcome(),
          tries);
    }
  }
}
