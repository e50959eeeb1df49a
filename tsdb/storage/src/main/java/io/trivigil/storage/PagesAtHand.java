package io.trivigil.storage;

import io.trivigil.promql.NotAtHandException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.Optional;

/// Stands before pages for who must not wait for a disk: whatever is asked for is not at hand.
final class PagesAtHand implements PageView {
  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    throw new NotAtHandException();
  }

  @Override
  public void scanFromFloor(Table table, byte[] from, byte[] start, byte[] to, Visitor visitor) {
    throw new NotAtHandException();
  }

  @Override
  public void scanFromGuess(
      Table table, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor) {
    throw new NotAtHandException();
  }

  @Override
  public void close() {
    // The pages are the epoch's.
  }
}
