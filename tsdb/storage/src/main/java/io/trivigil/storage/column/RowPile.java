package io.trivigil.storage.column;

import io.trivigil.model.codec.ByteWriter;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encoded rows one behind the other, in pieces of memory that stay where they are, so that a pile
/// that grows copies nothing. A row is known by its place and is
///
/// ```
/// u8 kind, of [Page] │ i32 column │ i32 length │ that many bytes: the frames of its values
/// ```
///
/// Owned by one thread.
final class RowPile {
  private static final int SHIFT = 18;
  private static final int PIECE = 1 << SHIFT; // bytes; a longer row has a piece of its own
  private static final int MOST_PIECES = 1 << (Integer.SIZE - 1 - SHIFT);

  private static final int COLUMN = 1;
  private static final int LENGTH = COLUMN + Integer.BYTES;
  private static final int DATA = LENGTH + Integer.BYTES;

  private final @Nullable Arena arena; // null: on the heap
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private int next; // in the last piece

  /// @param arena whose memory it takes, null for the heap's
  RowPile(@Nullable Arena arena) {
    this.arena = arena;
  }

  /// Adds a row; returns its place.
  ///
  /// @throws IllegalStateException if there is no room: behind 2 GiB
  int add(byte kind, int column, ByteWriter data) {
    int bytes = DATA + data.size();
    if (pieces.isEmpty() || pieces.getLast().capacity() - next < bytes) {
      open(bytes);
    }
    ByteBuffer piece = pieces.getLast();
    piece.put(next, kind);
    piece.putInt(next + COLUMN, column);
    piece.putInt(next + LENGTH, data.size());
    data.writeTo(piece, next + DATA);
    int place = (pieces.size() - 1) << SHIFT | next;
    next += bytes; // behind a long row nothing is left: no row begins where a place can not say it
    return place;
  }

  private void open(int least) {
    if (pieces.size() == MOST_PIECES) {
      throw new IllegalStateException("no room for encoded rows: pieces=" + pieces.size());
    }
    int bytes = Math.max(PIECE, least);
    ByteBuffer piece =
        arena == null ? ByteBuffer.allocate(bytes) : arena.allocate(bytes).asByteBuffer();
    pieces.add(piece.order(ByteOrder.nativeOrder()));
    next = 0;
  }

  private ByteBuffer piece(int place) {
    return pieces.get(place >>> SHIFT);
  }

  private static int in(int place) {
    return place & (PIECE - 1);
  }

  byte kind(int place) {
    return piece(place).get(in(place));
  }

  int column(int place) {
    return piece(place).getInt(in(place) + COLUMN);
  }

  /// Appends the row's bytes; returns how many there are.
  int writeData(int place, ByteWriter out) {
    ByteBuffer piece = piece(place);
    int length = piece.getInt(in(place) + LENGTH);
    out.raw(piece, in(place) + DATA, length);
    return length;
  }

  /// Forgets all rows, and keeps a piece for others.
  void clear() {
    int kept = !pieces.isEmpty() && pieces.getFirst().capacity() == PIECE ? 1 : 0;
    pieces.subList(kept, pieces.size()).clear();
    next = 0;
  }
}
