package io.trivigil.web.remote;

import io.trivigil.model.SampleBatch;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongPredicate;

/// The series that this node can name by the raw bytes of their labels: a bounded table, by hash,
/// and equal only by bytes. One for all connections.
///
/// Look-ups take no lock; what changes the table does. When the limit is reached, what was not met
/// since the last time is forgotten; if that is less than an eighth, new series are not learnt for
/// a while and travel with their labels.
public final class SeriesAliases {
  private static final int LEAST_LOOK = 8192;

  /// A part of all: as many series must have left the store before it is looked who is gone, and so
  /// many of these be gone to be forgotten.
  private static final int PART = 4;

  private final int limit;
  private final long limitBytes;
  private volatile AliasTable table = new AliasTable();
  private volatile byte round = 1;

  private final Object lock = new Object(); // guards the rest and all changes
  private int pauseUntil; // refused to learn so many more
  private long goneAtLook; // from the store, when it was last looked

  /// @param limit how many are known at most
  /// @param limitBytes how much memory they may take, about
  public SeriesAliases(int limit, long limitBytes) {
    this.limit = limit;
    this.limitBytes = limitBytes;
  }

  public int size() {
    synchronized (lock) {
      return table.size();
    }
  }

  /// About how much memory all of it takes, bytes.
  public long bytes() {
    synchronized (lock) {
      return table.bytes();
    }
  }

  /// What is known now, for one request: the numbers of aliases are this table's.
  AliasTable table() {
    return table;
  }

  /// In which round it is to be noted what is alive.
  byte round() {
    return round;
  }

  /// Takes what the store answered: the reference of each series that came with labels; 0 where it
  /// made none.
  ///
  /// @param fresh those series, one for each sample, in the order in which they were sent
  public void learn(List<Unlearnt> fresh, List<Long> refs) {
    synchronized (lock) {
      AliasTable in = table;
      int before = AliasTable.NONE;
      Unlearnt last = Unlearnt.NEVER;
      for (int i = 0; i < Math.min(fresh.size(), refs.size()); i++) {
        Unlearnt series = fresh.get(i);
        if (series == last || series.fields().length == 0 || refs.get(i) == SampleBatch.NO_REF) {
          continue;
        }
        last = series;
        int learnt = learn(series, refs.get(i));
        if (in != table) { // forgot: the numbers are others
          in = table;
        } else if (before != AliasTable.NONE && learnt != AliasTable.NONE) {
          in.follow(before, learnt);
        }
        before = learnt;
      }
    }
  }

  private int learn(Unlearnt series, long ref) {
    byte[] raw = series.fields();
    int known = table.find(new RequestFields(raw), 0, raw.length, series.hash());
    if (known != AliasTable.NONE) {
      table.learn(known, ref);
      return known;
    }
    if (isFull()) {
      if (pauseUntil > 0) {
        pauseUntil--;
        return AliasTable.NONE;
      }
      forgetUnused();
      if (isFull()) {
        return AliasTable.NONE;
      }
    }
    return table.add(raw, series.hash(), ref, round);
  }

  private boolean isFull() {
    return table.size() >= limit || table.bytes() >= limitBytes;
  }

  private void forgetUnused() {
    int before = table.size();
    byte ended = round; // only changed under the lock
    table = table.those(table.metIn(ended));
    round = (byte) (ended + 1); // after 256 rounds one may seem alive that is not
    // A table full of live series: looking again at once would find the same.
    pauseUntil = before - table.size() < before / 8 ? before / 2 : 0;
  }

  /// Forgets references that the store no longer knows.
  public void forget(List<Long> unknown) {
    if (!unknown.isEmpty()) {
      synchronized (lock) {
        table.forget(new HashSet<>(unknown));
      }
    }
  }

  /// Forgets series that nobody writes any more, when so many may be that it is worth the look.
  ///
  /// @param isLive whether the store knows a reference
  /// @param gone how many it does not know any more
  public void forgetGone(LongPredicate isLive, long gone) {
    synchronized (lock) {
      goneAtLook = Math.min(goneAtLook, gone); // some came back
      if (table.size() < LEAST_LOOK || gone - goneAtLook < table.size() / PART) {
        return;
      }
      goneAtLook = gone;
      BitSet alive = table.having(isLive);
      if (alive.cardinality() <= table.size() / PART * (PART - 1)) {
        table = table.those(alive::get);
      }
    }
  }
}
