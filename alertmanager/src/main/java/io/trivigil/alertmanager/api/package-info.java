/// What `/api/v2` shows and takes, without HTTP and JSON.
/// - **Lives here:** views of alerts, groups, silences, receivers and history; checking what was
///   posted, and the commands that it becomes.
/// - **May not live here:** HTTP, JSON, proposing.
/// - **Threads:** all functions are pure; views are immutable.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
/// - **Spec:** alertmanager `api/v2/openapi.yaml`.
@NullMarked
package io.trivigil.alertmanager.api;

import org.jspecify.annotations.NullMarked;
