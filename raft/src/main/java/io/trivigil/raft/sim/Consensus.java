package io.trivigil.raft.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a quorum agrees on: the one leader that can commit, and the log. The nodes only believe.
///
/// The model is not Raft: what Raft's elections and replication guarantee is taken for granted (one
/// leader a term, a committed entry stays, the log keeps its order), so that everything Raft does
/// not guarantee can be tried often and cheaply.
final class Consensus {
  private final Scheduler scheduler;
  private final List<Slot> log = new ArrayList<>();
  private final ArrayDeque<Slot> appended = new ArrayDeque<>(); // by the leader, not yet committed

  private long term;
  private long nextIndex;
  private @Nullable SimulatedNode leader;

  Consensus(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  long term() {
    return term;
  }

  @Nullable SimulatedNode leader() {
    return leader;
  }

  int size() {
    return log.size();
  }

  Slot slot(int at) {
    return log.get(at);
  }

  long lastIndex() {
    return log.isEmpty() ? -1 : log.getLast().index;
  }

  /// The position in the log just behind `index`.
  int behind(long index) {
    int low = 0;
    int high = log.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (log.get(middle).index <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void append(Slot slot) {
    appended.addLast(slot);
  }

  boolean hasAppended() {
    return !appended.isEmpty();
  }

  /// Commits the oldest entry that the leader has appended.
  void commitOne() {
    Slot slot = appended.removeFirst();
    // Ratis has entries of its own, so indexes have holes.
    nextIndex += 1 + (scheduler.chance(20) ? 1 : 0);
    slot.index = nextIndex;
    log.add(slot);
  }

  void leaderLost() {
    leader = null;
  }

  /// A new term. Of what the old leader had appended a prefix survives, if it could have reached
  /// anybody; the rest is gone.
  void elect(SimulatedNode node, boolean oldReachedOthers) {
    int survive = oldReachedOthers ? scheduler.below(appended.size() + 1) : 0;
    for (int i = 0; i < survive; i++) {
      commitOne();
    }
    appended.clear();
    term++;
    leader = node;
    append(new Slot(term, node.clock().millis(), List.of(), null));
  }
}
