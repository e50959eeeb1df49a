package io.trivigil.storage.head;

/// What a reader may see: everything up to one applied entry. Immutable.
///
/// @param appliedIndex the entry's index in the log
/// @param logTimeMs the entry's log time
/// @param limit above the moment of its newest sample
/// @param lastRef the newest series
/// @param cutoffMs samples below are not there any more
/// @param tombstones samples in these ranges are not there any more either
public record HeadView(
    long appliedIndex,
    long logTimeMs,
    long limit,
    long lastRef,
    long cutoffMs,
    Tombstones tombstones) {}
