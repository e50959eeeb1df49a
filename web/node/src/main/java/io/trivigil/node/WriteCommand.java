package io.trivigil.node;

import io.trivigil.model.SampleBatch;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// What enters the log on behalf of the store alone. Each begins with `u8 version = 1 | u8 kind`.
public sealed interface WriteCommand {

  /// One remote-write request, judged whole: the first unwelcome sample refuses it. Bytes: `kind 1
  /// | zigzag minMs | zigzag maxMs | batch`.
  ///
  /// @param minMs samples below are too old
  /// @param maxMs samples above are too far ahead
  record Write(long minMs, long maxMs, SampleBatch batch) implements WriteCommand {}

  /// Samples below the cut-off go. Bytes: `kind 2 | zigzag cutoffMs`.
  record Retain(long cutoffMs) implements WriteCommand {}

  default byte[] encode() {
    ByteWriter out = new ByteWriter().u8(1);
    switch (this) {
      case Write(long minMs, long maxMs, SampleBatch batch) -> {
        out.u8(1).zigzag(minMs).zigzag(maxMs);
        batch.encode(out);
      }
      case Retain(long cutoffMs) -> out.u8(2).zigzag(cutoffMs);
    }
    return out.toBytes();
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such command
  static WriteCommand decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != 1) {
      throw new MalformedBytesException("write command version: expected=1 found=" + version);
    }
    int kind = in.u8();
    WriteCommand command =
        switch (kind) {
          case 1 -> new Write(in.zigzag(), in.zigzag(), SampleBatch.decode(in));
          case 2 -> new Retain(in.zigzag());
          default -> throw new MalformedBytesException("write command: unknown kind=" + kind);
        };
    in.expectEnd();
    return command;
  }
}
