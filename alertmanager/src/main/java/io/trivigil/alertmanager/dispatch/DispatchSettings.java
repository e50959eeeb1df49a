package io.trivigil.alertmanager.dispatch;

import java.time.Duration;

/// The limits of the leader's work.
///
/// @param attemptTimeout one request, where the receiver names no timeout; default 10 s
/// @param maxAttemptTimeout one request, whatever the receiver names; default 60 s
/// @param leaseMargin how long before the end of its lease a sender no longer begins, and how long
///   after it a successor waits, so that clocks may differ; default 1 s
/// @param minFlush the least time that a flush is retried for; default 10 s
/// @param firstRetry from the first failure to the second try; grows by half each time; default 500
///   ms
/// @param maxRetry the longest wait between tries; default 1 min
/// @param maxInFlight requests at a time; default 50
/// @param retention how long silences, log entries and history are kept; default 120 h
/// @param endedAlerts how long an ended alert is kept once no group needs it; default 15 min
/// @param unsentEndedAlerts how long an ended alert is kept for receivers that fail; default 24 h
/// @param maintenance from one cleaning to the next; default 15 min
/// @param maxPayloadBytes one notification, rendered; default 1 MiB
/// @param maxFlushBytes all notifications of one flush; default 3.5 MiB, so that the command fits
///   the log
public record DispatchSettings(
    Duration attemptTimeout,
    Duration maxAttemptTimeout,
    Duration leaseMargin,
    Duration minFlush,
    Duration firstRetry,
    Duration maxRetry,
    int maxInFlight,
    Duration retention,
    Duration endedAlerts,
    Duration unsentEndedAlerts,
    Duration maintenance,
    int maxPayloadBytes,
    int maxFlushBytes) {

  /// What Trivigil ships with.
  public static final DispatchSettings DEFAULT =
      new DispatchSettings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofMillis(500),
          Duration.ofMinutes(1),
          50,
          Duration.ofHours(120),
          Duration.ofMinutes(15),
          Duration.ofHours(24),
          Duration.ofMinutes(15),
          1 << 20,
          3584 << 10);

  /// The time from a failed try to the next.
  Duration retryAfter(int tryNo) {
    double factor = Math.pow(1.5, Math.min(tryNo - 1, 30));
    long waitMs = (long) Math.min((double) maxRetry.toMillis(), firstRetry.toMillis() * factor);
    return Duration.ofMillis(waitMs);
  }
}
