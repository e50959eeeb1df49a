/// A hostile replicated log in one thread, behind the same port as the real one: one seed, one
/// simulated clock, no Ratis, no network, no sleeping.
/// - **Lives here:** the model of consensus, the nodes, the planned faults, the scheduler that
///   tests may put their own timers on.
/// - **May not live here:** what a command means; anything the production code needs.
/// - **Threads:** none of its own. Everything, callbacks included, runs on the thread that steps.
/// - **Units:** a `long …Ms` is simulated epoch milliseconds; every length of time is a `Duration`.
@NullMarked
package io.trivigil.raft.sim;

import org.jspecify.annotations.NullMarked;
