package io.trivigil.storage;

/// The newest sample of a series.
///
/// @param timestampMs its time
/// @param bits its value's raw bits (a stale marker is a NaN that only bits can tell); of a
///   histogram a NaN of our own, which says nothing but whether the same was sent again
public record LastSample(long timestampMs, long bits) {}
