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

  /// Adds a series with one native histogram of whole counts, as Prometheus sends it.
  ///
  /// @param spans of positive buckets: offset and length in turn
  public WriteBody histogram(
      Labels labels, long timestampMs, int schema, double sum, int[] spans, long... counts) {
    ByteArrayOutputStream histogram = new ByteArrayOutputStream();
    long all = 0;
    ByteArrayOutputStream deltas = new ByteArrayOutputStream();
    long before = 0;
    for (long count : counts) {
      zigzag(deltas, count - before);
      before = count;
      all += count;
    }
    varint(histogram, 1 << 3);
    varint(histogram, all);
    fixed(histogram, 3, sum);
    varint(histogram, 4 << 3);
    zigzag(histogram, schema);
    for (int i = 0; i < spans.length; i += 2) {
      ByteArrayOutputStream span = new ByteArrayOutputStream();
      varint(span, 1 << 3);
      zigzag(span, spans[i]);
      varint(span, 2 << 3);
      varint(span, spans[i + 1]);
      field(histogram, 11, span.toByteArray());
    }
    field(histogram, 12, deltas.toByteArray());
    varint(histogram, 15 << 3);
    varint(histogram, timestampMs);
    return histogram(labels, histogram.toByteArray());
  }

  /// Adds a series with a message that is one native histogram.
  public WriteBody histogram(Labels labels, byte[] message) {
    ByteArrayOutputStream series = labels(labels);
    field(series, 4, message);
    field(plain, 1, series.toByteArray());
    return this;
  }

  private static void zigzag(ByteArrayOutputStream out, long value) {
    varint(out, (value << 1) ^ (value >> 63));
  }

  /// Adds a series that has an exemplar alone.
  public WriteBody exemplar(Labels labels, Labels own, double value, long timestampMs) {
    ByteArrayOutputStream series = labels(labels);
    ByteArrayOutputStream exemplar = labels(own);
    fixed(exemplar, 2, value);
    varint(exemplar, 3 << 3);
    varint(exemplar, timestampMs);
    field(series, 3, exemplar.toByteArray());
    field(plain, 1, series.toByteArray());
    return this;
  }

  /// Adds a message of metadata.
  ///
  /// @param type as protobuf counts them
  public WriteBody family(String name, int type, String help, String unit) {
    ByteArrayOutputStream family = new ByteArrayOutputStream();
    varint(family, 1 << 3);
    varint(family, type);
    text(family, 2, name);
    text(family, 4, help);
    text(family, 5, unit);
    field(plain, 3, family.toByteArray());
    return this;
  }

  private static ByteArrayOutputStream labels(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < labels.size(); i++) {
      ByteArrayOutputStream label = new ByteArrayOutputStream();
      text(label, 1, labels.name(i));
      text(label, 2, labels.value(i));
      field(out, 1, label.toByteArray());
    }
    return out;
  }

  private static void text(ByteArrayOutputStream out, int number, String text) {
    field(out, number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    varint(out, (long) number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void fixed(ByteArrayOutputStream out, int number, double value) {
    varint(out, (long) number << 3 | 1);
    out.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(Double.doubleToRawLongBits(value))
            .array());
  }

  private static void varint(ByteArrayOutputStream out, long value) {
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
