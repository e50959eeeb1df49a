/// The leader's work: deciding who is told what and when, and having it done.
/// - **Lives here:** the pure [Decider], what suppresses alerts, and the [Dispatcher] around it
///   with its ports (a log to propose to, a sender).
/// - **May not live here:** HTTP, SMTP, templates; changes of state other than by proposing.
/// - **Threads:** a [Dispatcher] has one thread while it leads; senders answer from any thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.alertmanager.dispatch;

import org.jspecify.annotations.NullMarked;
