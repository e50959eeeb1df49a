package io.trivigil.web.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Marks requests that the node asks itself to become quick. The code that answers clients answers
/// them too, but they need no log-in, and stand in no log and no statistics of requests and
/// queries. Only this process knows the mark. Immutable.
public final class Practice {
  /// The header that carries the mark.
  public static final String HEADER = "X-Trivigil-Practice";

  private static final int MARK_BYTES = 16;
  private static final ScopedValue<Practice> CURRENT = ScopedValue.newInstance();

  private final String mark;

  /// @param random where the mark comes from; nobody else may be able to guess it
  public Practice(RandomGenerator random) {
    byte[] bytes = new byte[MARK_BYTES];
    random.nextBytes(bytes);
    this.mark = HexFormat.of().formatHex(bytes);
  }

  /// What the header has to say.
  public String mark() {
    return mark;
  }

  /// Whether a request carries the mark.
  public boolean covers(Request request) {
    String said = request.header(HEADER).orElse("");
    return !said.isEmpty()
        && MessageDigest.isEqual(
            said.getBytes(StandardCharsets.UTF_8), mark.getBytes(StandardCharsets.UTF_8));
  }

  /// Does work, on this thread, that is nothing but practice.
  public <T> T during(Departure.Work<T> work) throws InterruptedException {
    return ScopedValue.where(CURRENT, this).call(work::run);
  }

  /// Whether what this thread does is nothing but practice.
  public static boolean isOn() {
    return CURRENT.isBound();
  }
}
