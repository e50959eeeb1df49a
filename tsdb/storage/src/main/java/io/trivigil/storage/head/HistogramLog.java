package io.trivigil.storage.head;

import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bytes of histograms, one behind the other, beside the Java heap or on it. In the
/// [SampleLog], such a sample has instead of a value's bits [#TAG] and the position of its bytes:
///
/// ```
/// u8 kind = 1 | i32 layout bytes, layout | i32 counts bytes, counts     a histogram
/// u8 kind = 2 | i64 bits                                                a float that has the tag
/// ```
///
/// Where only the last sample of a series is known, the tag is followed by 48 bits of the
/// fingerprint: enough to see that the same was sent again.
///
/// One writer; readers get positions of samples that were published to them after their bytes.
final class HistogramLog {
  /// The upper 16 bits of what is no value: a NaN that no processor makes.
  static final long TAG = 0xFFF4L;

  private static final int SHIFT = 48;
  private static final long REST = (1L << SHIFT) - 1;
  private static final byte HISTOGRAM = 1;
  private static final byte FLOAT = 2;
  private static final int FRAME = 1 + 2 * Integer.BYTES;

  private final int shift;
  private final boolean offHeap;

  /// Guarded by this object's monitor for changes.
  private volatile Pages pages = new Pages(0, new Page[0]);

  private volatile long bytes;
  private boolean closed; // guarded by this object's monitor

  // The writer's:
  private long added; // bytes of all that was ever added
  private int at; // in the last page

  /// @param shift a page has 2^shift bytes; one with a larger histogram has that alone
  HistogramLog(int shift, boolean offHeap) {
    this.shift = shift;
    this.offHeap = offHeap;
  }

  private record Page(ByteBuffer memory, @Nullable Arena arena) {
    void free() {
      if (arena != null) {
        arena.close();
      }
    }
  }

  /// The pages that are there, by number from `first` on. Immutable.
  private record Pages(long first, Page[] list) {}

  /// Whether these bits stand for something here.
  static boolean isTagged(long bits) {
    return bits >>> SHIFT == TAG;
  }

  /// What the last sample of a series is known by.
  static long lastBits(NativeHistogram histogram) {
    return (TAG << SHIFT) | (histogram.fingerprint() & REST);
  }

  /// The same of a float: itself, or if it has the tag something else that has it.
  static long lastBits(long bits) {
    return isTagged(bits) ? (TAG << SHIFT) | ((bits * 0x9E3779B97F4A7C15L) >>> 16) : bits;
  }

  /// Adds a histogram; returns its tagged position.
  long add(NativeHistogram histogram) {
    byte[] layout = histogram.layout().bytes();
    byte[] counts = histogram.counts();
    ByteBuffer into = room(FRAME + layout.length + counts.length);
    int from = at;
    into.put(from, HISTOGRAM).putInt(from + 1, layout.length);
    into.put(from + 5, layout).putInt(from + 5 + layout.length, counts.length);
    into.put(from + FRAME + layout.length, counts);
    return added(FRAME + layout.length + counts.length);
  }

  /// Adds a float whose bits have the tag; returns its tagged position.
  long add(long bits) {
    ByteBuffer into = room(1 + Long.BYTES);
    into.put(at, FLOAT).putLong(at + 1, bits);
    return added(1 + Long.BYTES);
  }

  private long added(int size) {
    long number = pages.first() + pages.list().length - 1;
    long position = (number << shift) | at;
    if (position > REST) {
      throw new IllegalStateException("the head has no positions left for histograms");
    }
    at += size;
    added += size;
    return (TAG << SHIFT) | position;
  }

  /// The last page, if so much fits behind `at`, else a new one.
  private ByteBuffer room(int size) {
    Page[] list = pages.list();
    if (list.length > 0) {
      ByteBuffer last = list[list.length - 1].memory();
      // A page that is larger for one histogram has no positions behind the usual size.
      if (last.capacity() - at >= size && at < 1 << shift) {
        return last;
      }
    }
    return open(Math.max(1 << shift, size));
  }

