package io.trivigil.storage.head;

import io.trivigil.model.SampleBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
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

  /// Both columns in one object, so that growing is one volatile write.
  private record Columns(long[] data, int[] ordinals) {}

  private final long ref;
  private final int generation;
  private final long previousMs;
  private final long previousBits;
  private volatile Columns columns;

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
    this.columns = new Columns(new long[8], new int[4]);
  }

  void append(int ordinal, long timestampMs, long bits) {
    Columns into = columns;
    int at = size;
    if (at == into.ordinals.length) {
      into = new Columns(Arrays.copyOf(into.data, at * 4), Arrays.copyOf(into.ordinals, at * 2));
      columns = into;
    }
    into.data[2 * at] = timestampMs;
    into.data[2 * at + 1] = bits;
    into.ordinals[at] = ordinal;
    SIZE.setRelease(this, at + 1);
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
    return columns.data;
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
    int[] ordinals = columns.ordinals;
    int low = 0;
    int high = all;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ordinals[middle] <= view.ordinal()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Appends the first `count` samples as far as they are in the range.
  void read(int count, long fromMs, long toMs, SampleBuffer out) {
    long[] data = data();
    for (int i = lowerBound(data, count, fromMs); i < count && data[2 * i] <= toMs; i++) {
      out.add(data[2 * i], Double.longBitsToDouble(data[2 * i + 1]));
    }
  }

  /// The place of the newest of the first `count` samples at or below `toMs`, -1 if there is none.
  int floor(int count, long toMs) {
    return toMs == Long.MAX_VALUE ? count - 1 : lowerBound(data(), count, toMs + 1) - 1;
  }

  private static int lowerBound(long[] data, int count, long fromMs) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (data[2 * middle] < fromMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int bytes() {
    return 96 + columns.data.length * 8 + columns.ordinals.length * 4;
  }
}
