package io.trivigil.storage.column;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.codec.ByteWriter;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowPileTest {
  private static final int PIECE = 1 << 18; // bytes
  private static final int HEADER = 12; // bytes before a short row's own

  private record Row(int place, byte kind, int column, byte[] data, long note, int other) {}

  private static final long[] NOTES = {
    0, 1, 0xFFFE, 0, 0xFFFF, -1, 1L << 32, 7, Long.MAX_VALUE, Long.MIN_VALUE, 255
  };

  private final Random random = new Random(11);
  private final List<Row> rows = new ArrayList<>();

  private void add(RowPile pile, int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    byte kind = (byte) random.nextInt(3);
    int column = random.nextInt(1 << 30);
    long note = NOTES[rows.size() % NOTES.length];
    int place = pile.add(kind, column, new ByteWriter(length).raw(data, 0, length), note);
    assertThat(pile.linked(place)).isZero();
    int other = random.nextInt();
    pile.link(place, other);
    rows.add(new Row(place, kind, column, data, note, other));
  }

  private void check(RowPile pile) {
    ByteWriter out = new ByteWriter();
    for (Row row : rows) {
      out.clear();
      out.u8(7);
      assertThat(pile.kind(row.place())).isEqualTo(row.kind());
      assertThat(pile.column(row.place())).isEqualTo(row.column());
      assertThat(pile.note(row.place())).isEqualTo(row.note());
      assertThat(pile.linked(row.place())).isEqualTo(row.other());
      assertThat(pile.writeData(row.place(), out)).isEqualTo(row.data().length);
      assertThat(out.toBytes()).startsWith(7).endsWith(row.data()).hasSize(1 + row.data().length);
    }
  }

  /// Empty rows, rows that just fit into a piece of memory, just do not, and are longer than it.
  private void fill(RowPile pile) {
    int[] lengths = {
      0,
      5,
      PIECE - 3 * HEADER - 5,
      0,
      1,
      PIECE - 2 * HEADER,
      1,
      PIECE - HEADER,
      PIECE,
      3 * PIECE,
      9,
      0xFFFE,
      0xFFFF,
      0x10000,
      0xFFFF + 8
    };
    for (int length : lengths) {
      add(pile, length);
    }
    for (int i = 0; i < 20_000; i++) {
      add(pile, random.nextInt(40));
    }
  }

  @Test
  void rowsAreReadAsTheyWereAddedBesideTheHeap() {
    try (Arena memory = Arena.ofConfined()) {
      RowPile pile = new RowPile(memory);
      fill(pile);
      check(pile);
    }
  }

  @Test
  void aPileOnTheHeapIsUsedAgain() {
    RowPile pile = new RowPile(null);
    add(pile, 2 * PIECE); // the first piece is a long one
    for (int i = 0; i < 3; i++) {
      fill(pile);
      check(pile);
      pile.clear();
      rows.clear();
    }
  }
}
