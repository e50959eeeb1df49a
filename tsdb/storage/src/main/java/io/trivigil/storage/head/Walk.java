package io.trivigil.storage.head;

/// Goes back through one series, from its newest sample to the first at or above a floor. Owned by
/// one thread, used once.
///
/// A link is the distance to the entry before of the same series; [#FIRST] if there never was one.
/// A series' first entry since a capture is preceded by a *note*: a copy of its sample before, so
/// that what is stored is known without reading it. A note's link is the distance below zero, or
/// [#STORED] if what is before is in the page store alone.
final class Walk {
  /// The link of a series' very first sample.
  static final int FIRST = 0;

  /// The link of a note with nothing before it in memory.
  static final int STORED = Integer.MIN_VALUE;

  private final SampleLog.Pages pages;
  private final long floor;
  private long next; // position
  private long position;
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

  /// A note's link to what is before it.
  static int noteLink(long note, long before) {
    long distance = note - before;
    return before < SampleLog.START || distance > Integer.MAX_VALUE ? STORED : (int) -distance;
  }

  /// Goes to the next older sample; false if there is none at or above the floor.
  boolean back() {
    while (next >= floor) {
      SamplePage page = pages.of(next);
      int at = pages.in(next);
      int link = page.link(at);
      if (link < 0) {
        storedMs = page.timestampMs(at);
        storedBits = page.bits(at);
        next = link == STORED ? 0 : next + link;
        continue;
      }
      position = next;
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

  long position() {
    return position;
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
