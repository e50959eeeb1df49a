package io.trivigil.alertmanager.state;

/// What last happened to an alert, as its history tells it. The numbers are part of the bytes.
public enum Phase {
  /// It was received as firing.
  ACTIVE(0),
  /// A receiver was told that it fires.
  NOTIFIED(1),
  /// A silence held it back.
  SILENCED(2),
  /// Another alert held it back.
  INHIBITED(3),
  /// Its route was quiet at that time of day.
  MUTED(4),
  /// It ended.
  RESOLVED(5),
  /// A receiver was told that it ended.
  RESOLVED_NOTIFIED(6),
  /// A receiver could not be told.
  FAILED(7);

  private final int code;

  Phase(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// The phase of a number read from bytes.
  static Phase of(int code) {
    for (Phase phase : values()) {
      if (phase.code == code) {
        return phase;
      }
    }
    throw new io.trivigil.model.codec.MalformedBytesException("unknown phase " + code);
  }

  /// The phase in lower case, as it is shown.
  public String text() {
    return switch (this) {
      case ACTIVE -> "active";
      case NOTIFIED -> "notified";
      case SILENCED -> "silenced";
      case INHIBITED -> "inhibited";
      case MUTED -> "muted";
      case RESOLVED -> "resolved";
      case RESOLVED_NOTIFIED -> "resolved_notified";
      case FAILED -> "failed";
    };
  }
}
