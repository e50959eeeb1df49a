package io.trivigil.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.xerial.snappy.Snappy;

/// One remote-write request, written by hand as any sender would. Confined to one thread.
public final class WriteRequest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// One sample of one series.
  public void add(Map<String, String> labels, long timestampMs, double value) {
    add(encoded(labels), timestampMs, value);
  }

  /// The labels of a series as every request repeats them.
  public static byte[] encoded(Map<String, String> labels) {
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    new TreeMap<>(labels).forEach((name, text) -> message(series, 1, label(name, text)));
    return series.toByteArray();
  }

  /// One sample of the series whose labels were [#encoded] before.
  public void add(byte[] labels, long timestampMs, double value) {
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    series.writeBytes(labels);
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    sample.write(0x09);
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < 64; shift += 8) {
      sample.write((int) (bits >>> shift));
    }
    sample.write(0x10);
    varint(sample, timestampMs);
    message(series, 2, sample.toByteArray());
    message(out, 1, series.toByteArray());
  }

  /// The body as it travels, compressed.
  public byte[] bytes() {
    try {
      return Snappy.compress(out.toByteArray());
    } catch (IOException e) {
      throw new IllegalStateException("snappy can not compress", e);
    }
  }

  /// Sends a body made by [#bytes] to a node.
  public static Http.Answer post(String url, byte[] body, Duration timeout) throws IOException {
    return Http.post(
        url + "/api/v1/write",
        body,
        timeout,
        "Content-Type",
        "application/x-protobuf",
        "Content-Encoding",
        "snappy",
        "X-Prometheus-Remote-Write-Version",
        "0.1.0");
  }

  private static byte[] label(String name, String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message(out, 1, name.getBytes(StandardCharsets.UTF_8));
    message(out, 2, value.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] bytes) {
    out.write(field << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
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
