package io.trivigil.promql.eval;

/// What a cell of a column holds: a float, nothing, or a reference to the histogram column.
///
/// Nothing and the reference are quiet NaNs with payloads of our own. No arithmetic produces them
/// from other NaNs, and [#clean] keeps a stored sample that has the same bits from being taken for
/// one. Only raw bits tell them apart.
final class Cell {
  static final long ABSENT_BITS = 0x7ffc_7472_6976_0001L;
  static final long HISTOGRAM_BITS = 0x7ffc_7472_6976_0002L;
  static final double ABSENT = Double.longBitsToDouble(ABSENT_BITS);
  static final double HISTOGRAM = Double.longBitsToDouble(HISTOGRAM_BITS);

  private Cell() {}

  static boolean isAbsent(double cell) {
    return Double.doubleToRawLongBits(cell) == ABSENT_BITS;
  }

  static boolean isPresent(double cell) {
    return Double.doubleToRawLongBits(cell) != ABSENT_BITS;
  }

  static boolean isHistogram(double cell) {
    return Double.doubleToRawLongBits(cell) == HISTOGRAM_BITS;
  }

  /// Whether the cell holds a float, a NaN included.
  static boolean isFloat(double cell) {
    long bits = Double.doubleToRawLongBits(cell);
    return bits != ABSENT_BITS && bits != HISTOGRAM_BITS;
  }

  /// A stored value as a cell.
  static double clean(double stored) {
    return isFloat(stored) ? stored : Double.NaN;
  }
}
