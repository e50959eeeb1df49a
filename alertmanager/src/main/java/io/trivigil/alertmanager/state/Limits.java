package io.trivigil.alertmanager.state;

/// The limits of the replicated state. They are part of `apply`, so they are equal on all nodes.
///
/// @param alerts alerts known at once; default 100,000. New ones beyond are refused and counted
/// @param silences silences kept at once; default 10,000
/// @param silenceBytes one silence, encoded; default 64 KiB
/// @param attempts attempts whose outcome is open; default 1,000
/// @param history lines of alert history; default 20,000. The oldest go first
public record Limits(int alerts, int silences, int silenceBytes, int attempts, int history) {
  /// Ids of notifications sent without a quorum that are remembered; the oldest go first.
  public static final int TOLD_ALONE = 1_000;

  /// What Trivigil ships with.
  public static final Limits DEFAULT = new Limits(100_000, 10_000, 64 << 10, 1_000, 20_000);
}
