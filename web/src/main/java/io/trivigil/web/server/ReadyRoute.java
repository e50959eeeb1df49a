package io.trivigil.web.server;

import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Handler;
import io.trivigil.web.http.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/-/ready`: whether this node has caught up, so that its answers are current.
///
/// While a node starts, the question waits for the answer to become yes, for a moment
/// ([WebLimits#maxReadyWait]): who asks again and again, as scripts and balancers do, takes
/// processor time from the very start that it waits for, and hears of its end late. Once the node
/// has been ready, yes and no are said at once. Thread-safe.
final class ReadyRoute implements Handler {
  private final Duration maxWait;
  private final CountDownLatch onceReady = new CountDownLatch(1);
  private volatile @Nullable Node node; // null until it stands

  /// What is asked of the node.
  ///
  /// @param first completes when it is ready for the first time
  /// @param unusable why it can not use its configuration, empty if it can
  record Node(CompletableFuture<Void> first, BooleanSupplier ready, Supplier<String> unusable) {}

  ReadyRoute(Duration maxWait) {
    this.maxWait = maxWait;
  }

  /// The node stands, and its routes are served.
  void stands(Node standing) {
    node = standing;
    var _ = standing.first().thenRun(onceReady::countDown);
  }

  @Override
  public Answer handle(Request request) throws InterruptedException {
    var _ = onceReady.await(maxWait.toNanos(), TimeUnit.NANOSECONDS);
    Node asked = node;
    if (asked != null && asked.ready().getAsBoolean()) {
      return Answer.text(200, "Prometheus Server is Ready.\n");
    }
    String reason = asked == null ? "" : asked.unusable().get();
    return Answer.text(
            503, "Service Unavailable%s\n".formatted(reason.isEmpty() ? "" : ": " + reason))
        .with("Retry-After", "1");
  }
}
