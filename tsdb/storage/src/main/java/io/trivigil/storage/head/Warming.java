package io.trivigil.storage.head;

/// Goes back through some series side by side, to have their blocks in the processor's caches when
/// they are read one after the other: a series alone waits for each of its blocks in turn, since a
/// block says where the one before it stands. Changes nothing, and what it meets need not be right.
final class Warming {
  /// The most blocks of each series: what a second cache of 512 KB holds of eight series, and half
  /// of it is left to others.
  private static final int MOST_BLOCKS = 512;

  private Warming() {}

  /// Goes back from the newest positions to the floor or a sample before `fromMs`.
  ///
  /// @param next is changed
  static void walk(SampleLog.Pages pages, long[] next, long floor, long fromMs) {
    boolean more = true;
    for (int round = 0; more && round < MOST_BLOCKS; round++) {
      more = false;
      for (int i = 0; i < next.length; i++) {
        if (next[i] >= floor) {
          next[i] = before(pages, next[i], fromMs);
          more = true;
        }
      }
    }
  }

  /// The newest position before the block in which this one is; 0 where nobody will go.
  private static long before(SampleLog.Pages pages, long position, long fromMs) {
    SamplePage page = pages.of(position);
    int begin = pages.in(position) & -SamplePage.BLOCK;
    int link = page.link(begin);
    if (link == Walk.FIRST || link == Walk.STORED || page.timestampMs(begin) < fromMs) {
      return 0;
    }
    return (position & -SamplePage.BLOCK) - Math.abs(link);
  }
}
