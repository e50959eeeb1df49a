package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// When series were retired and came back, since the last durable snapshot: so that one that is
/// written later than it was captured is that of its own entry. Changed by the thread that applies
/// the log; [#isIn] for any.
final class Turns {
  /// One change of a series.
  ///
  /// @param index the entry
  /// @param in whether it came back; else it was retired
  /// @param before the one before that may still be asked for
  private record Turn(long index, boolean in, @Nullable Turn before) {}

  private final ConcurrentHashMap<Long, Turn> newest = new ConcurrentHashMap<>();
  private LongArrayList turned = new LongArrayList(); // in this generation

  /// Notes a change; before anybody can see it.
  void add(long ref, long index, boolean in) {
    newest.put(ref, new Turn(index, in, newest.get(ref)));
    turned.add(ref);
  }

  /// Whether a series in a slot was not retired behind this entry.
  boolean isIn(long ref, long index) {
    Turn turn = newest.get(ref);
    if (turn == null) {
      return true;
    }
    boolean firstIn = turn.in();
    for (; turn != null; turn = turn.before()) {
      if (turn.index() <= index) {
        return turn.in();
      }
      firstIn = turn.in();
    }
    return !firstIn;
  }

  /// Forgets a series' turns if all are durable at this entry.
  ///
  /// @return whether it is retired there, and since
  boolean settle(long ref, long durableIndex) {
    Turn turn = newest.get(ref);
    if (turn == null || turn.index() > durableIndex) {
      return false;
    }
    newest.remove(ref);
    return !turn.in();
  }

  /// The series with turns since the last time; some may stand there twice.
  LongList takeTurned() {
    LongArrayList taken = turned;
    turned = new LongArrayList();
    return taken;
  }

  int size() {
    return newest.size();
  }
}
