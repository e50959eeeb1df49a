/// PromQL: the language and its evaluator, over a small port to whatever holds the samples.
/// - **Lives here:** lexer, parser, formatter, planner, column evaluator, functions, the [Querier]
///   port.
/// - **May not live here:** storage, HTTP, JSON.
/// - **Threads:** an expression is immutable; one evaluation belongs to the thread that runs it.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; a length of time is a `Duration` or `…Ms`.
/// - **Spec:** Prometheus 3.x.
@NullMarked
package io.trivigil.promql;

import org.jspecify.annotations.NullMarked;
