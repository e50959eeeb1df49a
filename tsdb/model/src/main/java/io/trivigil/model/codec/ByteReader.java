package io.trivigil.model.codec;

import io.trivigil.model.Labels;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads what [ByteWriter] wrote. Not thread-safe.
///
/// Every method throws [MalformedBytesException] where the bytes end early or make no sense; no
/// length that was read is trusted before it was held against what is left.
public final class ByteReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] buffer;
  private final int end;
  private final @Nullable KnownTexts texts; // where labels are read that many have
  private int at;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public ByteReader(byte[] bytes, int from, int length) {
    this(bytes, from, length, null);
  }

  /// @param texts what was read before, for [#labels()]
  public ByteReader(byte[] bytes, int from, int length, @Nullable KnownTexts texts) {
    buffer = bytes;
    at = from;
    end = from + length;
    this.texts = texts;
  }

  public int remaining() {
    return end - at;
  }

  /// Checks that everything was read.
  public void expectEnd() {
    if (at != end) {
      throw new MalformedBytesException("bytes left over: expected=0 found=" + (end - at));
    }
  }

  public int u8() {
    need(1);
    return buffer[at++] & 0xFF;
  }

  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw new MalformedBytesException("boolean: expected=0 or 1 found=" + value);
    }
    return value == 1;
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte next = buffer[at++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new MalformedBytesException("varint is longer than 10 bytes");
  }

  public long zigzag() {
    long folded = varint();
    return (folded >>> 1) ^ -(folded & 1);
  }

  /// A varint that must fit a non-negative int.
  public int intVarint() {
    long value = varint();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new MalformedBytesException(
          "number out of range: found=" + Long.toUnsignedString(value));
    }
    return (int) value;
  }

  /// A count of things that take at least `minBytesEach` bytes each, so that it can not ask for
  /// more memory than the bytes justify.
  public int count(int minBytesEach) {
    long value = varint();
    if (value < 0 || value > (end - at) / Math.max(1, minBytesEach)) {
      throw new MalformedBytesException(
          "count is larger than the bytes left: count=%s bytes=%d"
              .formatted(Long.toUnsignedString(value), end - at));
    }
    return (int) value;
  }

  public long fixed64() {
    need(Long.BYTES);
    long value = (long) LONG.get(buffer, at);
    at += Long.BYTES;
    return value;
  }

  public double float64() {
    return Double.longBitsToDouble(fixed64());
  }

  public String string() {
    int length = count(1);
    String value = new String(buffer, at, length, StandardCharsets.UTF_8);
    at += length;
    return value;
  }

  public byte[] bytes() {
    return raw(count(1));
  }

  /// So many bytes without their length in front.
  public byte[] raw(long length) {
    if (length < 0 || length > end - at) {
      throw new MalformedBytesException(
          "bytes end early: expected=%s found=%d"
              .formatted(Long.toUnsignedString(length), end - at));
    }
    byte[] value = new byte[(int) length];
    System.arraycopy(buffer, at, value, 0, value.length);
    at += value.length;
    return value;
  }

  public Labels labels() {
    String[] pairs = pairs();
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = text();
    }
    return sorted(pairs);
  }

  private String text() {
    KnownTexts known = texts;
    if (known == null) {
      return string();
    }
    int length = count(1);
    String text = known.utf8(buffer, at, at + length);
    at += length;
    return text;
  }

  /// The same.
  ///
  /// @param shared gives one string for equal ones
  public Labels labels(UnaryOperator<String> shared) {
    String[] pairs = pairs();
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = shared.apply(string());
    }
    return sorted(pairs);
  }

  private String[] pairs() {
    return new String[count(2) * 2];
  }

  private static Labels sorted(String[] pairs) {
    try {
      return Labels.ofSorted(pairs);
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException(String.valueOf(e.getMessage()));
    }
  }

  private void need(int bytes) {
    if (end - at < bytes) {
      throw new MalformedBytesException(
          "bytes end early: expected=%d found=%d".formatted(bytes, end - at));
    }
  }
}
