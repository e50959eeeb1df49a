package io.trivigil.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What the log drives. The log calls [#apply], [#capture], [#install] and [#onLeadership] from one
/// thread at a time; [#writeCheckpoint] and [Capture#write] run on another, beside [#apply].
public interface StateMachine {

  /// What of the log the durable state already contains; replay begins just behind it.
  Position recovered();

  /// Applies one entry whole and returns one answer for each command, in their order. An entry may
  /// have no commands: each leader begins its term with one, and it moves the log time on.
  ///
  /// Deterministic: depends on the state and the entry alone. A command that can not be decoded or
  /// is not allowed is answered by a refusal and changes nothing. An exception means that this
  /// node's state can not be trusted: the log halts the node and names the index.
  List<byte[]> apply(Entry entry);

  /// Fixes the state as it is after the last applied entry, quickly: the work is in
  /// [Capture#write].
  Capture capture();

  /// How urgently the memory that applied entries take asks for a capture, whatever they take in
  /// the log. Asked after each entry; changes no state, so nodes may answer differently.
  default CaptureNeed captureNeed() {
    return CaptureNeed.NONE;
  }

  /// What memory asks of the log.
  enum CaptureNeed {
    /// A capture comes in its own time.
    NONE,
    /// A capture is due.
    DUE,
    /// No further entry may be applied before a capture was written.
    BEFORE_MORE
  }

  /// A state that was fixed at one index and can be made durable beside further entries.
  interface Capture {
    /// The last entry that the captured state contains.
    Position position();

    /// Makes the captured state durable, atomically, as the new [StateMachine#recovered].
    void write() throws IOException;
  }

  /// Writes a consistent copy of the durable state (that of [#recovered], which is returned) as
  /// plain files into the empty directory `directory`, for a peer to install.
  Position writeCheckpoint(Path directory) throws IOException;

  /// Replaces the whole durable and live state by the files that a peer's [#writeCheckpoint] wrote,
  /// and returns what [#recovered] is from now on. After a crash in the middle it is called again
  /// with the same files, so until it has finished [#recovered] must not name the new position. The
  /// files may be moved away.
  Position install(Path directory) throws IOException;

  /// Tells of a change of leadership. [Leadership#ready] is true only once this node leads, Ratis
  /// says that the leader is ready, and this node has applied the first entry of its term.
  void onLeadership(Leadership leadership);

  /// A place in the log, and the log's time there. Made durable together with the state.
  ///
  /// @param term the term of the last entry that is contained, 0 when nothing is
  /// @param index the index of the last entry that is contained, -1 when nothing is
  /// @param logTimeMs [Entry#logTimeMs] of that entry, 0 when nothing is; without it the log's time
  ///   could go back after a restart
  record Position(long term, long index, long logTimeMs) {
    /// Before the first entry.
    public static final Position NOTHING = new Position(0, -1, 0);

    /// The place just behind this entry.
    public static Position of(Entry entry) {
      return new Position(entry.term(), entry.index(), entry.logTimeMs());
    }
  }

  /// Who leads, as this node sees it.
  ///
  /// @param term the term
  /// @param leaderId the leader's node id, empty when unknown
  /// @param ready whether this node leads and may begin the leader's work
  record Leadership(long term, String leaderId, boolean ready) {}
}
