package io.trivigil.node;

import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.config.version.MemberReport;
import io.trivigil.raft.ReplicatedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Keeps what the cluster knows of this node equal to what this node is. One report travels at a
/// time, so they enter the log in order. Confined to the configuration's thread.
final class SelfReport {
  private final String nodeId;
  private final ConfigMachine machine;
  private final ConfigThread thread;
  private final Supplier<MemberReport> current;
  private final List<Consumer<Boolean>> waiting = new ArrayList<>();
  private boolean travels;

  /// @param current what this node is now
  SelfReport(
      String nodeId, ConfigMachine machine, ConfigThread thread, Supplier<MemberReport> current) {
    this.nodeId = nodeId;
    this.machine = machine;
    this.thread = thread;
    this.current = current;
  }

  /// Tells the cluster how this node is, and again until it knows.
  void tell(ReplicatedLog to) {
    if (travels) {
      return; // it looks again when that one has arrived
    }
    ConfigMachine.View view = machine.view();
    MemberReport report = current.get().at(view.featureLevel());
    if (report.equals(view.reports().get(nodeId))) {
      settle(true);
      return;
    }
    travels = true;
    thread.propose(
        to,
        0,
        view.has(FeatureLevel.TWO)
            ? new ConfigCommand.FullReport(nodeId, report)
            : new ConfigCommand.Report(nodeId, report),
        answer -> {
          travels = false;
          if (answer.orElse(null) instanceof ConfigAnswer.Accepted) {
            tell(to); // it may have changed meanwhile
          } else {
            settle(false);
            thread.later(() -> tell(to));
          }
        });
  }

  /// Goes on when the cluster knows how this node is now, or when the attempt to tell it failed.
  ///
  /// @param then whether it knows
  void tell(ReplicatedLog to, Consumer<Boolean> then) {
    waiting.add(then);
    tell(to);
  }

  private void settle(boolean known) {
    List<Consumer<Boolean>> settled = List.copyOf(waiting);
    waiting.clear();
    settled.forEach(then -> then.accept(known));
  }
}
