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

  /// What a node says of itself, as far as feature level 1 knows it. Changes nothing if it is
  /// known.
  record Report(String nodeId, MemberReport report) implements ConfigCommand {}

  /// What a node says of itself. Changes nothing if it is known. From feature level 2 on.
  record FullReport(String nodeId, MemberReport report) implements ConfigCommand {}

  /// A new version with the content of the older one `toNumber`, sealed anew. Refused unless the
  /// newest is `adopt.expectedNumber` and the older one is still kept. From feature level 2 on.
  record RollBack(Adopt adopt, long toNumber) implements ConfigCommand {}

  /// From here on entries have the meaning of `level`. Refused if it is no higher than what is in
  /// force.
  record Raise(int level) implements ConfigCommand {}

  /// A node was forced to go on without its quorum. Changes nothing if it is among the events.
  /// Refused if the detail is longer than [#MAX_DETAIL]. From feature level 2 on.
  record Forced(String nodeId, String detail) implements ConfigCommand {}

  /// The most characters of a detail.
  int MAX_DETAIL = 1_000;

  default byte[] encode() {
    ByteWriter out = new ByteWriter();
    switch (this) {
      case Found(ClusterSettings settings) -> settings.encode(out.u8(1));
      case Adopt adopt -> write(out.u8(2), adopt);
      case Report(String nodeId, MemberReport report) ->
          report.encodeFirst(out.u8(3).string(nodeId));
      case FullReport(String nodeId, MemberReport report) ->
          report.encode(out.u8(4).string(nodeId));
      case RollBack(Adopt adopt, long to) -> {
        write(out.u8(5), adopt);
        out.varint(to);
      }
      case Raise(int level) -> out.u8(6).varint(level);
      case Forced(String nodeId, String detail) -> out.u8(7).string(nodeId).string(detail);
    }
    return out.toBytes();
  }

  private static void write(ByteWriter out, Adopt adopt) {
    out.varint(adopt.expectedNumber()).string(adopt.author()).string(adopt.hash());
    out.bytes(adopt.sealed());
  }

  private static Adopt adopt(ByteReader in) {
    return new Adopt(in.varint(), in.string(), in.string(), in.bytes());
  }

  /// @throws MalformedBytesException if the bytes are no such command
  static ConfigCommand decode(ByteReader in) {
    int tag = in.u8();
    ConfigCommand command =
        switch (tag) {
          case 1 -> new Found(ClusterSettings.decode(in));
          case 2 -> adopt(in);
          case 3 -> new Report(in.string(), MemberReport.decodeFirst(in));
          case 4 -> new FullReport(in.string(), MemberReport.decode(in));
          case 5 -> new RollBack(adopt(in), in.varint());
          case 6 -> new Raise(in.intVarint());
          case 7 -> new Forced(in.string(), in.string());
          default -> throw new MalformedBytesException("configuration command: unknown tag=" + tag);
        };
    in.expectEnd();
    return command;
  }
}
