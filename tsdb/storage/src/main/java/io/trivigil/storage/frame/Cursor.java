package io.trivigil.storage.frame;

/// Where a decoder stands in an array. Every step is held against the end first.
final class Cursor {
  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  /// Begins at `from`; nothing at or behind `limit` belongs to the frame.
  void reset(byte[] array, int from, int limit) {
    if (from < 0 || limit > array.length || from > limit) {
      throw new CorruptFrameException(
          "frame lies outside its page: from=%d to=%d bytes=%d"
              .formatted(from, limit, array.length));
    }
    bytes = array;
    at = from;
    end = limit;
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  /// Steps over `count` bytes; returns where they begin.
  int skip(int count) {
    if (count > end - at) {
      throw new CorruptFrameException(
          "frame ends early: at=%d expected_bytes=%d found_bytes=%d"
              .formatted(at, count, end - at));
    }
    int from = at;
    at += count;
    return from;
  }

  int u8() {
    return bytes[skip(1)] & 0xFF;
  }

  /// A number that must be below `limit`.
  int u8Below(int limit, String what) {
    int value = u8();
    if (value >= limit) {
      throw new CorruptFrameException(
          "frame %s out of range: expected_below=%d found=%d".formatted(what, limit, value));
    }
    return value;
  }

  long fixed64() {
    int from = skip(8);
    return Bits.word(bytes, from);
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes[skip(1)];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CorruptFrameException("frame number is longer than 10 bytes: at=" + at);
  }

  long zigzag() {
    return Bits.unfolded(varint());
  }
}
