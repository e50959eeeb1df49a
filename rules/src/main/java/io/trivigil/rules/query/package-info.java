/// What rules ask of PromQL: a small port, and a view that shows a run its own earlier results.
/// - **Lives here:** the [Expressions] port, [OverlayQuerier].
/// - **May not live here:** the language itself.
/// - **Threads:** an overlay belongs to one run; expressions may be used from any thread.
@NullMarked
package io.trivigil.rules.query;

import org.jspecify.annotations.NullMarked;
