/// The alertmanager: from alerts that were received to people who were told.
/// - **Lives here:** in packages of their own, the configuration, routing, the replicated state,
///   the leader's work, notifications, and what the API shows.
/// - **May not live here:** HTTP routes (`web`), evaluation of rules (`rules`), the log itself
///   (`raft`); this module owns a port to it.
/// - **Threads:** see the packages.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; every length of time is a `Duration`.
@NullMarked
package io.trivigil.alertmanager;

import org.jspecify.annotations.NullMarked;
