package io.trivigil.storage.head;

import io.trivigil.model.SampleBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Samples of one series from one generation, oldest first, each with the number of its entry.
///
/// Append-only: the writer publishes a sample by raising `size` last. A reader takes the size first
/// and then the columns, which have room for at least as many.
public final class Segment {
  /// Stands where there is no sample before.
  public static final long NONE = Long.MIN_VALUE;

  private static final VarHandle SIZE;
  private static final VarHandle OLDER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SIZE = lookup.findVarHandle(Segment.class, "size", int.class);
      OLDER = lookup.findVarHandle(Segment.class, "older", Segment.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int FIRST_CAPACITY = 2; // many series get one sample in a generation

  private final long ref;
  private final int generation;
  private final long previousMs;
  private final long previousBits;

  /// For `capacity` samples: timestamp and value bits of each in turn, then the ordinals, two to a
  /// long. One array, so that growing is one volatile write, and a series with few samples small.
  private volatile long[] data;

  @SuppressWarnings("unused") // through SIZE
  private int size;

  @SuppressWarnings("unused") // through OLDER
  private @Nullable Segment older; // null: nothing older is in memory

  Segment(long ref, int generation, @Nullable Segment older, long previousMs, long previousBits) {
    this.ref = ref;
    this.generation = generation;
    this.older = older;
    this.previousMs = previousMs;
    this.previousBits = previousBits;
    this.data = new long[length(FIRST_CAPACITY)];
  }

  private static int length(int capacity) {
    return 2 * capacity + (capacity + 1) / 2;
  }

  private static int capacity(int length) {
    return length * 2 / 5;
  }

  void append(int ordinal, long timestampMs, long bits) {
    long[] into = data;
    int at = size;
    int capacity = capacity(into.length);
    if (at == capacity) {
      into = grown(into, capacity, capacity + (capacity + 1) / 2);
      data = into;
    }
    into[2 * at] = timestampMs;
    into[2 * at + 1] = bits;
    int ordinals = 2 * capacity(into.length);
    // A reader of the other half sees it unchanged, before and after.
    into[ordinals + at / 2] |= (ordinal & 0xFFFF_FFFFL) << ((at & 1) * 32);
    SIZE.setRelease(this, at + 1);
  }

  private static long[] grown(long[] from, int capacity, int to) {
    long[] into = new long[length(to)];
    System.arraycopy(from, 0, into, 0, 2 * capacity);
    System.arraycopy(from, 2 * capacity, into, 2 * to, (capacity + 1) / 2);
    return into;
  }

  private static int ordinal(long[] data, int at) {
    return (int) (data[2 * capacity(data.length) + at / 2] >>> ((at & 1) * 32));
  }

  public long ref() {
    return ref;
  }

  int generation() {
    return generation;
  }

  /// The time of the sample before this segment, [#NONE] if it is the series' first.
  long previousMs() {
    return previousMs;
  }

  long previousBits() {
    return previousBits;
  }

  @Nullable Segment older() {
    return (Segment) OLDER.getAcquire(this);
  }

  void cutOlder() {
    OLDER.setRelease(this, null);
  }

  /// All samples so far.
  public int size() {
    return (int) SIZE.getAcquire(this);
  }

  /// Timestamp and value bits in turn, valid below the [#size] that was asked before.
  public long[] data() {
    return data;
  }

  /// How many samples the view contains.
  int visible(HeadView view) {
    if (generation > view.generation()) {
      return 0;
    }
    int all = size();
    if (generation < view.generation()) {
      return all;
    }
    long[] samples = data;
    int low = 0;
    int high = all;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ordinal(samples, middle) <= view.ordinal()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Appends the first `count` samples as far as they are in the range.
  void read(int count, long fromMs, long toMs, SampleBuffer out) {
    long[] samples = data;
    for (int i = lowerBound(samples, count, fromMs); i < count && samples[2 * i] <= toMs; i++) {
      out.add(samples[2 * i], Double.longBitsToDouble(samples[2 * i + 1]));
    }
  }

  /// The place of the newest of the first `count` samples at or below `toMs`, -1 if there is none.
  int floor(int count, long toMs) {
    return toMs == Long.MAX_VALUE ? count - 1 : lowerBound(data, count, toMs + 1) - 1;
  }

  private static int lowerBound(long[] samples, int count, long fromMs) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (samples[2 * middle] < fromMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int bytes() {
    return 72 + data.length * 8;
  }
}
