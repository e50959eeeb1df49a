package io.trivigil.web.remote;

import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.codec.KnownTexts;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The labels of one series of a request, in their canonical form. Belongs to one thread.
final class LabelReader {
  /// Field 1 as bytes, as every sender writes it.
  private static final byte LABEL = 1 << 3 | ProtoReader.BYTES;

  private static final char REPLACEMENT = '\ufffd';

  private final byte[] bytes;
  private final ProtoReader in;
  private final RemoteLimits limits;
  private final KnownTexts known;
  private final List<String> pairs = new ArrayList<>(24); // of the series that is being read

  LabelReader(byte[] bytes, ProtoReader in, RemoteLimits limits, KnownTexts known) {
    this.bytes = bytes;
    this.in = in;
    this.limits = limits;
    this.known = known;
  }

  /// How many bytes of label fields a series begins with. The reader stands where it stood.
  int leading() throws RefusedWriteException {
    int from = in.position();
    int to = from;
    while (to < in.end() && bytes[to] == LABEL) {
      in.moveTo(to + 1);
      int length = in.length();
      to = in.position() + length;
    }
    in.moveTo(from);
    return to - from;
  }

  /// Reads a series to its end and keeps its labels: sorted, without empty values.
  Labels labels() throws RefusedWriteException {
    return canonical(pairs());
  }

  /// Reads an exemplar to its end and keeps its labels, which need no name among them.
  Labels exemplarLabels() throws RefusedWriteException {
    return unnamed(pairs());
  }

  private List<String> pairs() throws RefusedWriteException {
    pairs.clear();
    for (int field = in.next(); field != 0; field = in.next()) {
      if (field == 1 && in.wireType() == ProtoReader.BYTES) {
        int outer = in.enter();
        label();
        in.leave(outer);
      } else {
        in.skip();
      }
    }
    return pairs;
  }

  private void label() throws RefusedWriteException {
    if (pairs.size() >= 2 * limits.maxLabels()) {
      throw new RefusedWriteException(
          "series has too many labels: limit=%d".formatted(limits.maxLabels()));
    }
    String name = "";
    String value = "";
    for (int field = in.next(); field != 0; field = in.next()) {
      if (in.wireType() == ProtoReader.BYTES && field <= 2) {
        String text = text();
        if (field == 1) {
          name = text;
        } else {
          value = text;
        }
      } else {
        in.skip();
      }
    }
    pairs.add(name);
    pairs.add(value);
  }

  private String text(int from, int length) throws RefusedWriteException {
    if (length > limits.maxLabelBytes()) {
      throw new RefusedWriteException(
          "label is too long: limit_bytes=%d found_bytes=%d"
              .formatted(limits.maxLabelBytes(), length));
    }
    String before = known.find(bytes, from, from + length);
    if (before != null) {
      return before;
    }
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      known.met(bytes, from, from + length, text);
      return text;
    }
    // Either it was in the bytes, or the bytes are wrong: only the strict decoder tells.
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RefusedWriteException("label is not valid UTF-8", e);
    }
  }

  private static Labels canonical(List<String> pairs) throws RefusedWriteException {
    Labels labels = unnamed(pairs);
    if (labels.metricName().isEmpty()) {
      throw new RefusedWriteException("series has no name: " + labels);
    }
    return labels;
  }

  private static Labels unnamed(List<String> pairs) throws RefusedWriteException {
    for (int i = 0; i < pairs.size(); i += 2) {
      if (pairs.get(i).isEmpty()) {
        throw new RefusedWriteException("label name is empty");
      }
    }
    try {
      return Labels.of(pairs.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      throw new RefusedWriteException(
          "%s in %s".formatted(e.getMessage(), Names.quote(String.join(",", pairs))), e);
    }
  }

  /// The text that begins here; the reader stands behind it.
  String text() throws RefusedWriteException {
    int length = in.length();
    String text = text(in.position(), length);
    in.moveTo(in.position() + length);
    return text;
  }
}
