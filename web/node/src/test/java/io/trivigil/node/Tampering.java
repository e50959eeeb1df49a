package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.node.failopen.FailOpenParts;
import io.trivigil.raft.Entry;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine.Position;
import java.time.InstantSource;

/// Where a simulated node may be made wrong on purpose. Each method gives the honest part, or
/// another in its place.
interface Tampering {
  /// Nothing is wrong.
  Tampering NONE = new Tampering() {};

  /// The node's end of the log.
  default ReplicatedLog log(ReplicatedLog log) {
    return log;
  }

  /// An entry as the machine gets it; what is expected of it is judged by the real one.
  default Entry entry(NodeMachine node, Entry entry) {
    return entry;
  }

  /// What the machine says that it recovered.
  default Position recovered(Position position) {
    return position;
  }

  /// The state that notifications are decided on.
  default StateView state(long term, StateView state) {
    return state;
  }

  /// The log that notifications are proposed to.
  default CommandLog notifications(CommandLog log, Sender sender) {
    return log;
  }

  /// The clock that notifications are timed by.
  default InstantSource clock(InstantSource clock) {
    return clock;
  }

  /// What failing open takes from the node.
  default FailOpenParts failOpen(FailOpenParts parts) {
    return parts;
  }
}
