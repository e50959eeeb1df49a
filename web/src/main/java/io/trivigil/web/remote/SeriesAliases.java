package io.trivigil.web.remote;

import io.trivigil.model.SampleBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The series that this node can name by the raw bytes of their labels: a bounded table, by hash,
/// and equal only by bytes. One for all connections.
///
/// Look-ups take no lock; what changes the table does. When the limit is reached, what was not met
/// since the last time is forgotten; if that is less than an eighth, new series are not learnt for
/// a while and travel with their labels.
public final class SeriesAliases {
  /// Further places that are looked at after the first, so that bytes chosen to collide cost
  /// little.
  private static final int MOST_PROBES = 64;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int limit;
  private final long limitBytes;
  private volatile AtomicReferenceArray<@Nullable Alias> table = new AtomicReferenceArray<>(1024);
  private volatile int round = 1;

  private final Object lock = new Object(); // guards the rest and all changes
  private Map<ByteBuffer, byte[]> fields = new HashMap<>();
  private int size;
  private long bytes;
  private int pauseUntil; // refused to learn so many more

  /// @param limit how many are known at most
  /// @param limitBytes how much memory they may take, about
  public SeriesAliases(int limit, long limitBytes) {
    this.limit = limit;
    this.limitBytes = limitBytes;
  }

  public int size() {
    synchronized (lock) {
      return size;
    }
  }

  /// About how much memory all of it takes, bytes.
  public long bytes() {
    synchronized (lock) {
      return bytes;
    }
  }

  /// Marks an alias as alive.
  void met(Alias alias) {
    alias.use(round);
  }

  /// The alias of exactly these bytes, or null. (Hot path: no box.)
  @Nullable Alias find(byte[] raw, int from, int to, int hash) {
    AtomicReferenceArray<@Nullable Alias> in = table;
    int mask = in.length() - 1;
    for (int probe = 0; probe <= MOST_PROBES; probe++) {
      Alias alias = in.get((hash + probe) & mask);
      if (alias == null) {
        return null;
      }
      if (alias.hash() == hash && alias.length() == to - from && alias.matches(raw, from, to)) {
        return alias;
      }
    }
    return null;
  }

  static int hash(byte[] raw, int from, int to) {
    long hash = (long) to - from;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(raw, at));
    }
    long tail = 0;
    for (; at < to; at++) {
      tail = tail << 8 | (raw[at] & 0xff);
    }
    hash = mix(hash ^ tail);
    return (int) (hash ^ hash >>> 32);
  }

  private static long mix(long value) {
    long product = value * 0x9E3779B97F4A7C15L;
    return product ^ product >>> 29;
  }

  /// Takes what the store answered: the reference of each series that came with labels; 0 where it
  /// made none.
  ///
  /// @param fresh those series, one for each sample, in the order in which they were sent
  public void learn(List<Unlearnt> fresh, List<Long> refs) {
    synchronized (lock) {
      Alias before = null;
      Unlearnt last = Unlearnt.NEVER;
      for (int i = 0; i < Math.min(fresh.size(), refs.size()); i++) {
        Unlearnt series = fresh.get(i);
        if (series == last || series.fields().length == 0 || refs.get(i) == SampleBatch.NO_REF) {
          continue;
        }
        last = series;
        Alias learnt = learn(series, refs.get(i));
        if (before != null && learnt != null) {
          before.followedBy(learnt);
        }
        before = learnt;
      }
    }
  }

  private @Nullable Alias learn(Unlearnt series, long ref) {
    byte[] raw = series.fields();
    Alias known = find(raw, 0, raw.length, series.hash());
    if (known != null) {
      known.learn(ref);
      return known;
    }
    if (size >= limit || bytes >= limitBytes) {
      if (pauseUntil > 0) {
        pauseUntil--;
        return null;
      }
      forgetUnused();
      if (size >= limit || bytes >= limitBytes) {
        return null;
      }
    }
    if (2 * size >= table.length()) {
      rebuild(table.length() * 2, false);
    }
    Alias alias = new Alias(series.hash(), split(raw), ref);
    alias.use(round);
    if (!put(table, alias)) {
      return null;
    }
    size++;
    bytes += Alias.BYTES + (long) Alias.FIELD_BYTES * alias.fields().length;
    return alias;
  }

  /// False if there is no place near enough.
  private static boolean put(AtomicReferenceArray<@Nullable Alias> into, Alias alias) {
    int mask = into.length() - 1;
    for (int probe = 0; probe <= MOST_PROBES; probe++) {
      int place = (alias.hash() + probe) & mask;
      if (into.get(place) == null) {
        into.set(place, alias);
        return true;
      }
    }
    return false;
  }

  private byte[][] split(byte[] raw) {
    int count = 0;
    for (int at = 0; at < raw.length; at = fieldEnd(raw, at)) {
      count++;
    }
    byte[][] split = new byte[count][];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int end = fieldEnd(raw, at);
      split[i] = shared(Arrays.copyOfRange(raw, at, end));
      at = end;
    }
    return split;
  }

  /// Where the field ends that begins at `at`: one byte of tag, a varint of length, its bytes. The
  /// parser has checked them.
  private static int fieldEnd(byte[] raw, int at) {
    int length = 0;
    int i = at + 1;
    for (int shift = 0; ; shift += 7) {
      byte next = raw[i++];
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return i + length;
      }
    }
  }

  private byte[] shared(byte[] field) {
    byte[] known = fields.putIfAbsent(ByteBuffer.wrap(field), field);
    if (known == null) {
      bytes += bytesOf(field);
      return field;
    }
    return known;
  }

  private static long bytesOf(byte[] field) {
    return 16L + 40 + 40 + (field.length + 7 & ~7); // the array, its buffer, its place in the map
  }

  private void forgetUnused() {
    int before = size;
    rebuild(table.length(), true);
    int ended = round; // only changed under the lock
    round = ended + 1;
    // A table full of live series: looking again at once would find the same.
    pauseUntil = before - size < before / 8 ? before / 2 : 0;
  }

  private void rebuild(int length, boolean onlyUsed) {
    AtomicReferenceArray<@Nullable Alias> old = table;
    AtomicReferenceArray<@Nullable Alias> next = new AtomicReferenceArray<>(length);
    Map<ByteBuffer, byte[]> used = new HashMap<>();
    int kept = 0;
    long keptBytes = 0;
    for (int i = 0; i < old.length(); i++) {
      Alias alias = old.get(i);
      if (alias == null
          || (onlyUsed && (alias.usedIn() != round || alias.ref() == SampleBatch.NO_REF))
          || !put(next, alias)) {
        if (alias != null) {
          alias.retire();
        }
        continue;
      }
      kept++;
      keptBytes += Alias.BYTES + (long) Alias.FIELD_BYTES * alias.fields().length;
      for (byte[] field : alias.fields()) {
        if (used.putIfAbsent(ByteBuffer.wrap(field), field) == null) {
          keptBytes += bytesOf(field);
        }
      }
    }
    table = next;
    fields = used;
    size = kept;
    bytes = keptBytes;
  }

  /// Forgets references that the store no longer knows.
  public void forget(List<Long> unknown) {
    if (unknown.isEmpty()) {
      return;
    }
    Set<Long> gone = new HashSet<>(unknown);
    synchronized (lock) {
      for (int i = 0; i < table.length(); i++) {
        Alias alias = table.get(i);
        if (alias != null && gone.contains(alias.ref())) {
          alias.learn(SampleBatch.NO_REF);
        }
      }
    }
  }
}
