package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.StateView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Everything that the dispatcher touches of the world.
///
/// @param node this node's id
/// @param settings limits
/// @param state the replicated state as this node has applied it
/// @param setup the current configuration
/// @param log where commands are proposed
/// @param sender sends rendered bytes
/// @param clock wall time
/// @param nanos elapsed time
/// @param ids the id of a new attempt, unique in the cluster
/// @param timer runs something later
/// @param metrics what is counted
record DispatchPorts(
    String node,
    DispatchSettings settings,
    Supplier<StateView> state,
    Supplier<Setup> setup,
    CommandLog log,
    Sender sender,
    InstantSource clock,
    LongSupplier nanos,
    Function<Action.Need, String> ids,
    Timer timer,
    DispatchMetrics metrics) {

  /// Runs something later, on a thread of its own choice.
  interface Timer {
    void after(Duration delay, Runnable task);
  }
}
