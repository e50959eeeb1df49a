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
/// i32 place of another row, of the owner's choice │ i32 column × 4 + kind, of [Page]
///   │ u16 length or FFFF │ u16 note of the owner's or FFFF │ [ i32 length ] │ [ i64 note ]
///   │ that many bytes: the frames of its values
/// ```
///
/// Owned by one thread.
final class RowPile {
  private static final int SHIFT = 18;
  private static final int PIECE = 1 << SHIFT; // bytes; a longer row has a piece of its own
  private static final int MOST_PIECES = 1 << (Integer.SIZE - 1 - SHIFT);

  private static final int COLUMN = Integer.BYTES;
  private static final int LENGTH = COLUMN + Integer.BYTES;
  private static final int NOTE = LENGTH + Short.BYTES;
  private static final int DATA = NOTE + Short.BYTES;

  private static final int KIND_BITS = 2;
  private static final int KINDS = (1 << KIND_BITS) - 1;
  private static final int LONGER = 0xFFFF; // stands behind

  private final @Nullable Arena arena; // null: on the heap
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private int next; // in the last piece

  /// @param arena whose memory it takes, null for the heap's
  RowPile(@Nullable Arena arena) {
    this.arena = arena;
  }

  /// Adds a row; returns its place.
  ///
  /// @param column below 2^30
  /// @param note what [#note] tells; small numbers from 0 on take the least room
  /// @throws IllegalStateException if there is no room: behind 2 GiB
  int add(byte kind, int column, ByteWriter data, long note) {
    int length = data.size();
    int lengthBytes = length < LONGER ? 0 : Integer.BYTES;
    int noteBytes = note >= 0 && note < LONGER ? 0 : Long.BYTES;
    int bytes = DATA + lengthBytes + noteBytes + length;
    if (pieces.isEmpty() || pieces.getLast().capacity() - next < bytes) {
      open(bytes);
    }
    ByteBuffer piece = pieces.getLast();
    piece.putInt(next, 0);
    piece.putInt(next + COLUMN, column << KIND_BITS | kind);
    piece.putShort(next + LENGTH, (short) (lengthBytes == 0 ? length : LONGER));
    piece.putShort(next + NOTE, (short) (noteBytes == 0 ? note : LONGER));
    if (lengthBytes > 0) {
      piece.putInt(next + DATA, length);
    }
    if (noteBytes > 0) {
      piece.putLong(next + DATA + lengthBytes, note);
    }
    data.writeTo(piece, next + DATA + lengthBytes + noteBytes);
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

  /// Notes another row's place with a row.
  void link(int place, int other) {
    piece(place).putInt(in(place), other);
  }

  /// The place that was noted last; 0 if none was.
  int linked(int place) {
    return piece(place).getInt(in(place));
  }

  /// What was noted when the row was added.
  long note(int place) {
    ByteBuffer piece = piece(place);
    int at = in(place);
    int note = Short.toUnsignedInt(piece.getShort(at + NOTE));
    return note < LONGER ? note : piece.getLong(at + DATA + lengthBytes(piece, at));
  }

  private static int lengthBytes(ByteBuffer piece, int at) {
    return piece.getShort(at + LENGTH) == (short) LONGER ? Integer.BYTES : 0;
  }

  byte kind(int place) {
    return (byte) (piece(place).getInt(in(place) + COLUMN) & KINDS);
  }

  int column(int place) {
    return piece(place).getInt(in(place) + COLUMN) >>> KIND_BITS;
  }

  /// Appends the row's bytes; returns how many there are.
  int writeData(int place, ByteWriter out) {
    ByteBuffer piece = piece(place);
    int at = in(place);
    int lengthBytes = lengthBytes(piece, at);
    int length =
        lengthBytes == 0
            ? Short.toUnsignedInt(piece.getShort(at + LENGTH))
            : piece.getInt(at + DATA);
    int noteBytes = piece.getShort(at + NOTE) == (short) LONGER ? Long.BYTES : 0;
    out.raw(piece, at + DATA + lengthBytes + noteBytes, length);
    return length;
  }

  /// Forgets all rows, and keeps a piece for others.
  void clear() {
    int kept = !pieces.isEmpty() && pieces.getFirst().capacity() == PIECE ? 1 : 0;
    pieces.subList(kept, pieces.size()).clear();
    next = 0;
  }
}
