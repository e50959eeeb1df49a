package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What the [ConfigMachine] answers.
public sealed interface ConfigAnswer {
  /// Done, or nothing to do; `number` is the newest version.
  record Accepted(long number) implements ConfigAnswer {}

  /// Nothing was changed.
  record Refused(String reason) implements ConfigAnswer {}

  default byte[] encode() {
    return switch (this) {
      case Accepted(long number) -> new ByteWriter(16).u8(0).varint(number).toBytes();
      case Refused(String reason) -> new ByteWriter(64).u8(1).string(reason).toBytes();
    };
  }

  static ConfigAnswer decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    return in.u8() == 0 ? new Accepted(in.varint()) : new Refused(in.string());
  }
}
