/// The time-series store of one node: appends in log order, answers queries at a fixed entry, keeps
/// the machines' state and the samples together, and recovers both to one position.
/// - **Lives here:** [io.trivigil.storage.Storage] and what its callers hold; how head, pages and
///   index play together; snapshots, recovery, retention, merging.
/// - **May not live here:** the log itself, PromQL, HTTP, files of any machine.
/// - **Threads:** one thread applies (`beginEntry` to `endEntry`, `capture`); one thread at a time
///   writes a capture; queries come from any thread; maintenance runs on the executor it was given.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; a length of time is a `Duration`.
@NullMarked
package io.trivigil.storage;

import org.jspecify.annotations.NullMarked;
