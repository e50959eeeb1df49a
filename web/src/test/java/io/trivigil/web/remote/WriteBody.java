package io.trivigil.web.remote;

import io.trivigil.model.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.xerial.snappy.Snappy;

/// Makes bodies of remote write 1.0, as senders do.
public final class WriteBody {
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

  /// Adds one sample of a series.
  public WriteBody sample(Labels labels, long timestampMs, double value) {
    ByteArrayOutputStream series = labels(labels);
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    fixed(sample, 1, value);
    varint(sample, 2 << 3);
    varint(sample, timestampMs);
    field(series, 2, sample.toByteArray());
    field(plain, 1, series.toByteArray());
    return this;
  }

  static ByteArrayOutputStream labels(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    labels(out, 1, labels);
    return out;
  }

  static void labels(ByteArrayOutputStream out, int number, Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      ByteArrayOutputStream label = new ByteArrayOutputStream();
      text(label, 1, labels.name(i));
      text(label, 2, labels.value(i));
      field(out, number, label.toByteArray());
    }
  }

  static void text(ByteArrayOutputStream out, int number, String text) {
    field(out, number, text.getBytes(StandardCharsets.UTF_8));
  }

  static void field(ByteArrayOutputStream out, int number, byte[] content) {
    varint(out, (long) number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  static void fixed(ByteArrayOutputStream out, int number, double value) {
    varint(out, (long) number << 3 | 1);
    out.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(Double.doubleToRawLongBits(value))
            .array());
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /// The body.
  public byte[] compressed() {
    try {
      return Snappy.compress(plain.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
