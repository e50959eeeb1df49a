package io.trivigil.storage.head;

/// A series that is retired, as it would come back.
///
/// @param ref its reference
/// @param slot where it still stands, [Head#NO_SLOT] if it is in pages alone
/// @param lastMs the time of its last sample
/// @param lastBits what that sample is known by
public record Sleeping(long ref, int slot, long lastMs, long lastBits) {}
