package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// One version of the configuration.
///
/// @param number from 1, rising
/// @param author who proposed it: a node id, or a node id and a reason
/// @param proposedMs when, log time, epoch ms
/// @param hash of the bundle, see [ConfigBundle#hash]
/// @param sealed the bundle as [Sealer] made it; read only
public record ConfigVersion(
    long number, String author, long proposedMs, String hash, byte[] sealed) {
  void encode(ByteWriter out) {
    out.varint(number).string(author).zigzag(proposedMs).string(hash).bytes(sealed);
  }

  static ConfigVersion decode(ByteReader in) {
    return new ConfigVersion(in.varint(), in.string(), in.zigzag(), in.string(), in.bytes());
  }
}
