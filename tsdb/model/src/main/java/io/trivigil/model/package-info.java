/// The shared vocabulary: labels, matchers, samples, durations, regular expressions, number
/// formats.
/// - **Lives here:** small immutable types that every domain speaks of, and their text forms.
/// - **May not live here:** anything that reads a clock, a file or the network; any domain's rules.
/// - **Threads:** values are immutable and may be shared; buffers and builders belong to one
///   thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; a length of time is a `Duration` or `…Ms`.
/// - **Spec:** the Prometheus data model; RE2 syntax.
@NullMarked
package io.trivigil.model;

import org.jspecify.annotations.NullMarked;
