/// JSON as Prometheus and Alertmanager write it, and the little of it that they read.
/// - **Lives here:** a streaming writer with Go's escapes and number forms; a reader of small
///   bodies.
/// - **May not live here:** what any answer means.
/// - **Threads:** a writer or reader belongs to one thread; a [io.trivigil.web.json.JsonValue] is
///   immutable.
/// - **Spec:** RFC 8259; Go's `encoding/json` for escapes; `jsonutil` of Prometheus for samples.
@NullMarked
package io.trivigil.web.json;

import org.jspecify.annotations.NullMarked;
