package io.trivigil.web.remote;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Walks over the fields of one protobuf message without copying. Belongs to one thread.
///
/// Call [#next] until it returns 0; then exactly one of [#varint], [#fixed64], [#message], [#skip]
/// for each field. Every read checks its bounds.
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private int wireType;

  ProtoReader(byte[] array, int from, int length) {
    this(ByteBuffer.wrap(array, from, length).slice());
  }

  private ProtoReader(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /// The number of the next field, 0 at the end.
  int next() throws RefusedWriteException {
    if (!bytes.hasRemaining()) {
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

  long varint() throws RefusedWriteException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw truncated();
      }
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new RefusedWriteException("protobuf: varint is longer than 10 bytes");
  }

  long fixed64() throws RefusedWriteException {
    if (bytes.remaining() < Long.BYTES) {
      throw truncated();
    }
    return bytes.getLong();
  }

  /// A nested message or text, as a reader over its bytes.
  ProtoReader message() throws RefusedWriteException {
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw truncated();
    }
    ByteBuffer inner = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return new ProtoReader(inner);
  }

  /// What is left, as it stands.
  ByteBuffer rest() {
    return bytes;
  }

  void skip() throws RefusedWriteException {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> fixed64();
      case BYTES -> message();
      case FIXED32 -> {
        if (bytes.remaining() < Integer.BYTES) {
          throw truncated();
        }
        bytes.getInt();
      }
      default -> throw new RefusedWriteException("protobuf: unknown wire type " + wireType);
    }
  }

  private static RefusedWriteException truncated() {
    return new RefusedWriteException("protobuf: unexpected end of message");
  }
}
