package io.trivigil.rules.eval;

import io.trivigil.rules.file.RuleGroup;
import java.util.Optional;

/// The slots of one group: `k * interval + hash(file, name) mod interval`. Pure.
public record Schedule(long intervalMs, long offsetMs) {
  /// A run that is due.
  ///
  /// @param missed slots between the run before and this one, which nobody will evaluate
  public record Due(long slotMs, long missed) {}

  public static Schedule of(RuleGroup group) {
    return new Schedule(
        group.intervalMs(), Long.remainderUnsigned(group.key().hash(), group.intervalMs()));
  }

  /// The newest slot at or before a time.
  public long slotAt(long nowMs) {
    return Math.floorDiv(nowMs - offsetMs, intervalMs) * intervalMs + offsetMs;
  }

  /// The first slot after a time.
  public long slotAfter(long ms) {
    return slotAt(ms) + intervalMs;
  }

  /// The newest slot, if it is newer than the newest run: a late run skips the slots between.
  ///
  /// @param lastMs the slot of the newest run
  /// @param counting whether the newest run had the same interval, so that slots in between were
  ///   missed
  public Optional<Due> due(long nowMs, long lastMs, boolean counting) {
    long slot = slotAt(nowMs);
    if (slot <= lastMs) {
      return Optional.empty();
    }
    long missed = counting ? Math.max(0, (slot - lastMs) / intervalMs - 1) : 0;
    return Optional.of(new Due(slot, missed));
  }
}
