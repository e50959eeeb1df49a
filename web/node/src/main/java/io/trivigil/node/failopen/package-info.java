/// What a node does on its own while there is no quorum, and how that enters the log afterwards.
/// - **Lives here:** the pure [FailOpenCore] that decides, the [LocalState] that stands in for the
///   replicated machines meanwhile, the [LocalBuffer] of samples, the [LocalWork] of loops over
///   them, the [Merge] of all that when a leader is heard again, in few commands ([SlotLanes],
///   [TakenAlone]), and the replicated [FailOpenMachine] in which each node says that it has
///   merged.
/// - **May not live here:** consensus, HTTP, what alerts and samples mean: the domains' own
///   machines and loops are used as they are, over a local log.
/// - **Threads:** [FailOpen] has one thread; loops have their own; [LocalState] and [LocalBuffer]
///   are guarded by private locks.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, but for the ages in [QuorumView] and
///   [FailOpenCore], which are lengths of time on the node's monotonic clock.
@NullMarked
package io.trivigil.node.failopen;

import org.jspecify.annotations.NullMarked;
