package io.trivigil.web.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A wall clock that tests can set wrong: what another clock says plus the milliseconds that stand
/// in a file, which is looked at every 100 ms at most. There is none unless the environment names
/// the file. Thread-safe: its monitor guards the offset.
final class OffsetClock implements InstantSource {
  /// The environment variable that names the file.
  static final String VARIABLE = "TRIVIGIL_TEST_CLOCK_OFFSET_FILE";

  private static final Logger LOG = LoggerFactory.getLogger(OffsetClock.class);
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final Path file;
  private long lookedNanos;
  private long offsetMs;

  private OffsetClock(InstantSource clock, LongSupplier nanoTicker, Path file) {
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.file = file;
    this.lookedNanos = nanoTicker.getAsLong() - LOOK_NANOS;
  }

  /// The clock itself, or, where the environment asks for it, one that can be set wrong.
  static InstantSource over(
      InstantSource clock, LongSupplier nanoTicker, Map<String, String> environment) {
    String file = environment.getOrDefault(VARIABLE, "");
    if (file.isEmpty()) {
      return clock;
    }
    LOG.warn("this server's clock can be set wrong, for tests variable={} file={}", VARIABLE, file);
    return new OffsetClock(clock, nanoTicker, Path.of(file));
  }

  @Override
  public Instant instant() {
    return clock.instant().plusMillis(offsetMs());
  }

  @Override
  public long millis() {
    return clock.millis() + offsetMs();
  }

  private synchronized long offsetMs() {
    long now = nanoTicker.getAsLong();
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      long found = read();
      if (found != offsetMs) {
        LOG.warn("clock is set offset_ms={} was_ms={}", found, offsetMs);
        offsetMs = found;
      }
    }
    return offsetMs;
  }

  private long read() {
    try {
      return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
    } catch (IOException | NumberFormatException halfWritten) {
      return offsetMs; // the next look will see all of it
    }
  }
}
