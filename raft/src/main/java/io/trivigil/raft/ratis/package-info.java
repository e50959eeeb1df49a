/// The replicated log over Apache Ratis and gRPC. The only place that knows Ratis.
/// - **Lives here:** the Ratis server and its settings, the adapter between Ratis' state machine
///   and ours, snapshots and purge, a node's identity, how a cluster is founded and joined.
/// - **May not live here:** what a command means. No Ratis type is public outside this package.
/// - **Threads:** `raft-apply` drives the state machine, `raft-snapshot` writes snapshots,
///   `raft-start` founds or joins, `raft-member` looks after membership; all named after the node.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; every length of time is a `Duration`;
///   `…Nanos` are readings of the monotonic ticker.
@NullMarked
package io.trivigil.raft.ratis;

import org.jspecify.annotations.NullMarked;
