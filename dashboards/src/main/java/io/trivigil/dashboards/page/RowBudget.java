package io.trivigil.dashboards.page;

import java.util.List;

/// Hands out rows until [ListFilter#MAX_ROWS] are given and counts the rest. For one thread, one
/// use.
final class RowBudget {
  private int left = ListFilter.MAX_ROWS;

  /// Returns as many of the first rows as there is room for.
  <T> List<T> take(List<T> rows) {
    List<T> taken = rows.subList(0, Math.min(left, rows.size()));
    left -= taken.size();
    return taken;
  }

  /// Returns how many of `total` rows there is no room for on one page.
  static long hidden(long total) {
    return Math.max(0, total - ListFilter.MAX_ROWS);
  }
}
