package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.List;

/// What one generation changed; nothing in it changes any more once it is handed over.
///
/// @param generation its number
/// @param segments the samples, each series once
/// @param created the new series that are still there, in the order of their references
/// @param removed references of older series that left
/// @param removedSlots slots of all series that left, to be recycled when no reader holds them
/// @param lastRef the newest reference at its end
/// @param cutoffMs the cutoff at its end
/// @param samples how many samples the segments hold
public record HeadDelta(
    int generation,
    List<Segment> segments,
    Long2ObjectMap<Labels> created,
    LongList removed,
    IntList removedSlots,
    long lastRef,
    long cutoffMs,
    long samples) {}
