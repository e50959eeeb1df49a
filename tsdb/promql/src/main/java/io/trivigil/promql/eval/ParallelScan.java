package io.trivigil.promql.eval;

import io.trivigil.promql.Helpers;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a leaf in pieces on several threads, and shows its columns on the caller's, in the order
/// of its series. Whoever comes first takes the next piece, the caller included, so that it is
/// never without work while there is some, and finishes alone if nobody helps.
final class ParallelScan {
  /// Pieces that may be read ahead.
  static final int AHEAD = 8;

  private static final int MAX_ROWS = 64;
  private static final int PIECE_CELLS = 32_768;

  private final Leaf leaf;
  private final boolean keep;
  private final QueryContext context;
  private final Helpers helpers;
  private final SampleCounts counts;
  private final int rows;
  private final int pieces;
  private final Piece[] ring = new Piece[AHEAD];

  /// Guards everything below, and what is ready in the ring.
  private final Object lock = new Object();

  private int next;
  private int consumed;
  private int active;
  private boolean over;

  /// Somebody was interrupted while it waited; the caller is told at the end.
  private boolean interrupted;

  /// The columns of some neighbouring series. Belongs to who reads it, then to the caller.
  private static final class Piece {
    final double[][] cells;
    final @Nullable Column[] columns;
    final int[] samples;
    Notes notes = new Notes();
    long[] perStep; // samples, where they are counted
    @Nullable Throwable failure;
    int size;
    boolean ready;

    Piece(int rows, int countedSteps) {
      perStep = new long[countedSteps];
      cells = new double[rows][];
      columns = new Column[rows];
      samples = new int[rows];
    }
  }

  /// Who reads, with what is used again from piece to piece: a series of a week takes a megabyte to
  /// read and to compute.
  private static final class Hand {
    final Notes notes = new Notes();
    final SeriesReader reader;

    Hand(Leaf leaf) {
      reader = leaf.readers().apply(notes);
    }
  }

  private ParallelScan(Leaf leaf, boolean keep, QueryContext context, SampleCounts counts) {
    this.counts = counts;
    this.leaf = leaf;
    this.keep = keep;
    this.context = context;
    this.helpers = context.helpers();
    rows = rows(leaf.steps());
    pieces = (leaf.series().size() + rows - 1) / rows;
    for (int i = 0; i < AHEAD; i++) {
      ring[i] = new Piece(rows, counts.isOn() ? leaf.steps() : 0);
    }
  }

  private static int rows(int steps) {
    return Math.clamp(PIECE_CELLS / Math.max(1, steps), 1, MAX_ROWS);
  }

  /// Whether there is enough to share.
  static boolean isWorthIt(Leaf leaf, QueryContext context) {
    return context.helpers() != Helpers.NONE && leaf.series().size() >= 4 * rows(leaf.steps());
  }

  /// Shows every column that has a value.
  ///
  /// @param keep whether the sink keeps the columns; else their cells are used again
  static void run(
      Leaf leaf,
      boolean keep,
      QueryContext context,
      Notes notes,
      SampleCounts counts,
      Consumer<Column> sink) {
    ParallelScan scan = new ParallelScan(leaf, keep, context, counts);
    QueryContext.Mark before = context.mark();
    context.hold((long) AHEAD * scan.rows * leaf.steps());
    context.holdBytes((long) AHEAD * scan.rows * Column.bytes(leaf.steps()));
    context.helpers().offer(Math.min(scan.pieces - 1, AHEAD - 1), scan::help);
    try {
      Hand hand = new Hand(leaf);
      for (int i = 0; i < scan.pieces; i++) {
        scan.consume(scan.await(i, hand), notes, sink);
      }
    } finally {
      scan.end();
      context.releaseTo(before);
    }
  }

  /// Returns piece `wanted`; reads it, or others as long as somebody else is at it.
  private Piece await(int wanted, Hand hand) {
    while (true) {
      int claimed;
      synchronized (lock) {
        Piece piece = ring[wanted % AHEAD];
        while (next > wanted && !piece.ready && !canClaim()) {
          waitForOthers();
        }
        if (next > wanted && piece.ready) {
          return piece;
        }
        claimed = next++;
      }
      read(claimed, hand);
    }
  }

  private boolean canClaim() {
    return next < pieces && next - consumed < AHEAD;
  }

  @SuppressWarnings("WaitNotInLoop") // those who call it loop
  private void waitForOthers() {
    try {
      lock.wait();
    } catch (InterruptedException e) {
      context.cancel();
      interrupted = true;
    }
  }

  private void help() {
    synchronized (lock) {
      if (over) {
        return;
      }
      active++;
    }
    try {
      Hand hand = new Hand(leaf);
      while (helpers.mayGoOn()) {
        int claimed;
        synchronized (lock) {
          while (!over && next < pieces && !canClaim()) {
            waitForOthers();
          }
          if (over || next >= pieces) {
            return;
          }
          claimed = next++;
        }
        read(claimed, hand);
      }
    } finally {
      synchronized (lock) {
        active--;
        lock.notifyAll();
      }
    }
  }

  private void read(int number, Hand hand) {
    Piece piece = ring[number % AHEAD];
    try {
      context.check();
      read(piece, number * rows, hand);
    } catch (RuntimeException | Error e) { // is thrown again by the caller, in its turn
      piece.failure = e;
    }
    synchronized (lock) {
      piece.ready = true;
      lock.notifyAll();
    }
  }

  private void read(Piece piece, int from, Hand hand) {
    List<Querier.Series> series = leaf.series();
    SeriesReader reader = hand.reader;
    piece.size = Math.min(rows, series.size() - from);
    for (int i = 0; i < piece.size; i++) {
      double[] cells = piece.cells[i];
      if (cells == null || keep) {
        cells = new double[leaf.steps()];
        piece.cells[i] = cells;
      }
      piece.columns[i] = reader.read(series.get(from + i), cells);
      piece.samples[i] = reader.samples();
      if (piece.perStep.length > 0) {
        reader.count(piece.perStep);
      }
    }
    piece.notes.addAll(hand.notes);
    hand.notes.clear();
  }

  private void consume(Piece piece, Notes notes, Consumer<Column> sink) {
    switch (piece.failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    context.check();
    notes.addAll(piece.notes);
    if (piece.perStep.length > 0) {
      counts.add(piece.perStep);
      Arrays.fill(piece.perStep, 0);
    }
    for (int i = 0; i < piece.size; i++) {
      context.read(piece.samples[i]);
      context.hold(piece.samples[i]);
      context.release(piece.samples[i]);
      Column column = piece.columns[i];
      if (column != null) {
        sink.accept(column);
        if (keep) {
          context.hold(leaf.steps());
          context.holdBytes(column.bytes());
        }
      }
      piece.columns[i] = null;
    }
    piece.notes = new Notes();
    synchronized (lock) {
      piece.ready = false;
      consumed++;
      lock.notifyAll();
    }
  }

  /// Waits until nobody reads any more: the view of the store may then be closed.
  private void end() {
    synchronized (lock) {
      over = true;
      lock.notifyAll();
      while (active > 0) {
        waitForOthers();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
