package io.trivigil.lab;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/// Waiting for the real world, which has no other clock.
public final class Wait {
  private static final InstantSource CLOCK = InstantSource.system();

  private Wait() {}

  /// A condition that may fail to be asked.
  public interface Condition {
    boolean holds() throws IOException;
  }

  public static long nowMs() {
    return CLOCK.millis();
  }

  /// Asks every 50 ms; false if it did not come to hold in time. Errors count as not yet.
  public static boolean until(Duration limit, Condition condition) {
    long endMs = nowMs() + limit.toMillis();
    do {
      try {
        if (condition.holds()) {
          return true;
        }
      } catch (IOException notYet) {
        // The other side may just be starting; the limit decides.
      }
      pause(50);
    } while (nowMs() < endMs);
    return false;
  }

  public static void pause(long ms) {
    try {
      Thread.sleep(Math.max(0, ms));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
