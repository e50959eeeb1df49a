package io.trivigil.storage.head;

import io.trivigil.model.SampleBuffer;
import java.util.Arrays;

/// Goes back through one series, from its newest sample to the first at or above a floor. Owned by
/// one thread, used once.
///
/// A block's link is the distance from its first place to the sample before; [#FIRST] if there
/// never was one. The first place of a series' first block since a capture holds a *note*: a copy
/// of its sample before, so that what is stored is known without reading it. The link of such a
/// block is the distance below zero, or [#STORED] if what is before is in the page store alone.
final class Walk {
  /// The link of a series' very first sample.
  static final int FIRST = 0;

  /// The link of a note with nothing before it in memory.
  static final int STORED = Integer.MIN_VALUE;

  private final SampleLog.Pages pages;
  private final long floor;
  private long next; // position
  private long position;
  private long moment;
  private long timestampMs;
  private long bits;
  private long storedMs;
  private long storedBits;

  /// @param storedMs the sample before, with its bits, if nothing is at or above the floor
  Walk(SampleLog.Pages pages, long newest, long floor, long storedMs, long storedBits) {
    this.pages = pages;
    this.next = newest;
    this.floor = floor;
    this.storedMs = storedMs;
    this.storedBits = storedBits;
  }

  /// The link of a block to the sample before.
  static int link(long position, long before) {
    return Math.toIntExact(position - before);
  }

  /// The link of a block with a note to the sample of which it is a copy.
  static int noteLink(long position, long before) {
    long distance = position - before;
    return before < SampleLog.START || distance > Integer.MAX_VALUE ? STORED : (int) -distance;
  }

  /// Goes to the next older sample; false if there is none at or above the floor.
  boolean back() {
    while (next >= floor) {
      SamplePage page = pages.of(next);
      int at = pages.in(next);
      int link = at % SamplePage.BLOCK == 0 ? page.link(at) : 1;
      if (link < 0) {
        storedMs = page.timestampMs(at);
        storedBits = page.bits(at);
        next = link == STORED ? 0 : next + link;
        continue;
      }
      position = next;
      moment = page.moment(at);
      timestampMs = page.timestampMs(at);
      bits = page.bits(at);
      if (link == FIRST) {
        storedMs = Head.NONE;
        next = 0;
      } else {
        next -= link;
      }
      return true;
    }
    return false;
  }

  /// Appends what is in the range, oldest first: from the pages what is not at or above the floor.
  ///
  /// @return how many of them are from memory: the last ones
  int read(long limit, long fromMs, long toMs, StoredSamples stored, SampleBuffer out) {
    int start = out.size();
    boolean whole = collect(limit, fromMs, toMs, out);
    int found = out.size() - start;
    if (!whole && storedMs != Head.NONE && storedMs >= fromMs) {
      long[] timesMs = Arrays.copyOfRange(out.timestampsMs(), start, start + found);
      double[] values = Arrays.copyOfRange(out.values(), start, start + found);
      out.truncate(start);
      stored.read(fromMs, Math.min(toMs, storedMs), out);
      out.add(timesMs, values, 0, found);
    }
    return found;
  }

  /// Appends the newest sample in the range, if there is one. The pages are asked only if it is
  /// older than the last one there, or if that one is a histogram.
  ///
  /// @return whether it could only be from memory
  boolean readLast(long limit, long fromMs, long toMs, StoredSamples stored, SampleBuffer out) {
    while (back()) {
      if (moment < limit && timestampMs <= toMs) {
        if (timestampMs >= fromMs) {
          out.add(timestampMs, Double.longBitsToDouble(bits));
        }
        return true;
      }
    }
    if (storedMs == Head.NONE || storedMs < fromMs) {
      return true;
    }
    if (storedMs <= toMs && !HistogramLog.isTagged(storedBits)) {
      out.add(storedMs, Double.longBitsToDouble(storedBits));
    } else {
      stored.read(fromMs, toMs, out);
    }
    return false;
  }

  /// Goes back to the last sample before `fromMs` and appends what is in the range and below the
  /// limit, oldest first.
  ///
  /// @return whether it came there; if not, nothing is left at or above the floor
  boolean collect(long limit, long fromMs, long toMs, SampleBuffer out) {
    int start = out.size();
    boolean whole = collectBackwards(limit, fromMs, toMs, out);
    reverse(out, start);
    return whole;
  }

  /// Turns round what stands in the buffer from `start` on.
  static void reverse(SampleBuffer samples, int start) {
    long[] timesMs = samples.timestampsMs();
    double[] values = samples.values();
    for (int low = start, high = samples.size() - 1; low < high; low++, high--) {
      long timeMs = timesMs[low];
      timesMs[low] = timesMs[high];
      timesMs[high] = timeMs;
      double value = values[low];
      values[low] = values[high];
      values[high] = value;
    }
  }

  private boolean collectBackwards(long limit, long fromMs, long toMs, SampleBuffer out) {
    boolean visible = false; // and so is all that is older
    while (next >= floor) {
      SamplePage page = pages.of(next);
      int at = pages.in(next);
      int begin = at & -SamplePage.BLOCK;
      int link = page.link(begin);
      int oldest = link < 0 ? begin + 1 : begin;
      long beginPosition = next & -SamplePage.BLOCK;
      for (; at >= oldest; at--) {
        long timeMs = page.timestampMs(at);
        if (timeMs < fromMs) {
          return true;
        }
        visible = visible || page.moment(at) < limit;
        if (visible && timeMs <= toMs) {
          out.add(timeMs, Double.longBitsToDouble(page.bits(at)));
        }
      }
      leave(page, begin, link, beginPosition);
    }
    return false;
  }

  /// Goes from a block to the one before.
  private void leave(SamplePage page, int begin, int link, long beginPosition) {
    if (link < 0) {
      storedMs = page.timestampMs(begin);
      storedBits = page.bits(begin);
      next = link == STORED ? 0 : beginPosition + link;
    } else if (link == FIRST) {
      storedMs = Head.NONE;
      next = 0;
    } else {
      next = beginPosition - link;
    }
  }

  /// Collects everything at or above the floor and below a position.
  void collect(long to, Backwards out) {
    while (next >= floor) {
      SamplePage page = pages.of(next);
      int at = pages.in(next);
      int begin = at & -SamplePage.BLOCK;
      int link = page.link(begin);
      int oldest = link < 0 ? begin + 1 : begin;
      long beginPosition = next & -SamplePage.BLOCK;
      for (; at >= oldest; at--) {
        if (beginPosition + (at - begin) < to) {
          out.add(page.timestampMs(at), page.bits(at));
        }
      }
      leave(page, begin, link, beginPosition);
    }
  }

  long position() {
    return position;
  }

  /// Views from this limit on contain the sample.
  long moment() {
    return moment;
  }

  long timestampMs() {
    return timestampMs;
  }

  long bits() {
    return bits;
  }

  /// Once [#back] was false: the newest sample in the page store, [Head#NONE] if there is none.
  long storedMs() {
    return storedMs;
  }

  long storedBits() {
    return storedBits;
  }
}
