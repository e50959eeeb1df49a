package io.trivigil.promql;

import java.util.Optional;

/// What a query cost.
///
/// @param samplesRead samples that came from the store
/// @param peakSamples the most samples held at one time
/// @param peakBytes the most memory held at one time, as far as it is counted
/// @param elapsedNanos from the context's birth to the result
/// @param steps what was looked at for each step, where that was counted
public record QueryStats(
    long samplesRead,
    long peakSamples,
    long peakBytes,
    long elapsedNanos,
    Optional<StepSamples> steps) {}
