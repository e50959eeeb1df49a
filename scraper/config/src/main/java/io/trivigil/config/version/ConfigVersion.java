package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// One version of the configuration.
///
/// @param number from 1, rising
/// @param author who proposed it, in words: `SIGHUP on n2`
/// @param proposedMs when, log time, epoch ms
/// @param hash of the bundle, see [ConfigBundle#hash]
/// @param sealed the bundle as [Sealer] made it; read only
/// @param rolledBackTo the older version whose content this one has again, 0 if it is no roll-back
public record ConfigVersion(
    long number, String author, long proposedMs, String hash, byte[] sealed, long rolledBackTo) {
  private static final int FORMAT = 2;

  /// The id of the key that sealed it, empty if it is open.
  public String keyId() {
    return Sealer.keyId(new ByteReader(sealed));
  }

  /// A version that is no roll-back has the bytes of feature level 1.
  void encode(ByteWriter out) {
    if (rolledBackTo != 0) {
      out.u8(FORMAT).varint(rolledBackTo);
    }
    out.varint(number).string(author).zigzag(proposedMs).string(hash).bytes(sealed);
  }

  static ConfigVersion decodeFirst(ByteReader in) {
    return decode(in, 0);
  }

  static ConfigVersion decode(ByteReader in) {
    int format = in.u8();
    if (format != FORMAT) {
      throw new MalformedBytesException(
          "configuration version: expected format=%d found=%d".formatted(FORMAT, format));
    }
    return decode(in, in.varint());
  }

  private static ConfigVersion decode(ByteReader in, long rolledBackTo) {
    return new ConfigVersion(
        in.varint(), in.string(), in.zigzag(), in.string(), in.bytes(), rolledBackTo);
  }
}
