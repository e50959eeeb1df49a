package io.trivigil.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One process that the laboratory started. Confined to the scenario's thread.
final class Child {
  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private @Nullable Process process;

  Child(String name, Path log, Map<String, String> environment, List<String> command) {
    this.name = name;
    this.log = log;
    this.environment = environment;
    this.command = List.copyOf(command);
  }

  String name() {
    return name;
  }

  Path log() {
    return log;
  }

  void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process == null ? -1 : process.pid();
  }

  /// SIGKILL, to the process and whatever it started.
  void kill() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      await(10);
    }
  }

  /// SIGTERM, and SIGKILL after ten seconds.
  void stop() {
    if (process != null && process.isAlive()) {
      process.destroy();
      if (!await(10)) {
        kill();
      }
    }
  }

  /// Waits for the end; false if it did not come in time.
  boolean await(int seconds) {
    try {
      return process == null || process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  int exitCode() {
    return process == null || process.isAlive() ? -1 : process.exitValue();
  }
}
