/// Rules: files, evaluation of groups on the leader, and the replicated state of alerts.
///
/// A sample becomes an alert like this: `eval` runs a group at its slot and decides, `run` records
/// the decision on every node, `view` shows it.
/// - **Lives here:** see the sub-packages `query`, `text`, `file`, `alert`, `run`, `eval`, `view`,
///   `unit`.
/// - **May not live here:** PromQL itself, storage, HTTP, notifications.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, or a length in milliseconds where the name
///   says so.
@NullMarked
package io.trivigil.rules;

import org.jspecify.annotations.NullMarked;
