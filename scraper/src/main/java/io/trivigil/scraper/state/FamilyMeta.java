package io.trivigil.scraper.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What a target says of one metric family.
///
/// @param type `counter`, `gauge` and so on, in lower case
public record FamilyMeta(String type, String help, String unit) {
  /// Nothing was said.
  public static final FamilyMeta NONE = new FamilyMeta("unknown", "", "");

  /// Writes the three strings.
  void encode(ByteWriter out) {
    out.string(type).string(help).string(unit);
  }

  static FamilyMeta decode(ByteReader in) {
    return new FamilyMeta(in.string(), in.string(), in.string());
  }
}
