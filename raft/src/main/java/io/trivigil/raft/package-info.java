/// The replicated log, as bytes: propose, apply in order, snapshot, restore, leadership.
/// - **Lives here:** the port of the log, group commit, Ratis behind it, and a simulated log.
/// - **May not live here:** anything that knows what a command means.
/// - **Threads:** one apply thread per node; proposals come from any thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; every length of time is a `Duration`.
@NullMarked
package io.trivigil.raft;

import org.jspecify.annotations.NullMarked;
