package io.trivigil.web.server;

import java.time.Duration;

/// What the HTTP server bears. Each limit is a metric too.
///
/// @param maxBodyBytes the largest request body, bytes; default 64 MiB
/// @param answerWindowBytes how much of one answer waits in memory for its client; default 256 KiB
/// @param maxAnswerStall how long an answer waits for its client to take anything of it; then it is
///   cut off; default 1 minute
/// @param maxReadyWait how long the question whether a node is ready waits for yes while the node
///   starts; default 300 ms, less than what probes wait for an answer
/// @param maxConcurrent requests that are answered at one time; more get 503; default 512
public record WebLimits(
    int maxBodyBytes,
    int answerWindowBytes,
    Duration maxAnswerStall,
    Duration maxReadyWait,
    int maxConcurrent) {
  /// The limits that Trivigil ships with.
  public static final WebLimits DEFAULT =
      new WebLimits(64 << 20, 256 << 10, Duration.ofMinutes(1), Duration.ofMillis(300), 512);

  public WebLimits {
    if (maxBodyBytes <= 0
        || answerWindowBytes <= 0
        || !maxAnswerStall.isPositive()
        || !maxReadyWait.isPositive()
        || maxConcurrent <= 0) {
      throw new IllegalArgumentException(
          "web limits must be above 0: max_body_bytes=%d answer_window_bytes=%d max_answer_stall=%s max_ready_wait=%s max_concurrent=%d"
              .formatted(
                  maxBodyBytes, answerWindowBytes, maxAnswerStall, maxReadyWait, maxConcurrent));
    }
  }

  /// The default, but for these.
  public static WebLimits of(int maxBodyBytes, int maxConcurrent) {
    return new WebLimits(
        maxBodyBytes,
        DEFAULT.answerWindowBytes,
        DEFAULT.maxAnswerStall,
        DEFAULT.maxReadyWait,
        maxConcurrent);
  }
}
