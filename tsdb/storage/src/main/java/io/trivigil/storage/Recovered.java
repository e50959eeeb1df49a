package io.trivigil.storage;

import java.util.Map;
import java.util.SortedMap;

/// What a store held when it was opened or installed.
///
/// @param position what of the log it contains; replay begins just behind
/// @param sections the machines' state at that position: by machine, then by section
public record Recovered(
    SnapshotPosition position, Map<String, SortedMap<String, byte[]>> sections) {}
