package io.trivigil.node;

/// Whose command it is: the first byte of every command in the log. The numbers are part of the
/// bytes.
enum Domain {
  CONFIG(1),
  STORE(2),
  SCRAPE(3),
  RULES(4),
  ALERTMANAGER(5),
  FAIL_OPEN(6);

  private final int code;

  Domain(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// The command with its domain in front.
  byte[] wrap(byte[] command) {
    byte[] wrapped = new byte[command.length + 1];
    wrapped[0] = (byte) code;
    System.arraycopy(command, 0, wrapped, 1, command.length);
    return wrapped;
  }

  /// The domain's name in snapshots.
  String section() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
