package io.trivigil.model;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What is said of one alert when it is handed to an alertmanager: by a rule run, or over the API.
///
/// Two updates speak of the same alert exactly if their labels are equal.
///
/// @param labels what identifies the alert; never empty
/// @param annotations texts for people
/// @param startsMs since when it is active, epoch ms
/// @param endsMs when it ended or, if that lies ahead, when it counts as resolved unless it is
///   heard of again, epoch ms; 0 where the sender said nothing
/// @param generatorUrl where the alert comes from, empty if unknown
public record AlertUpdate(
    Labels labels, Labels annotations, long startsMs, long endsMs, String generatorUrl) {

  /// Writes labels, annotations, zigzag start, zigzag end, string url.
  public void encode(ByteWriter out) {
    out.labels(labels).labels(annotations).zigzag(startsMs).zigzag(endsMs).string(generatorUrl);
  }

  /// Reads what [#encode] wrote.
  public static AlertUpdate decode(ByteReader in) {
    return new AlertUpdate(in.labels(), in.labels(), in.zigzag(), in.zigzag(), in.string());
  }
}
