package io.trivigil.chaos;

import io.trivigil.lab.Child;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// One node: its process, who starts it again, and whether it says that it is ready. Thread-safe.
final class Member {
  private static final long RESTART_AFTER_MS = 500;

  private final String id;
  private final String url;
  private final Path data;
  private final Path clockFile;
  private final Child process;
  private final Journal journal;
  private volatile boolean wanted;
  private volatile boolean held;
  private volatile boolean expected; // the end of the process is our doing
  private volatile boolean ready;
  private volatile boolean paused;
  private final AtomicInteger starts = new AtomicInteger();

  Member(String id, String url, Path data, Path clockFile, Child process, Journal journal) {
    this.id = id;
    this.url = url;
    this.data = data;
    this.clockFile = clockFile;
    this.process = process;
    this.journal = journal;
  }

  String id() {
    return id;
  }

  String url() {
    return url;
  }

  Path data() {
    return data;
  }

  Path clockFile() {
    return clockFile;
  }

  Child process() {
    return process;
  }

  int starts() {
    return starts.get();
  }

  /// Alive, not stopped, and ready as of the last look.
  boolean sound() {
    return ready && !paused && process.alive();
  }

  /// Begins to start the process whenever it is dead, and to look at it.
  void watch(Runnable onChange) {
    wanted = true;
    Thread.ofVirtual().name("supervisor-" + id).start(this::supervise);
    Thread.ofVirtual().name("look-" + id).start(() -> look(onChange));
  }

  private void supervise() {
    try {
      startProcess();
      while (wanted) {
        if (!process.alive()) {
          ready = false;
          if (!expected && !held) {
            journal.say("* %s ended by itself, exit code %d".formatted(id, process.exitCode()));
          }
          Wait.pause(RESTART_AFTER_MS);
          if (wanted && !held) {
            startProcess();
          }
        }
        Wait.pause(20);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("node can not be started: " + id, e);
    }
  }

  private void startProcess() throws IOException {
    expected = false;
    starts.incrementAndGet();
    process.start();
  }

  private void look(Runnable onChange) {
    while (wanted) {
      boolean now;
      try {
        now = Http.get(url + "/-/ready", Duration.ofMillis(500)).status() == 200;
      } catch (IOException dead) {
        now = false;
      }
      if (now != ready) {
        ready = now && process.alive();
        journal.say(id + (ready ? " is ready" : " is not ready"));
        onChange.run();
      }
      Wait.pause(100);
    }
  }

  /// SIGKILL; the supervisor starts it again. Returns the time of the kill.
  long kill() {
    expected = true;
    ready = false;
    paused = false;
    long killedMs = Wait.nowMs();
    process.kill();
    return killedMs;
  }

  /// SIGTERM.
  void stop() {
    expected = true;
    process.stop();
    ready = false;
  }

  void pause() throws IOException {
    paused = true;
    process.signal("STOP");
  }

  void resume() throws IOException {
    process.signal("CONT");
    paused = false;
  }

  /// Ends it for good.
  void retire() {
    wanted = false;
    expected = true;
    process.stop();
  }

  /// Stops it and keeps it stopped until [#release].
  void hold() {
    held = true;
    stop();
  }

  void release() {
    held = false;
  }
}
