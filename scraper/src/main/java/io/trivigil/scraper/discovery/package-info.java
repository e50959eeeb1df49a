/// From configuration and discovered groups to targets, and the leader's work of discovering.
/// - **Lives here:** what a target is, how one is derived by relabelling, the readers of discovery
///   files, and the threads that refresh them on the leader.
/// - **May not live here:** scraping, and the replicated state itself (`state`).
/// - **Threads:** derivation is pure and cached behind a lock; one virtual thread per provider.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.scraper.discovery;

import org.jspecify.annotations.NullMarked;
