package io.trivigil.rules.run;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// What the [RulesMachine] answers.
public sealed interface RulesAnswer {
  /// Recorded.
  record Accepted() implements RulesAnswer {}

  /// Nothing was changed.
  record Refused(Reason reason, String detail) implements RulesAnswer {}

  /// Why nothing was changed; also a metric's label.
  enum Reason {
    /// The slot is not newer than the newest run.
    NOT_NEWER(1),
    /// The leader did not know the newest run.
    OTHER_BASE(2),
    /// Another configuration version is in force.
    OTHER_CONFIG(3),
    /// The command makes no sense.
    INVALID(4);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    private static Reason of(int code) {
      for (Reason reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      throw new MalformedBytesException("refusal reason: found=" + code);
    }
  }

  /// Layout: u8 kind (0 accepted, 1 refused); refused: u8 reason, string detail.
  default byte[] encode() {
    return switch (this) {
      case Accepted() -> new ByteWriter(16).u8(0).toBytes();
      case Refused(Reason reason, String detail) ->
          new ByteWriter(64).u8(1).u8(reason.code).string(detail).toBytes();
    };
  }

  /// Reads what [#encode] wrote.
  static RulesAnswer decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    if (in.u8() == 0) {
      return new Accepted();
    }
    return new Refused(Reason.of(in.u8()), in.string());
  }
}
