package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetClockTest {
  private static final InstantSource FIXED = InstantSource.fixed(Instant.ofEpochMilli(1_000_000));

  @Test
  void thereIsNoneUnlessAskedFor() {
    assertThat(OffsetClock.over(FIXED, () -> 0, Map.of())).isSameAs(FIXED);
  }

  @Test
  void theFileIsLookedAtEvery100Ms(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("offset");
    AtomicLong nanos = new AtomicLong(-5);
    InstantSource clock =
        OffsetClock.over(FIXED, nanos::get, Map.of(OffsetClock.VARIABLE, file.toString()));
    assertThat(clock.millis()).isEqualTo(1_000_000);

    Files.writeString(file, "-2500\n");
    nanos.addAndGet(99_999_999);
    assertThat(clock.millis()).isEqualTo(1_000_000);
    nanos.addAndGet(1);
    assertThat(clock.millis()).isEqualTo(997_500);
    assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(997_500));

    Files.writeString(file, "");
    nanos.addAndGet(100_000_000);
    assertThat(clock.millis()).as("a half-written file changes nothing").isEqualTo(997_500);
    Files.delete(file);
    nanos.addAndGet(100_000_000);
    assertThat(clock.millis()).isEqualTo(1_000_000);
  }
}
