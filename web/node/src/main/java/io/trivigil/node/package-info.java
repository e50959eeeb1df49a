/// One node: every domain's ports joined to the replicated log.
/// - **Lives here:** the joined state machine, the activation of configuration versions, the start
///   and stop of the leader's work, and the assembly of all of it.
/// - **May not live here:** HTTP, command lines, and decisions: each belongs to its domain.
/// - **Threads:** the log's apply thread changes state; the leader's work runs on threads of its
///   own.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; every length of time is a `Duration`.
@NullMarked
package io.trivigil.node;

import org.jspecify.annotations.NullMarked;
