package io.trivigil.web.http;

import io.trivigil.promql.NotAtHandException;
import java.time.Duration;

/// Marks work on a request that is done on its connection's event loop, where nobody may wait or
/// take long: whoever would calls [#refuse] first, and the request is answered anew by a thread
/// that may. So a small answer is handed from thread to thread nowhere.
public final class AtHand {
  /// What a query may take of the event loop's time before it is asked anew elsewhere. What it
  /// reads is bounded by the store, so this ends what has much to compute, or code that is still
  /// slow.
  public static final Duration MOST_TIME = Duration.ofMillis(5);

  /// The longest address and form of a request that is answered so, together.
  public static final int MOST_REQUEST_BYTES = 2 << 10;

  private static final ScopedValue<Boolean> CURRENT = ScopedValue.newInstance();

  private AtHand() {}

  /// Does work, on this thread, which must not wait.
  ///
  /// @throws NotAtHandException where it would have to; nothing has come of it then
  public static <T> T during(Departure.Work<T> work) throws InterruptedException {
    return ScopedValue.where(CURRENT, true).call(work::run);
  }

  /// Whether this thread must not wait.
  public static boolean isOn() {
    return CURRENT.isBound();
  }

  /// Whoever calls this is about to wait, or to take long.
  ///
  /// @throws NotAtHandException if this thread must not
  public static void refuse() {
    if (isOn()) {
      throw new NotAtHandException();
    }
  }
}
