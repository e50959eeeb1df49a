package io.trivigil.storage.head;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory beside the heap by its address: nothing asks whether it is still there, or where it ends.
/// What a segment asks at each access was more than half of what ran for a sample (docs/adr/0025).
///
/// For the thread that applies the log alone, and only where two things hold. Nobody gives the
/// memory back meanwhile: who closes the head waits for [Judging#lock], and a page of samples to
/// which the writer goes is not trimmed ([SampleLog#keep]). And the address stays inside, whatever
/// slot or position it is made of: both are cut to the size of their page. All others read
/// segments, which throw once they are closed.
final class Bare {
  private static final MemorySegment ALL = all();

  private Bare() {}

  @SuppressWarnings("restricted") // the one place where memory is taken for as long as one says
  private static MemorySegment all() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG, address);
  }

  static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address);
  }

  static void putLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG, address, value);
  }

  static void putInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT, address, value);
  }

  static void putShort(long address, short value) {
    ALL.set(ValueLayout.JAVA_SHORT, address, value);
  }
}
