/// The replicated state of the alertmanager: alerts, silences, notification log, attempts, history.
/// - **Lives here:** the deterministic machine, its commands and answers, and their bytes.
/// - **May not live here:** clocks, regular expressions, templates, routes, time zones: what those
///   decide comes in with a command.
/// - **Threads:** one thread applies; any thread may take an immutable [StateView].
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.alertmanager.state;

import org.jspecify.annotations.NullMarked;
