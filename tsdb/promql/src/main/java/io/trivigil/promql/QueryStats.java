package io.trivigil.promql;

/// What a query cost.
///
/// @param samplesRead samples that came from the store
/// @param peakSamples the most samples held at one time
/// @param peakBytes the most memory held at one time, as far as it is counted
/// @param elapsedNanos from the context's birth to the result
public record QueryStats(long samplesRead, long peakSamples, long peakBytes, long elapsedNanos) {}
