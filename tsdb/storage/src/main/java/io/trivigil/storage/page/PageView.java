package io.trivigil.storage.page;

import java.util.Optional;

/// The content at one moment. Safe to use from several threads; closed once, after all use.
public interface PageView extends AutoCloseable {

  /// Sees one key and its value; returns whether it wants the next. The arrays are the visitor's.
  @FunctionalInterface
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  Optional<byte[]> get(Table table, byte[] key);

  /// Visits `from <= key < to` in order.
  default void scan(Table table, byte[] from, byte[] to, Visitor visitor) {
    scanFromFloor(table, from, from, to, visitor);
  }

  /// Visits in order, up to but not including `to`, from the greatest key at or below `start` on
  /// that is not below `from`; from the first key above `start` where there is none.
  void scanFromFloor(Table table, byte[] from, byte[] start, byte[] to, Visitor visitor);

  /// As [#scanFromFloor], for who has a guess at the floor, not below `from`: some rows between the
  /// guess and the floor may be visited first. A guess a little below the floor saves looking
  /// backwards; any other does no harm.
  void scanFromGuess(
      Table table, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor);

  @Override
  void close();
}
