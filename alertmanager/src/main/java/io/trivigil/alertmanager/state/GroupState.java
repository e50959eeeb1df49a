package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// The timing of one aggregation group; a group that was never flushed has none.
///
/// @param version changes with every flush; 0 stands for no state
/// @param flushMs the planned time of the newest flush
/// @param decidedMs when the newest flush was decided
/// @param seenRevision the revision of the state that the newest flush was decided on
/// @param nextFlushMs when the next flush is due
/// @param pending attempts of the newest flush whose outcome is open
/// @param failed whether an attempt of the newest flush failed
/// @param coveredMs the decision time up to which ended alerts are done with in this group
/// @param coveredRevision the same as a revision of the state
/// @param resting whether all its alerts are done with, so that the next one makes it a new group
public record GroupState(
    long version,
    long flushMs,
    long decidedMs,
    long seenRevision,
    long nextFlushMs,
    int pending,
    boolean failed,
    long coveredMs,
    long coveredRevision,
    boolean resting) {

  /// Whether this ended alert was part of a flush that succeeded as a whole, so that it is no
  /// longer in the group.
  public boolean isDoneWith(Alert ended) {
    return ended.revision() <= coveredRevision && ended.endsMs() <= coveredMs;
  }

  GroupState atRest(long newVersion) {
    return new GroupState(
        newVersion,
        flushMs,
        decidedMs,
        seenRevision,
        nextFlushMs,
        0,
        false,
        coveredMs,
        coveredRevision,
        true);
  }

  GroupState afterOutcome(boolean outcomeFailed) {
    boolean anyFailed = failed || outcomeFailed;
    boolean done = pending == 1 && !anyFailed;
    return new GroupState(
        version,
        flushMs,
        decidedMs,
        seenRevision,
        nextFlushMs,
        Math.max(0, pending - 1),
        anyFailed,
        done ? decidedMs : coveredMs,
        done ? seenRevision : coveredRevision,
        resting);
  }

  void encode(ByteWriter out) {
    out.varint(version).zigzag(flushMs).zigzag(decidedMs).varint(seenRevision);
    out.zigzag(nextFlushMs).varint(pending).bool(failed);
    out.zigzag(coveredMs).varint(coveredRevision).bool(resting);
  }

  static GroupState decode(ByteReader in) {
    return new GroupState(
        in.varint(),
        in.zigzag(),
        in.zigzag(),
        in.varint(),
        in.zigzag(),
        in.intVarint(),
        in.bool(),
        in.zigzag(),
        in.varint(),
        in.bool());
  }
}
