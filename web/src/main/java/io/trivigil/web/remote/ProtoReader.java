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

  private final byte[] bytes;
  private int at;
  private int end; // of the message that is being read
  private int wireType;

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
