package io.trivigil.web.prometheus;

import io.trivigil.raft.NoQuorumException;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Params;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The parameter `consistency` of the query API: `local` (the default) answers from what this node
/// has, `linearizable` waits until this node has everything that was committed before the request.
final class Consistency {
  static final String NAME = "consistency";
  static final String LOCAL = "local";
  static final String LINEARIZABLE = "linearizable";

  /// A read that is not confirmed within this is given up: more than twice what it takes to elect a
  /// leader.
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private Consistency() {}

  /// Blocks until the request may be answered.
  ///
  /// @param linearizable confirms with a majority; see `ReplicatedLog.linearizable`
  /// @throws ApiException where the value is none of the two, or nobody confirms
  static void await(Params params, Supplier<CompletableFuture<Long>> linearizable)
      throws InterruptedException {
    String wanted = params.first(NAME);
    switch (wanted) {
      case "", LOCAL -> {}
      case LINEARIZABLE -> {
        AtHand.refuse();
        confirm(linearizable.get());
      }
      default ->
          throw ApiException.badParam(
              NAME, "\"%s\" is neither %s nor %s".formatted(wanted, LOCAL, LINEARIZABLE));
    }
  }

  private static void confirm(CompletableFuture<Long> read) throws InterruptedException {
    try {
      read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      String reason =
          e.getCause() instanceof NoQuorumException none
              ? String.valueOf(none.getMessage())
              : String.valueOf(e.getCause());
      throw new ApiException(
          ApiException.Type.UNAVAILABLE, "not confirmed by a majority: " + reason, e);
    } catch (TimeoutException e) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE,
          "not confirmed by a majority within %d ms".formatted(PATIENCE.toMillis()),
          e);
    }
  }
}
