package io.trivigil.raft.ratis;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the leader write into the log how far it is committed: once a second while it moves.
///
/// A node that starts again without a quorum can know of its log only by this what was committed,
/// and applies no more; [ForcedStart] says it before it gives the others up. Ratis would write it
/// behind each single commit, which is what [CommitTeller] does without.
///
/// Runs on the timer's thread alone.
final class CommitNote implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitNote.class);
  static final Duration EVERY = Duration.ofSeconds(1);

  private final RaftServer.Division division;
  private final MachineAdapter adapter;
  private final Noted noted = new Noted();

  /// Up to where the log says of itself that it is committed. Pure.
  static final class Noted {
    private long upTo = -1;

    /// Whether a log that is committed up to an entry is worth a note.
    boolean due(long committed) {
      return committed > upTo;
    }

    /// A note was written.
    ///
    /// @param at its entry; negative if the log said so much already
    void wrote(long committed, long at) {
      // Its own commit is not worth another, but that of entries between is: they were in flight.
      upTo = at == committed + 1 ? at : committed;
    }

    @Override
    public String toString() {
      return Long.toString(upTo);
    }
  }

  private CommitNote(RaftServer.Division division, MachineAdapter adapter) {
    this.division = division;
    this.adapter = adapter;
  }

  static void start(
      ScheduledExecutorService timer, RaftServer.Division division, MachineAdapter adapter) {
    var _ =
        timer.scheduleWithFixedDelay(
            new CommitNote(division, adapter),
            EVERY.toMillis(),
            EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    try {
      note();
    } catch (RuntimeException e) { // a log that closes; the timer would never call again
      LOG.warn("commit not noted in the log index={} reason={}", noted, e.toString());
    }
  }

  private void note() {
    if (adapter.readyTerm() < 0
        || !noted.due(division.getRaftLog().getLastCommittedIndex())
        || division.getRaftConf().getAllPeers().size() < 2) {
      return;
    }
    synchronized (division) { // Ratis' own lock: under it the role and the term stay
      long term = division.getInfo().getCurrentTerm();
      if (division.getInfo().isAlive()
          && division.getInfo().isLeader()
          && adapter.readyTerm() == term) {
        long committed = division.getRaftLog().getLastCommittedIndex();
        noted.wrote(committed, division.getRaftLog().appendMetadata(term, committed));
      }
    }
  }
}
