package io.trivigil.web.remote;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Numbers of label fields beside the Java heap, each with or without [AliasTable#LAST]. A narrow
/// page takes 2 bytes for each and numbers up to [#MOST_NARROW], others 4. One writer; readers look
/// only at what was published to them before. The garbage collector gives the memory back.
final class FieldPage {
  /// The highest number in a narrow page.
  static final int MOST_NARROW = 0x7FFF;

  private final ByteBuffer memory;
  private final boolean narrow;

  FieldPage(int fields, boolean narrow) {
    this.narrow = narrow;
    long bytes = (long) fields * fieldBytes();
    this.memory =
        Arena.ofAuto().allocate(bytes, Long.BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  int fieldBytes() {
    return narrow ? Short.BYTES : Integer.BYTES;
  }

  int get(int at) {
    // The highest bit of a short comes as the highest of an int, and as those between.
    return narrow
        ? memory.getShort(at * Short.BYTES) & (AliasTable.LAST | MOST_NARROW)
        : memory.getInt(at * Integer.BYTES);
  }

  void put(int at, int number) {
    if (narrow) {
      memory.putShort(at * Short.BYTES, (short) (number >>> 16 | number));
    } else {
      memory.putInt(at * Integer.BYTES, number);
    }
  }
}
