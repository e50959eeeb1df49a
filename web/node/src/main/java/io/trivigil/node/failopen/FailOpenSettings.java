package io.trivigil.node.failopen;

import java.time.Duration;

/// The limits of failing open.
///
/// @param after without a quorum for so long, a node fails open; zero for never; default 30 s, at
///   least 5 s
/// @param verdictWait how long the first look at the targets may take before it is judged by what
///   was seen of them; default 15 s
/// @param bufferBytes what is collected at most, the oldest goes first; default 64 MiB
/// @param bufferSeries series that the cluster does not know, collected at most; default 200,000
/// @param merging how what was collected enters the log
public record FailOpenSettings(
    Duration after,
    Duration verdictWait,
    long bufferBytes,
    int bufferSeries,
    MergeSettings merging) {
  /// The shortest time that tells a lost quorum from an election.
  public static final Duration SHORTEST = Duration.ofSeconds(5);

  /// What Trivigil ships with.
  public static final FailOpenSettings DEFAULT =
      new FailOpenSettings(
          Duration.ofSeconds(30), Duration.ofSeconds(15), 64 << 20, 200_000, MergeSettings.DEFAULT);

  public FailOpenSettings {
    if (!after.isZero() && after.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "fail-open-after must be 0 (off) or at least %d s: found=%s"
              .formatted(SHORTEST.toSeconds(), after));
    }
  }

  /// The same with another time.
  public FailOpenSettings withAfter(Duration other) {
    return new FailOpenSettings(other, verdictWait, bufferBytes, bufferSeries, merging);
  }

  /// Whether a node ever fails open.
  public boolean enabled() {
    return !after.isZero();
  }
}
