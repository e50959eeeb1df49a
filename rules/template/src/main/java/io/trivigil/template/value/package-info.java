/// The values of Go's template language, as Java objects, and how Go prints and parses them.
///
/// A value is one of: `null` (Go's nil), `Boolean`, `Long` (int), `Double` (float64), `String`,
/// `List`, `Map` with string keys, a [io.trivigil.template.value.GoFunction] or a
/// [io.trivigil.template.value.GoObject].
/// - **Lives here:** objects with fields and methods, `time.Time`, `time.Duration`, `fmt`,
///   `strconv`, layouts.
/// - **May not live here:** the template language itself, HTML, anything about monitoring.
/// - **Threads:** all values are immutable as seen from here.
/// - **Units:** a duration is nanoseconds, as in Go.
@NullMarked
package io.trivigil.template.value;

import org.jspecify.annotations.NullMarked;
