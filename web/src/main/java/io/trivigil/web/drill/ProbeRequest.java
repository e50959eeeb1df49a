package io.trivigil.web.drill;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;

/// A remote-write request of one sample: protobuf, in snappy's block format without compression.
final class ProbeRequest {
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int LONGEST_LITERAL = 1 << 16;

  private ProbeRequest() {}

  static byte[] of(SortedMap<String, String> labels, long atMs, double value) {
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      ByteArrayOutputStream pair = new ByteArrayOutputStream();
      bytes(pair, 1, label.getKey().getBytes(StandardCharsets.UTF_8));
      bytes(pair, 2, label.getValue().getBytes(StandardCharsets.UTF_8));
      bytes(series, 1, pair.toByteArray());
    }
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    varint(sample, (1 << 3) | FIXED64);
    sample.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    varint(sample, 2 << 3);
    varint(sample, atMs);
    bytes(series, 2, sample.toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    bytes(request, 1, series.toByteArray());
    return snappy(request.toByteArray());
  }

  private static byte[] snappy(byte[] raw) {
    if (raw.length > LONGEST_LITERAL) {
      throw new IllegalArgumentException("probe is too large: bytes=" + raw.length);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, raw.length);
    out.write(61 << 2); // a literal whose length less one follows in two bytes
    out.write(raw.length - 1);
    out.write((raw.length - 1) >>> 8);
    out.writeBytes(raw);
    return out.toByteArray();
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, (field << 3) | BYTES);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
