/// Notifications as bytes: rendering them, and sending rendered ones.
/// - **Lives here:** template data and functions, default templates, webhook JSON, mails as MIME,
///   HTTP and SMTP senders.
/// - **May not live here:** deciding whether somebody is told. Senders take bytes and make none.
/// - **Threads:** renderers are immutable; each request has a virtual thread of its own.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
/// - **Spec:** alertmanager `template/`, `notify/webhook`, `notify/email`; RFC 5322, 2045, 2047.
@NullMarked
package io.trivigil.alertmanager.notify;

import org.jspecify.annotations.NullMarked;
