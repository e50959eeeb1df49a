package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What a member says of itself at its start, and whenever it reads its files again.
///
/// @param hash of the configuration on its own disk, see [ConfigBundle#hash]; empty if it can not
///   be read
/// @param url where its HTTP port answers, without a slash at its end
public record MemberReport(String hash, String url) {
  void encode(ByteWriter out) {
    out.string(hash).string(url);
  }

  static MemberReport decode(ByteReader in) {
    return new MemberReport(in.string(), in.string());
  }
}
