package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What `apply` says of a command. Bytes: u8 version 1, u8 kind, string.
public sealed interface Answer {
  /// It was done; `detail` may name what it made.
  record Accepted(String detail) implements Answer {}

  /// It was not done and changed nothing.
  record Refused(String reason) implements Answer {}

  /// Done, and nothing to add.
  static Answer done() {
    return new Accepted("");
  }

  default byte[] encode() {
    ByteWriter out = new ByteWriter(32).u8(1);
    switch (this) {
      case Accepted(String detail) -> out.u8(0).string(detail);
      case Refused(String reason) -> out.u8(1).string(reason);
    }
    return out.toBytes();
  }

  static Answer decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    if (in.u8() != 1) {
      throw new io.trivigil.model.codec.MalformedBytesException("unknown version of an answer");
    }
    Answer answer = in.u8() == 0 ? new Accepted(in.string()) : new Refused(in.string());
    in.expectEnd();
    return answer;
  }
}
