package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What a member says of itself at its start, and whenever something of it changes.
///
/// @param hash of the configuration on its own disk, see [ConfigBundle#hash]; empty if it can not
///   be read
/// @param url where its HTTP port answers, without a slash at its end
/// @param clockOffsetMs how far its clock is ahead of that of `clockAgainst`, ms
/// @param clockAgainst the node that led when the clocks were compared; empty if they never were
public record MemberReport(String hash, String url, long clockOffsetMs, String clockAgainst) {
  /// A report before clocks were compared.
  public static MemberReport of(String hash, String url) {
    return new MemberReport(hash, url, 0, "");
  }

  void encode(ByteWriter out) {
    out.string(hash).string(url).zigzag(clockOffsetMs).string(clockAgainst);
  }

  static MemberReport decode(ByteReader in) {
    return new MemberReport(in.string(), in.string(), in.zigzag(), in.string());
  }
}
