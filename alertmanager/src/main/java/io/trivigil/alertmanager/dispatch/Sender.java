package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.state.Attempt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/// Sends what was rendered: its port.
public interface Sender {
  /// Sends the attempt's bytes. The future never fails.
  ///
  /// @param timeout for everything, until the receiver's answer is read
  /// @param mayWrite asked just before the first byte of the request is written: whether this node
  ///   still leads and holds the lease
  CompletableFuture<Delivery> send(
      Attempt attempt, Integration integration, Duration timeout, BooleanSupplier mayWrite);
}
