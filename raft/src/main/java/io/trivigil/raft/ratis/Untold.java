package io.trivigil.raft.ratis;

import java.time.Duration;

/// What one follower has not been told of the commits, and when it is to be told. Pure: the time
/// comes in.
///
/// Confined to one thread.
final class Untold {
  /// How long the commit of what another node brought waits for an entry that tells of it: that
  /// node answers its client when it has applied it.
  static final Duration SOON = Duration.ofMillis(3);

  /// How long the commit of what the leader proposed itself waits; its client has its answer.
  static final Duration LATER = Duration.ofMillis(30);

  private static final long NEVER = -1;

  private long told = -1;
  private long brought;
  private long sinceMs = NEVER;

  /// @param lastIndex the last entry of the log; nobody looked who brought what is up to there
  Untold(long lastIndex) {
    this.brought = lastIndex;
  }

  /// An entry that another node brought was sent.
  void brought(long index) {
    brought = Math.max(brought, index);
  }

  /// A message was sent that proves everything up to this entry to be committed.
  void told(long index) {
    told = Math.max(told, index);
    sinceMs = NEVER;
  }

  /// It can not be told now; the wait begins anew once it can.
  void notYet() {
    sinceMs = NEVER;
  }

  /// Returns in how many ms the follower is to be told that it is committed up to an entry; for
  /// ever if it knows.
  ///
  /// @param known up to where the follower is known to know
  /// @param nowMs elapsed time, not negative
  long dueInMs(long committed, long known, long nowMs) {
    if (committed <= Math.max(told, known)) {
      sinceMs = NEVER;
      return Long.MAX_VALUE;
    }
    if (sinceMs == NEVER) {
      sinceMs = nowMs;
    }
    Duration after = Math.max(told, known) < brought ? SOON : LATER;
    return Math.max(0, sinceMs + after.toMillis() - nowMs);
  }
}
