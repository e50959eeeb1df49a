/// Runs promqltest scripts: loads series into memory, evaluates, compares.
/// - **Lives here:** the series notation, the script language, an in-memory [Querier].
/// - **May not live here:** rule unit tests (they use the notation), JUnit.
/// - **Threads:** a script runs on one thread.
/// - **Units:** `…Ms` is epoch milliseconds.
@NullMarked
package io.trivigil.promql.script;

import org.jspecify.annotations.NullMarked;
