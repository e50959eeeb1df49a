package io.trivigil.promql.eval;

import io.trivigil.promql.Features;

/// What an evaluation takes as given.
///
/// @param lookbackMs how old the newest sample may be for an instant selector, exclusive
/// @param subqueryStepMs the step of a subquery without one
public record EvalOptions(long lookbackMs, long subqueryStepMs, Features features) {}
