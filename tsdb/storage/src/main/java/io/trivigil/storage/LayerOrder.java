package io.trivigil.storage;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The rows of a layer, taken in any order and told in the layer's: by metric, then by series. Of
/// one metric they come in their order as a rule, so each metric has a chain; those of a metric
/// that came otherwise are sorted. In memory beside the Java heap, of each row
///
/// ```
/// u64 reference │ i32 the next of its metric │ i32 row
/// ```
///
/// Owned by one thread.
final class LayerOrder {
  private static final int SHIFT = 14;
  private static final int PIECE = 1 << SHIFT; // rows: 256 KiB

  private static final int REF = 0;
  private static final int NEXT = 8;
  private static final int ROW = 12;
  private static final int BYTES = 16;
  private static final int NONE = -1;

  private final Arena memory;
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private int size;

  // Of each metric, by number:
  private final Long2IntOpenHashMap numbers = new Long2IntOpenHashMap(); // by hash
  private final LongArrayList hashes = new LongArrayList();
  private final IntArrayList first = new IntArrayList();
  private final IntArrayList last = new IntArrayList();
  private final IntArrayList counts = new IntArrayList(); // below 0: to be sorted

  /// @param memory what the rows take is given back with it, and not before
  LayerOrder(Arena memory) {
    this.memory = memory;
    numbers.defaultReturnValue(NONE);
  }

  /// @param hash the series' [MetricHash]
  void add(long hash, long ref, int row) {
    if (size >>> SHIFT == pieces.size()) {
      ByteBuffer piece = memory.allocate((long) BYTES * PIECE, BYTES).asByteBuffer();
      pieces.add(piece.order(ByteOrder.nativeOrder()));
    }
    int at = size++;
    put(at, ref, row);
    int metric = numbers.get(hash);
    if (metric == NONE) {
      numbers.put(hash, hashes.size());
      hashes.add(hash);
      first.add(at);
      last.add(at);
      counts.add(1);
      return;
    }
    int before = last.getInt(metric);
    piece(before).putInt(in(before) + NEXT, at);
    last.set(metric, at);
    int count = counts.getInt(metric);
    boolean rises = count > 0 && ref(before) < ref;
    counts.set(metric, rises ? count + 1 : -Math.abs(count) - 1);
  }

  private void put(int at, long ref, int row) {
    ByteBuffer piece = piece(at);
    piece.putLong(in(at) + REF, ref);
    piece.putInt(in(at) + NEXT, NONE);
    piece.putInt(in(at) + ROW, row);
  }

  private ByteBuffer piece(int at) {
    return pieces.get(at >>> SHIFT);
  }

  private static int in(int at) {
    return (at & (PIECE - 1)) * BYTES;
  }

  private long ref(int at) {
    return piece(at).getLong(in(at) + REF);
  }

  private int next(int at) {
    return piece(at).getInt(in(at) + NEXT);
  }

  private int row(int at) {
    return piece(at).getInt(in(at) + ROW);
  }

  /// Takes a row.
  @FunctionalInterface
  interface Each {
    void row(long hash, long ref, int row);
  }

  /// Tells all rows in the order of [MetricHash#compare].
  void forEach(Each each) {
    int[] metrics = new int[hashes.size()];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = i;
    }
    IntArrays.quickSort(metrics, (a, b) -> Long.compare(hashes.getLong(a), hashes.getLong(b)));
    for (int metric : metrics) {
      long hash = hashes.getLong(metric);
      if (counts.getInt(metric) > 0) {
        for (int at = first.getInt(metric); at != NONE; at = next(at)) {
          each.row(hash, ref(at), row(at));
        }
      } else {
        for (int at : sorted(metric)) {
          each.row(hash, ref(at), row(at));
        }
      }
    }
  }

  private int[] sorted(int metric) {
    int[] order = new int[-counts.getInt(metric)];
    int at = first.getInt(metric);
    for (int i = 0; i < order.length; i++) {
      order[i] = at;
      at = next(at);
    }
    IntArrays.mergeSort(order, (a, b) -> Long.compare(ref(a), ref(b)));
    return order;
  }
}
