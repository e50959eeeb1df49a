package io.trivigil.storage;

import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;

/// Under which numbers there are pages, whether they count or not. Looks at one row for each.
final class LayerNumbers {
  private LayerNumbers() {}

  /// The numbers in one partition.
  static IntList of(PageView view, long partition) {
    IntArrayList found = new IntArrayList();
    byte[] end = Keys.partitionFloor(partition + 1);
    byte[] at = Keys.page(partition, 0, 0);
    for (byte[] key = first(view, at, end); key.length > 0; key = first(view, at, end)) {
      found.add(Keys.pageGeneration(key));
      at = Keys.page(partition, Keys.pageGeneration(key) + 1, 0);
    }
    return found;
  }

  private static byte[] first(PageView view, byte[] from, byte[] to) {
    byte[][] found = {new byte[0]};
    view.scan(
        Table.PAGES,
        from,
        to,
        (key, _) -> {
          found[0] = key;
          return false;
        });
    return found[0];
  }
}
