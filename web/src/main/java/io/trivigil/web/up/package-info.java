/// A local cluster: one process per node, watched and restarted.
/// - **Lives here:** the supervisor behind `trivigil up`, and the default configuration's ports.
/// - **May not live here:** anything of a node itself: each is a `trivigil server`.
/// - **Threads:** one thread watches each node; a private lock guards the processes.
/// - **Units:** a length of time is a `Duration`.
@NullMarked
package io.trivigil.web.up;

import org.jspecify.annotations.NullMarked;