  private synchronized ByteBuffer open(int size) {
    if (closed) {
      throw new IllegalStateException("the head was closed");
    }
    Arena arena = offHeap ? Arena.ofShared() : null;
    ByteBuffer memory =
        arena == null ? ByteBuffer.allocate(size) : arena.allocate(size).asByteBuffer();
    Pages old = pages;
    Page[] list = Arrays.copyOf(old.list(), old.list().length + 1);
    list[list.length - 1] = new Page(memory.order(ByteOrder.nativeOrder()), arena);
    bytes += size;
    pages = new Pages(old.first(), list);
    at = 0;
    return memory;
  }

  /// Where the next histogram stands at the earliest, for [#trim]; the writer's.
  long end() {
    Pages all = pages;
    return all.list().length == 0 ? all.first() << shift : lastPage(all) << shift;
  }

  private static long lastPage(Pages all) {
    return all.first() + all.list().length - 1;
  }

  /// Bytes of all that was ever added; the writer's.
  long added() {
    return added;
  }

  /// Makes what they stand for of all tagged samples from `from` on. Any thread.
  void resolve(SampleBuffer samples, int from) {
    Resolver resolver = new Resolver();
    double[] values = samples.values();
    for (int i = from; i < samples.size(); i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      if (isTagged(bits)) {
        NativeHistogram histogram = resolver.histogram(bits);
        if (histogram == null) {
          values[i] = Double.longBitsToDouble(resolver.bits());
        } else {
          samples.replace(i, histogram);
        }
      }
    }
  }

  Resolver resolver() {
    return new Resolver();
  }

  /// Reads what tagged bits stand for; layouts that repeat are shared. Owned by one thread.
  final class Resolver {
    private HistogramLayout layout = HistogramLayout.EMPTY;
    private byte[] layoutBytes = HistogramLayout.EMPTY.bytes();
    private long bits;

    private Resolver() {}

    /// The histogram; null if the bits stand for a float, then [#bits] has those.
    @Nullable NativeHistogram histogram(long tagged) {
      long position = tagged & REST;
      Pages all = pages;
      ByteBuffer memory = all.list()[(int) ((position >>> shift) - all.first())].memory();
      int from = (int) position & ((1 << shift) - 1);
      byte kind = memory.get(from);
      if (kind == FLOAT) {
        bits = memory.getLong(from + 1);
        return null;
      }
      if (kind != HISTOGRAM) {
        throw new IllegalStateException("no histogram stands here: position=" + position);
      }
      byte[] bytesOfLayout = new byte[memory.getInt(from + 1)];
      memory.get(from + 5, bytesOfLayout);
      if (!Arrays.equals(bytesOfLayout, layoutBytes)) {
        layout = HistogramLayout.read(bytesOfLayout);
        layoutBytes = bytesOfLayout;
      }
      byte[] counts = new byte[memory.getInt(from + 5 + layoutBytes.length)];
      memory.get(from + FRAME + layoutBytes.length, counts);
      return NativeHistogram.of(layout, counts);
    }

    /// The float that stood there, if no histogram did.
    long bits() {
      return bits;
    }
  }

  /// What the tagged bits of a sample are as those of a last one.
  long lastOf(long tagged) {
    Resolver resolver = new Resolver();
    NativeHistogram histogram = resolver.histogram(tagged);
    return histogram == null ? lastBits(resolver.bits()) : lastBits(histogram);
  }

  /// Gives pages back that lie wholly below what [#end] was. Only when no reader goes there any
  /// more.
  void trim(long floor) {
    Page[] gone;
    synchronized (this) {
      if (closed) {
        return; // who closed gives everything back
      }
      Pages old = pages;
      int count = Math.clamp((floor >>> shift) - old.first(), 0, old.list().length);
      gone = Arrays.copyOf(old.list(), count);
      pages =
          new Pages(old.first() + count, Arrays.copyOfRange(old.list(), count, old.list().length));
      for (Page page : gone) {
        bytes -= page.memory().capacity();
      }
    }
    for (Page page : gone) {
      page.free();
    }
  }

  /// Memory of all pages. Any thread.
  long bytes() {
    return bytes;
  }

  /// Gives all memory back; using the log afterwards throws.
  void close() {
    Page[] left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = pages.list();
    }
    for (Page page : left) {
      page.free();
    }
  }
}
