package io.trivigil.web.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Processes of nodes that `trivigil up` keeps on this machine.
///
/// @param directory that of `up`; empty where the nodes are elsewhere
public record LocalProcesses(Optional<Path> directory) {
  /// The node's process id.
  ///
  /// @throws IOException if it is not known here
  long pid(String id) throws IOException {
    Path file =
        directory.orElseThrow(() -> new IOException("no --dir")).resolve(id + "/trivigil.pid");
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (NumberFormatException e) {
      throw new IOException("no process id in " + file, e);
    }
  }

  /// Sends a signal: `STOP`, `CONT` or `KILL`.
  static void signal(long pid, String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("kill -%s %d ended with code %d".formatted(name, pid, code));
    }
  }
}
