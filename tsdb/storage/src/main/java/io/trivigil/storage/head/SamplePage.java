package io.trivigil.storage.head;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A run of entries of the [SampleLog] in one piece of memory, beside the Java heap or on it.
///
/// ```
/// narrow, 16 bytes: u64 (timestamp − base, 32 bits signed | link) | u64 bits of the value
/// wide,   24 bytes: u64 timestamp | u64 bits of the value | u64 link
/// ```
///
/// Nearly all pages are narrow; a wide one takes what is 25 days or more away from its neighbours.
/// One writer; a reader looks only at entries that were published to it before.
final class SamplePage {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final long NARROW = 16;
  private static final long WIDE = 24;
  private static final long LINK_MASK = 0xFFFF_FFFFL;

  private final MemorySegment memory;
  private final @Nullable Arena arena; // null: on the heap
  private final long baseMs;
  private final boolean wide;

  /// Room for `entries`, the first of them at `baseMs`.
  SamplePage(int entries, boolean offHeap, long baseMs, boolean wide) {
    long bytes = entries * (wide ? WIDE : NARROW);
    this.arena = offHeap ? Arena.ofShared() : null;
    this.memory =
        arena == null
            ? MemorySegment.ofArray(new long[Math.toIntExact(bytes / Long.BYTES)])
            : arena.allocate(bytes, Long.BYTES);
    this.baseMs = baseMs;
    this.wide = wide;
  }

  /// Whether an entry of this time can stand here.
  boolean fits(long timestampMs) {
    long distance = timestampMs - baseMs;
    boolean overflow = ((timestampMs ^ baseMs) & (timestampMs ^ distance)) < 0;
    return wide || (!overflow && distance == (int) distance);
  }

  void put(int at, long timestampMs, int link, long bits) {
    if (wide) {
      memory.set(LONG, at * WIDE, timestampMs);
      memory.set(LONG, at * WIDE + 8, bits);
      memory.set(LONG, at * WIDE + 16, link);
    } else {
      memory.set(LONG, at * NARROW, (timestampMs - baseMs) << 32 | (link & LINK_MASK));
      memory.set(LONG, at * NARROW + 8, bits);
    }
  }

  long timestampMs(int at) {
    return wide ? memory.get(LONG, at * WIDE) : baseMs + (memory.get(LONG, at * NARROW) >> 32);
  }

  int link(int at) {
    return (int) (wide ? memory.get(LONG, at * WIDE + 16) : memory.get(LONG, at * NARROW));
  }

  long bits(int at) {
    return memory.get(LONG, (wide ? at * WIDE : at * NARROW) + 8);
  }

  long bytes() {
    return memory.byteSize();
  }

  /// Gives the memory back; using the page afterwards throws.
  void free() {
    if (arena != null) {
      arena.close();
    }
  }
}
