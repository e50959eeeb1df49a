package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// One layer of a partition's pages: what one snapshot brought, or several layers merged. Within a
/// partition a series' samples in a later layer are newer than those in the ones before, unless it
/// is a late one.
///
/// @param number under which its pages stand; never used twice
/// @param level how often its samples were merged; [#SEALED] if all of a partition that had ended
/// @param pages how many it has
/// @param bytes theirs
/// @param samples how many it holds
/// @param minMs the oldest of them
/// @param maxMs the newest of them
/// @param late whether it may hold samples that are not newer than those in the layers before
/// @param newForms whether any of its pages is of a version that older programs do not know
record Layer(
    int number,
    int level,
    int pages,
    long bytes,
    long samples,
    long minMs,
    long maxMs,
    boolean late,
    boolean newForms) {
  /// The level of a partition's final layer.
  static final int SEALED = 63;

  /// The most layers that are merged at once: each takes a decoded page of memory meanwhile.
  static final int MOST_AT_ONCE = 32;

  Layer {
    if (level < 0 || level > SEALED || pages < 1 || samples < 1 || maxMs < minMs) {
      throw new MalformedBytesException(
          "layer out of range: number=%d level=%d pages=%d samples=%d"
              .formatted(number, level, pages, samples));
    }
  }

  /// The same, of samples that came late or did not.
  Layer withLate(boolean is) {
    return new Layer(number, level, pages, bytes, samples, minMs, maxMs, is, newForms);
  }

  /// The same, with pages that older programs do not know or without.
  Layer withNewForms(boolean are) {
    return new Layer(number, level, pages, bytes, samples, minMs, maxMs, late, are);
  }

  /// Whether it may hold something of the inclusive range.
  boolean overlaps(long fromMs, long toMs) {
    return fromMs <= maxMs && toMs >= minMs;
  }

  /// Writes all but whether it is late or has new forms.
  void encode(ByteWriter out) {
    out.varint(number)
        .varint(level)
        .varint(pages)
        .varint(bytes)
        .varint(samples)
        .zigzag(minMs)
        .varint(maxMs - minMs);
  }

  /// Reads what [#encode] wrote, as if it were neither.
  static Layer decode(ByteReader in) {
    int number = in.intVarint();
    int level = in.intVarint();
    int pages = in.intVarint();
    long bytes = in.varint();
    long samples = in.varint();
    long minMs = in.zigzag();
    return new Layer(
        number, level, pages, bytes, samples, minMs, minMs + in.varint(), false, false);
  }
}
