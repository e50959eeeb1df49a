/// A drill: does to a running cluster what may happen to it any night, and measures what was kept.
/// - **Lives here:** the plan, the doing, the measuring, the report's files.
/// - **May not live here:** anything of a node; a drill sees the cluster from outside, over HTTP.
/// - **Threads:** one thread does the steps, one writes probes; what they share is thread-safe.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, or a length where the name says so.
@NullMarked
package io.trivigil.web.drill;

import org.jspecify.annotations.NullMarked;
