package io.trivigil.node;

/// Says whose command some bytes are, for people who read the log.
public final class CommandNames {
  private CommandNames() {}

  /// The domain in lower case, or what stands there instead.
  public static String domain(byte[] command) {
    if (command.length == 0) {
      return "none";
    }
    int code = command[0];
    for (Domain domain : Domain.values()) {
      if (domain.code() == code) {
        return domain.section();
      }
    }
    return "unknown(%d)".formatted(code);
  }
}
