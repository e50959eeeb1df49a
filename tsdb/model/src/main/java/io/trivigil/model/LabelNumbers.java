package io.trivigil.model;

import java.util.Arrays;

/// Labels as numbers, see [Labelled#number]: one for the list of names, one for each value. Filled
/// again for each series; owned by one thread.
public final class LabelNumbers {
  private static final int NO_NAME = -1;

  private int names;
  private int size;
  private int metricAt = NO_NAME;
  private int[] values = new int[16];

  /// Begins anew.
  ///
  /// @param namesNumber the number of the list of names, not negative
  /// @param count how many labels there are; each is to be [set][#set]
  /// @param metricNameAt which of them is the metric's name, negative if none is
  public void begin(int namesNumber, int count, int metricNameAt) {
    names = namesNumber;
    size = count;
    metricAt = metricNameAt < 0 ? NO_NAME : metricNameAt;
    if (values.length < count) {
      values = new int[Math.max(count, values.length * 2)];
    }
  }

  /// Sets the number of the value of label `i`, in the order of names.
  public void set(int i, int value) {
    values[i] = value;
  }

  /// Takes the metric's name away, if there is one.
  public void dropMetricName() {
    if (metricAt != NO_NAME) {
      System.arraycopy(values, metricAt + 1, values, metricAt, size - metricAt - 1);
      size--;
      metricAt = NO_NAME;
      names = ~names; // another list of names than any that somebody keeps
    }
  }

  /// The number of the list of names; negative where the metric's was taken away.
  public int names() {
    return names;
  }

  /// How many labels there are.
  public int size() {
    return size;
  }

  /// The number of the value of label `i`, in the order of names.
  public int value(int i) {
    return values[i];
  }

  /// The numbers of all values, copied behind each other to `out` from `at` on.
  public void copyTo(int[] out, int at) {
    System.arraycopy(values, 0, out, at, size);
  }

  @Override
  public String toString() {
    return names + Arrays.toString(Arrays.copyOf(values, size));
  }
}
