package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// What can be asked of the [ConfigMachine]. Each begins with a tag byte; layouts are the fields in
/// order.
public sealed interface ConfigCommand {

  /// The cluster's birth. Refused if it was born already.
  record Found(ClusterSettings settings) implements ConfigCommand {}

  /// A new version. Refused unless the newest is `expectedNumber` (0 for none).
  record Adopt(long expectedNumber, String author, String hash, byte[] sealed)
      implements ConfigCommand {}

  /// What a node says of itself. Changes nothing if it is known.
  record Report(String nodeId, MemberReport report) implements ConfigCommand {}

  default byte[] encode() {
    ByteWriter out = new ByteWriter();
    switch (this) {
      case Found(ClusterSettings settings) -> settings.encode(out.u8(1));
      case Adopt(long expected, String author, String hash, byte[] sealed) ->
          out.u8(2).varint(expected).string(author).string(hash).bytes(sealed);
      case Report(String nodeId, MemberReport report) -> report.encode(out.u8(3).string(nodeId));
    }
    return out.toBytes();
  }

  /// @throws MalformedBytesException if the bytes are no such command
  static ConfigCommand decode(ByteReader in) {
    int tag = in.u8();
    ConfigCommand command =
        switch (tag) {
          case 1 -> new Found(ClusterSettings.decode(in));
          case 2 -> new Adopt(in.varint(), in.string(), in.string(), in.bytes());
          case 3 -> new Report(in.string(), MemberReport.decode(in));
          default -> throw new MalformedBytesException("configuration command: unknown tag=" + tag);
        };
    in.expectEnd();
    return command;
  }
}
