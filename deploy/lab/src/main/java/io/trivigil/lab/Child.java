package io.trivigil.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One process that the laboratory started. Thread-safe.
public final class Child {
  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private volatile @Nullable Process process;

  public Child(String name, Path log, Map<String, String> environment, List<String> command) {
    this.name = name;
    this.log = log;
    this.environment = environment;
    this.command = List.copyOf(command);
  }

  public String name() {
    return name;
  }

  public Path log() {
    return log;
  }

  public void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
  }

  public boolean alive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  public long pid() {
    Process running = process;
    return running == null ? -1 : running.pid();
  }

  /// SIGKILL, to the process and whatever it started.
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      await(10);
    }
  }

  /// Sends a signal by its name, for instance `STOP`, if the process lives.
  public void signal(String name) throws IOException {
    if (alive()) {
      Process sent = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
      try {
        sent.waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// SIGTERM, and SIGKILL after ten seconds.
  public void stop() {
    Process running = process;
    if (running != null && running.isAlive()) {
      running.destroy();
      if (!await(10)) {
        kill();
      }
    }
  }

  /// Waits for the end; false if it did not come in time.
  public boolean await(int seconds) {
    Process running = process;
    try {
      return running == null || running.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// What the last process ended with; -1 while it lives or if there was none.
  public int exitCode() {
    Process ended = process;
    return ended == null || ended.isAlive() ? -1 : ended.exitValue();
  }
}
