package io.trivigil.model;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// One observation that stands for many, mostly with the id of its trace. Immutable.
///
/// @param series the series that it is an example of
/// @param labels what it says of itself; names and values together have at most [#MOST_LABEL_CHARS]
///   characters to be stored
/// @param value the observed value
/// @param timestampMs epoch ms
public record Exemplar(Labels series, Labels labels, double value, long timestampMs) {
  /// The most characters of the names and values of `labels`.
  public static final int MOST_LABEL_CHARS = 128;

  /// Whether its labels are too long to be stored.
  public boolean isTooLong() {
    int[] chars = {0};
    labels.forEach(
        (name, text) ->
            chars[0] +=
                name.codePointCount(0, name.length()) + text.codePointCount(0, text.length()));
    return chars[0] > MOST_LABEL_CHARS;
  }

  /// Whether both say the same of the same series, the value bit for bit.
  public boolean sameAs(Exemplar other) {
    return timestampMs == other.timestampMs
        && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(other.value)
        && labels.equals(other.labels)
        && series.equals(other.series);
  }

  /// Writes everything but the series: labels, fixed64 bits of the value, zigzag time.
  public void encodeBody(ByteWriter out) {
    out.labels(labels).float64(value).zigzag(timestampMs);
  }

  /// Reads what [#encodeBody] wrote.
  public static Exemplar decodeBody(Labels series, ByteReader in) {
    return new Exemplar(series, in.labels(), in.float64(), in.zigzag());
  }
}
