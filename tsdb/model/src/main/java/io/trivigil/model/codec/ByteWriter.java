package io.trivigil.model.codec;

import io.trivigil.model.Labels;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes bytes into a buffer that grows. Not thread-safe.
/// - `varint`: 7 bits a byte, lowest first, high bit = more follows; the value as unsigned, at most
///   10 bytes
/// - `zigzag`: a signed value folded to unsigned, then a varint
/// - `string`, `bytes`: varint length in bytes, then the bytes (UTF-8)
/// - `labels`: varint count, then name and value strings in label order
/// - `fixed64`: 8 bytes, little endian
public final class ByteWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] buffer;
  private int size;

  public ByteWriter() {
    this(256);
  }

  public ByteWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  public int size() {
    return size;
  }

  /// How many bytes there is room for without more memory.
  public int capacity() {
    return buffer.length;
  }

  /// Forgets what was written and keeps the room.
  public void clear() {
    size = 0;
  }

  public ByteWriter u8(int value) {
    room(1);
    buffer[size++] = (byte) value;
    return this;
  }

  public ByteWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  public ByteWriter varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  public ByteWriter zigzag(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  public ByteWriter fixed64(long value) {
    room(Long.BYTES);
    LONG.set(buffer, size, value);
    size += Long.BYTES;
    return this;
  }

  /// The raw bits of a double, so that every NaN survives.
  public ByteWriter float64(double value) {
    return fixed64(Double.doubleToRawLongBits(value));
  }

  public ByteWriter string(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public ByteWriter bytes(byte[] value) {
    varint(value.length);
    return raw(value, 0, value.length);
  }

  /// Bytes without their length.
  public ByteWriter raw(byte[] value, int from, int length) {
    room(length);
    System.arraycopy(value, from, buffer, size, length);
    size += length;
    return this;
  }

  /// Bytes of a buffer, whose position stays, without their length.
  public ByteWriter raw(ByteBuffer value, int from, int length) {
    room(length);
    value.get(from, buffer, size, length);
    size += length;
    return this;
  }

  public ByteWriter labels(Labels labels) {
    varint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      string(labels.name(i));
      string(labels.value(i));
    }
    return this;
  }

  /// A copy of what was written.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  /// Puts what was written at a place of a buffer, whose position stays.
  public void writeTo(ByteBuffer into, int at) {
    into.put(at, buffer, 0, size);
  }

  /// Makes room for so many more bytes at once.
  public ByteWriter reserve(int bytes) {
    room(bytes);
    return this;
  }

  private void room(int bytes) {
    if (buffer.length - size < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, bytes), buffer.length * 2));
    }
  }
}
