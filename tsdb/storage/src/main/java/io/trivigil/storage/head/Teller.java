package io.trivigil.storage.head;

import io.trivigil.model.NativeHistogram;
import org.jspecify.annotations.Nullable;

/// Tells what the head holds, series by series. Owned by one thread, any.
public final class Teller {
  private final Head head;
  private final HistogramLog.Resolver resolver;
  private final Backwards found = new Backwards();

  Teller(Head head, HistogramLog.Resolver resolver) {
    this.head = head;
    this.resolver = resolver;
  }

  /// Tells a series' samples from one position up to and without another that are not trimmed;
  /// nothing if there are none.
  public void tell(int slot, long from, long to, SeriesSink sink) {
    found.clear();
    head.walk(slot, from).collect(to, found);
    pass(slot, sink);
  }

  /// The same of samples that came late, in the order in which they came.
  public void tellLate(int slot, long from, long to, SeriesSink sink) {
    found.clear();
    head.late().collect(slot, from, to, found);
    pass(slot, sink);
  }

  private void pass(int slot, SeriesSink sink) {
    if (found.from() < found.to()) {
      sink.accept(head.ref(slot), found.data(), found.from(), found.to());
    }
  }

  /// Whether these bits, which were told, stand for something else.
  public static boolean isTagged(long bits) {
    return HistogramLog.isTagged(bits);
  }

  /// The histogram for which bits stand; null if they stand for a float, which [#bits] tells.
  public @Nullable NativeHistogram histogram(long tagged) {
    return resolver.histogram(tagged);
  }

  /// The float for which bits stood that stood for no histogram.
  public long bits() {
    return resolver.bits();
  }
}
