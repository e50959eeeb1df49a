/// The column evaluator: every node of an expression becomes a block of series × steps.
/// - **Lives here:** selectors, range and instant functions, operators, vector matching,
///   aggregation, annotations.
/// - **May not live here:** parsing, storage, the form of answers.
/// - **Threads:** one evaluation belongs to the thread that runs it.
/// - **Units:** `…Ms` is epoch milliseconds; a cell that holds no value is [Cell#ABSENT].
/// - **Spec:** Prometheus 3.x, `promql/engine.go` and `promql/functions.go`.
@NullMarked
package io.trivigil.promql.eval;

import org.jspecify.annotations.NullMarked;
