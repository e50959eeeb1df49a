package io.trivigil.web.remote;

import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.SampleBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xerial.snappy.Snappy;

/// Turns one body of remote write 1.0 into a batch: snappy block format around
/// `prometheus.WriteRequest`.
///
/// ```
/// WriteRequest  1 timeseries*   3 metadata* (left out)
/// TimeSeries    1 labels*  2 samples*  3 exemplars*  4 histograms* (both counted, left out)
/// Label         1 name     2 value
/// Sample        1 value (double)       2 timestamp (int64, ms)
/// ```
///
/// The first two fields of a series may come in any order and split, as protobuf allows. Label sets
/// are sorted; empty values are left out; a name that stands twice, a name or value that is not
/// UTF-8, and a series without a name are refused, and with them the whole request.
public final class WriteRequestParser {
  private final RemoteLimits limits;
  private final KnownSeries known;

  public WriteRequestParser(RemoteLimits limits, KnownSeries known) {
    this.limits = limits;
    this.known = known;
  }

  /// A request as it was read.
  ///
  /// @param batch the samples in the request's order; series that are known travel by reference
  /// @param fresh the label sets of the samples without a reference, in their order
  /// @param leftOut exemplars and native histograms, which are not taken yet
  public record WriteRequest(SampleBatch batch, List<Labels> fresh, int leftOut) {}

  /// Reads one body.
  ///
  /// @throws RefusedWriteException if it is not such a request, or larger than the limits
  public WriteRequest parse(byte[] compressed) throws RefusedWriteException {
    byte[] plain = uncompress(compressed);
    SampleBatch batch = new SampleBatch();
    List<Labels> fresh = new ArrayList<>();
    int leftOut = 0;
    ProtoReader request = new ProtoReader(plain, 0, plain.length);
    for (int field = request.next(); field != 0; field = request.next()) {
      if (field == 1 && request.wireType() == ProtoReader.BYTES) {
        leftOut += series(request.message(), batch, fresh);
      } else {
        request.skip();
      }
    }
    return new WriteRequest(batch, fresh, leftOut);
  }

  /// Why a request was refused, with the series it is about: the batch may name it by reference
  /// alone, so the body is read once more.
  ///
  /// @param sample counted from 0 in the request's order; -1 if it is not about one
  public static String blame(String reason, byte[] compressed, int sample)
      throws RefusedWriteException {
    if (sample < 0) {
      return reason;
    }
    SampleBatch named =
        new WriteRequestParser(RemoteLimits.DEFAULT, new KnownSeries(1)).parse(compressed).batch();
    return sample >= named.size()
        ? reason
        : "%s: series=%s timestamp=%d"
            .formatted(reason, named.labels(sample), named.timestampMs(sample));
  }

  private byte[] uncompress(byte[] compressed) throws RefusedWriteException {
    try {
      int length = Snappy.uncompressedLength(compressed);
      if (length < 0 || length > limits.maxPlainBytes()) {
        throw new RefusedWriteException(
            "request is too large: limit_bytes=%d found_bytes=%d"
                .formatted(limits.maxPlainBytes(), length));
      }
      byte[] plain = new byte[length];
      int written = Snappy.uncompress(compressed, 0, compressed.length, plain, 0);
      return written == length ? plain : Arrays.copyOf(plain, written);
    } catch (IOException e) {
      throw new RefusedWriteException("snappy: corrupt input", e);
    }
  }

  private int series(ProtoReader series, SampleBatch batch, List<Labels> fresh)
      throws RefusedWriteException {
    List<String> pairs = new ArrayList<>(24);
    long[] timestamps = new long[2];
    double[] values = new double[2];
    int samples = 0;
    int leftOut = 0;
    for (int field = series.next(); field != 0; field = series.next()) {
      if (series.wireType() != ProtoReader.BYTES) {
        series.skip();
        continue;
      }
      ProtoReader inner = series.message();
      switch (field) {
        case 1 -> label(inner, pairs);
        case 2 -> {
          if (samples == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, samples * 2);
            values = Arrays.copyOf(values, samples * 2);
          }
          sample(inner, timestamps, values, samples++);
        }
        case 3, 4 -> leftOut++;
        default -> {
          // A field of a later version: unknown fields are accepted.
        }
      }
    }
    if (batch.size() + samples > limits.maxSamples()) {
      throw new RefusedWriteException(
          "request has too many samples: limit=%d".formatted(limits.maxSamples()));
    }
    Labels labels = canonical(pairs);
    long ref = known.find(labels);
    for (int i = 0; i < samples; i++) {
      if (ref == SampleBatch.NO_REF) {
        batch.add(labels, timestamps[i], values[i]);
        fresh.add(labels);
      } else {
        batch.add(ref, timestamps[i], values[i]);
      }
    }
    return leftOut;
  }

  private void label(ProtoReader label, List<String> pairs) throws RefusedWriteException {
    if (pairs.size() >= 2 * limits.maxLabels()) {
      throw new RefusedWriteException(
          "series has too many labels: limit=%d".formatted(limits.maxLabels()));
    }
    String name = "";
    String value = "";
    for (int field = label.next(); field != 0; field = label.next()) {
      if (label.wireType() == ProtoReader.BYTES && field <= 2) {
        String text = text(label.message().rest());
        if (field == 1) {
          name = text;
        } else {
          value = text;
        }
      } else {
        label.skip();
      }
    }
    pairs.add(name);
    pairs.add(value);
  }

  private String text(ByteBuffer bytes) throws RefusedWriteException {
    if (bytes.remaining() > limits.maxLabelBytes()) {
      throw new RefusedWriteException(
          "label is too long: limit_bytes=%d found_bytes=%d"
              .formatted(limits.maxLabelBytes(), bytes.remaining()));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedWriteException("label is not valid UTF-8", e);
    }
  }

  private static void sample(ProtoReader sample, long[] timestamps, double[] values, int i)
      throws RefusedWriteException {
    values[i] = 0; // protobuf leaves out what is zero
    timestamps[i] = 0;
    for (int field = sample.next(); field != 0; field = sample.next()) {
      if (field == 1 && sample.wireType() == ProtoReader.FIXED64) {
        values[i] = Double.longBitsToDouble(sample.fixed64());
      } else if (field == 2 && sample.wireType() == ProtoReader.VARINT) {
        timestamps[i] = sample.varint();
      } else {
        sample.skip();
      }
    }
  }

  private static Labels canonical(List<String> pairs) throws RefusedWriteException {
    try {
      for (int i = 0; i < pairs.size(); i += 2) {
        if (pairs.get(i).isEmpty()) {
          throw new RefusedWriteException("label name is empty");
        }
      }
      Labels labels = Labels.of(pairs.toArray(String[]::new));
      if (labels.metricName().isEmpty()) {
        throw new RefusedWriteException("series has no name: " + labels);
      }
      return labels;
    } catch (IllegalArgumentException e) {
      throw new RefusedWriteException(
          "%s in %s".formatted(e.getMessage(), Names.quote(String.join(",", pairs))), e);
    }
  }
}
