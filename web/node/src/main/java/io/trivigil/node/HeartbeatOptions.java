package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.Heartbeat;
import java.time.Duration;

/// Where a dead man's switch reports, and how often.
///
/// @param receiver a receiver of `alertmanager.yml`
/// @param interval from one heartbeat to the next; default 1 min, at least [Heartbeat#SHORTEST]
public record HeartbeatOptions(String receiver, Duration interval) {
  public HeartbeatOptions {
    if (receiver.isEmpty()) {
      throw new IllegalArgumentException("heartbeat receiver has no name");
    }
    if (interval.compareTo(Heartbeat.SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "--alerting.heartbeat.interval is at least %ds: interval_ms=%d"
              .formatted(Heartbeat.SHORTEST.toSeconds(), interval.toMillis()));
    }
  }
}
