package io.trivigil.web.remote;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Walks over the fields of protobuf messages in place; nothing is copied or allocated. Belongs to
/// one thread.
///
/// Call [#next] until it returns 0; then exactly one of [#varint], [#fixed64], [#length] with
/// [#moveTo], [#enter] with [#leave], or [#skip] for each field. Every read checks its bounds.
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // What a series ends with as a rule, see lastSample().
  private static final int SAMPLE_BYTES = 18;
  private static final int SAMPLE_VALUE = 3;
  private static final int SAMPLE_TIME = 12;
  private static final int SAMPLE_BEGIN = 0x09_10_12; // lowest byte first
  private static final byte TIMESTAMP_TAG = 0x10;

  private final byte[] bytes;
  private int at;
  private int end; // of the message that is being read
  private int wireType;
  private double value;
  private long timestampMs;
  private long timeBytes = -1; // of timestampMs, as they stood there

  /// @param to where the message ends, exclusive
  ProtoReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /// The number of the next field, 0 at the end of the message.
  int next() throws RefusedWriteException {
    if (at == end) {
      return 0;
    }
    long tag = varint();
    wireType = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new RefusedWriteException("protobuf: field number out of range");
    }
    return (int) (tag >>> 3);
  }

  int wireType() {
    return wireType;
  }

  /// The place of the next byte in the array.
  int position() {
    return at;
  }

  /// Where the message ends, exclusive.
  int end() {
    return end;
  }

  /// Goes to a place within the message.
  void moveTo(int position) {
    at = position;
  }

  long varint() throws RefusedWriteException {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    return longVarint();
  }

  private long longVarint() throws RefusedWriteException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw truncated();
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new RefusedWriteException("protobuf: varint is longer than 10 bytes");
  }

  long fixed64() throws RefusedWriteException {
    need(Long.BYTES);
    long value = (long) LONG.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  /// Reads one float sample as every sender writes it, if nothing else is left of the message:
  /// field 2, in it value and time, both there, the time in six bytes (1971 to 2109). Then [#value]
  /// and [#timestampMs] tell it; else nothing was read.
  ///
  /// ```
  /// 0x12 | 16 | 0x09 | f64 value | 0x10 | varint ms: six bytes
  /// ```
  boolean lastSample() {
    if (end - at != SAMPLE_BYTES
        || bytes.length - at < SAMPLE_BYTES + Long.BYTES
        || (((int) (long) LONG.get(bytes, at)) & 0xff_ffff) != SAMPLE_BEGIN
        || bytes[at + SAMPLE_TIME - 1] != TIMESTAMP_TAG) {
      return false;
    }
    long raw = (long) LONG.get(bytes, at + SAMPLE_TIME) & 0xffff_ffff_ffffL;
    if (raw != timeBytes) {
      if ((raw & 0x8080_8080_8080L) != 0x0080_8080_8080L) {
        return false;
      }
      timeBytes = raw;
      timestampMs = Long.compress(raw, 0x7f7f_7f7f_7f7fL);
    }
    value = Double.longBitsToDouble((long) LONG.get(bytes, at + SAMPLE_VALUE));
    at = end;
    return true;
  }

  /// Of the last [#lastSample].
  double value() {
    return value;
  }

  /// Of the last [#lastSample].
  long timestampMs() {
    return timestampMs;
  }

  /// The length of a nested message or text, which begins at [#position] and fits.
  int length() throws RefusedWriteException {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw truncated();
    }
    return (int) length;
  }

  /// Begins a nested message; returns what [#leave] wants.
  int enter() throws RefusedWriteException {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /// Ends a nested message, read to its end or not.
  void leave(int outer) {
    at = end;
    end = outer;
  }

  void skip() throws RefusedWriteException {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> pass(Long.BYTES);
      case BYTES -> pass(length());
      case FIXED32 -> pass(Integer.BYTES);
      default -> throw new RefusedWriteException("protobuf: unknown wire type " + wireType);
    }
  }

  private void pass(int count) throws RefusedWriteException {
    need(count);
    at += count;
  }

  private void need(int count) throws RefusedWriteException {
    if (end - at < count) {
      throw truncated();
    }
  }

  private static RefusedWriteException truncated() {
    return new RefusedWriteException("protobuf: unexpected end of message");
  }
}
