package io.trivigil.web.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the whole machine does, all processes together: from Linux's `/proc/stat`, which in a
/// container is the host's, too. Thread-safe.
///
/// @param cpu processor time in use since the start, of all processors; what a hypervisor gave to
///   others counts as used
/// @param processors how many it has
public record MachineLoad(Duration cpu, int processors) {
  private static final Path FILE = Path.of("/proc/stat");
  private static final String ALL = "cpu ";
  private static final String ONE = "cpu";

  /// `USER_HZ`, the unit of the file: 100 a second on every architecture that is in use.
  private static final int TICK_MS = 10;

  // Places in the line of all processors, behind its name (proc_pid_stat(5)):
  private static final int IDLE = 3;
  private static final int WAITS_FOR_DISK = 4;
  private static final int STEAL = 7; // the last one: what follows is within user and nice

  /// What the machine does now; empty where the system does not tell.
  public static Optional<MachineLoad> now() {
    try {
      return parse(Files.readAllLines(FILE, StandardCharsets.US_ASCII));
    } catch (IOException _) {
      return Optional.empty(); // no such file outside Linux
    }
  }

  /// Reads the lines of the file; empty if they are not as expected.
  static Optional<MachineLoad> parse(List<String> lines) {
    int processors = 0;
    long ticks = -1;
    for (String line : lines) {
      if (line.startsWith(ALL)) {
        ticks = used(line.substring(ALL.length()).strip().split(" +"));
      } else if (line.startsWith(ONE)) {
        processors++;
      }
    }
    return ticks < 0 || processors == 0
        ? Optional.empty()
        : Optional.of(new MachineLoad(Duration.ofMillis(ticks * TICK_MS), processors));
  }

  private static long used(String[] fields) {
    long ticks = 0;
    for (int i = 0; i < fields.length && i <= STEAL; i++) {
      if (i != IDLE && i != WAITS_FOR_DISK) {
        try {
          ticks += Long.parseLong(fields[i]);
        } catch (NumberFormatException _) {
          return -1;
        }
      }
    }
    return ticks;
  }
}
