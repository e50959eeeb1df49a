package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.head.Tombstones;
import java.util.Arrays;

/// Brings samples of one series that stand in the order in which they came into the order of time.
/// Where several have one time, the first that came counts; but the last at a time that was deleted
/// in between ([Tombstones#revived]).
final class LateOrder {
  private LateOrder() {}

  /// Orders what stands in the buffer from `start` on; nothing is done where it is in order.
  static void settle(SampleBuffer samples, int start, long[] revived) {
    if (rises(samples, start)) {
      return;
    }
    int count = samples.size() - start;
    SampleBuffer came = new SampleBuffer(count);
    for (int i = start; i < samples.size(); i++) {
      came.addFrom(samples, i);
    }
    int[] order = order(came.timestampsMs(), count, 1);
    samples.truncate(start);
    for (int i = 0; i < count; ) {
      int next = behind(came.timestampsMs(), order, i, 1);
      samples.addFrom(came, order[chosen(came.timestampMs(order[i]), i, next, revived)]);
      i = next;
    }
  }

  /// The same of pairs of timestamp and value bits: `to - from` of them from pair `from` on.
  ///
  /// @return how many pairs are left, from pair `from` on
  static int settle(long[] pairs, int from, int to, long[] revived) {
    int count = to - from;
    long[] came = Arrays.copyOfRange(pairs, 2 * from, 2 * to);
    int[] order = order(came, count, 2);
    int kept = 0;
    for (int i = 0; i < count; kept++) {
      int next = behind(came, order, i, 2);
      int one = order[chosen(came[2 * order[i]], i, next, revived)];
      pairs[2 * (from + kept)] = came[2 * one];
      pairs[2 * (from + kept) + 1] = came[2 * one + 1];
      i = next;
    }
    return kept;
  }

  private static boolean rises(SampleBuffer samples, int start) {
    long[] timesMs = samples.timestampsMs();
    for (int i = start + 1; i < samples.size(); i++) {
      if (timesMs[i] <= timesMs[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /// The samples by time, those of one time as they came. They came in a few runs of rising time as
  /// a rule, one of each layer: so runs are merged, two by two.
  private static int[] order(long[] timesMs, int count, int stride) {
    int[] order = new int[count];
    int[] runs = new int[count + 1]; // where they begin
    int size = 0;
    for (int i = 0; i < count; i++) {
      order[i] = i;
      if (i == 0 || timesMs[stride * i] < timesMs[stride * (i - 1)]) {
        runs[size++] = i;
      }
    }
    runs[size] = count;
    int[] merged = new int[count];
    while (size > 1) {
      int left = 0;
      for (int run = 0; run < size; run += 2) {
        int from = runs[run];
        int to = runs[Math.min(run + 2, size)];
        merge(order, merged, from, runs[run + 1], to, timesMs, stride);
        runs[left++] = from;
      }
      runs[left] = count;
      size = left;
      int[] last = order;
      order = merged;
      merged = last;
    }
    return order;
  }

  private static void merge(
      int[] from, int[] into, int start, int middle, int end, long[] timesMs, int stride) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean first =
          right == end
              || (left < middle && timesMs[stride * from[left]] <= timesMs[stride * from[right]]);
      into[i] = first ? from[left++] : from[right++];
    }
  }

  /// Behind the last one that has the time of the one at `i`.
  private static int behind(long[] timesMs, int[] order, int i, int stride) {
    int next = i + 1;
    while (next < order.length && timesMs[stride * order[next]] == timesMs[stride * order[i]]) {
      next++;
    }
    return next;
  }

  private static int chosen(long timestampMs, int first, int behind, long[] revived) {
    return Tombstones.contains(revived, timestampMs) ? behind - 1 : first;
  }
}
