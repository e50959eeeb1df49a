package io.trivigil.scraper.loop;

import java.nio.charset.StandardCharsets;

/// The slots of one target: times that lie `interval` apart, the same for every leader.
///
/// @param offsetMs where in the interval they lie
record Schedule(long intervalMs, long offsetMs) {
  /// Spreads targets over the interval by their key and the seed of the cluster.
  static Schedule of(String key, long seed, long intervalMs) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return new Schedule(intervalMs, Long.remainderUnsigned(hash ^ seed, intervalMs));
  }

  /// The latest slot that is not after `timeMs`.
  long atOrBefore(long timeMs) {
    return Math.floorDiv(timeMs - offsetMs, intervalMs) * intervalMs + offsetMs;
  }

  /// The first slot after `timeMs`.
  long after(long timeMs) {
    return atOrBefore(timeMs) + intervalMs;
  }

  /// The slot to scrape next: the newest one that was missed, which is then due at once, or the
  /// next to come.
  ///
  /// @param lastMs the last slot that was taken
  long next(long nowMs, long lastMs) {
    long latest = atOrBefore(nowMs);
    return latest > lastMs ? latest : after(Math.max(nowMs, lastMs));
  }

  /// The timestamp of a scrape that begins at `nowMs`: the slot's own if it is near enough, so that
  /// jitter costs no bytes.
  long timestamp(long slotMs, long nowMs) {
    long tolerance = Math.min(2, intervalMs / 100);
    return Math.abs(nowMs - slotMs) <= tolerance ? slotMs : nowMs;
  }
}
